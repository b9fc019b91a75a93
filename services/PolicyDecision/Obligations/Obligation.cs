namespace AccessGov.PolicyDecision.Obligations;

/// <summary>What the enforcement point must do along with a decision.</summary>
/// <param name="Id">Unique in the decision: the catalogue's id, or the policy's id and the annotation's name with a colon between.</param>
/// <param name="Type">One of <see cref="ObligationTypes.All"/>.</param>
/// <param name="Properties">A JSON object, UTF-8.</param>
/// <param name="ReceiptRequired">Whether the enforcement point must say that it was done.</param>
internal sealed record Obligation(string Id, string Type, ReadOnlyMemory<byte> Properties, bool ReceiptRequired);

/// <summary>What an enforcement point says of itself. Nothing said is null, and then everything may be demanded of it.</summary>
/// <param name="Types">The types that it carries out; others are ignored.</param>
/// <param name="BytesMax">How large all obligations of a permit together may be, as JSON.</param>
internal sealed record ObligationSupport(IReadOnlyList<string> Types, int BytesMax = int.MaxValue)
{
    public bool Covers(IReadOnlyList<ObligationTemplate> demanded)
    {
        for (int i = 0; i < demanded.Count; i++)
        {
            if (!Covers(demanded[i]) && !demanded[i].IsAdvice)
            {
                return false;
            }
        }

        return true;
    }

    public bool Covers(ObligationTemplate demanded) => Types.Contains(demanded.Type, StringComparer.Ordinal);
}
