namespace AccessGov.PolicyDecision.Obligations;

/// <summary>A page of obligations: at most so many, after this one of that decision.</summary>
internal sealed record ReceiptPage(Paging Paging, Guid? EvaluationId, string? ObligationId)
{
    private const int GuidLength = 36;

    /// <summary>Null when it is malformed.</summary>
    public static ReceiptPage? Of(int? limit, string? after)
    {
        if (Paging.Of(limit, null) is not { } paging)
        {
            return null;
        }

        return after is null ? new ReceiptPage(paging, null, null)
            : after.Length > GuidLength && after[GuidLength] == '/' && Guid.TryParseExact(after.AsSpan(0, GuidLength), "D", out Guid evaluationId)
                && !after.Contains('\0', StringComparison.Ordinal)
                ? new ReceiptPage(paging, evaluationId, after[(GuidLength + 1)..])
                : null;
    }
}
