namespace AccessGov.Console.Services;

/// <summary>Query strings of services: what nobody filled in is left out, since they refuse empty parameters.</summary>
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
