namespace AccessGov.Cli;

/// <summary>Policies and the files of those from JSON: their positions are about a text that nobody wrote.</summary>
internal sealed record PolicySource(PolicySet Policies, IReadOnlyDictionary<Policy, (string File, JsonPlaces Places)> Written)
{
    public Finding At(Severity severity, string kind, Policy policy, SourcePosition position, string message)
    {
        if (!Written.TryGetValue(policy, out (string File, JsonPlaces Places) json))
        {
            return Finding.At(severity, kind, position, message) with { Policy = policy.Id };
        }

        string pointer = Pointer(policy);
        (int line, int column) = json.Places.Of(JsonPath.PointerSteps(pointer));
        return new Finding(severity, kind, json.File, message) { Policy = policy.Id, Line = line, Column = column, Pointer = pointer };
    }

    /// <summary><c>file:line:column</c> of a policy.</summary>
    public string PlaceOf(Policy policy)
    {
        Finding found = At(Severity.Error, "", policy, policy.Position, "");
        return $"{found.File}:{found.Line}:{found.Column}";
    }

    // A linked policy stands where its template does.
    private static string Pointer(Policy policy)
    {
        Policy written = policy.Template ?? policy;
        string id = written.Id.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
        return $"/{(written.IsTemplate ? "templates" : "staticPolicies")}/{id}";
    }
}
