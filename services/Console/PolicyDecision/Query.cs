namespace AccessGov.Console.PolicyDecision;

/// <summary>Query strings of PolicyDecision: what nobody filled in is left out, since it refuses empty parameters.</summary>
internal static class Query
{
    public static string Of(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = new QueryString();
        foreach ((string name, string? value) in parameters)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                query = query.Add(name, value.Trim());
            }
        }

        return query.ToUriComponent();
    }
}
