namespace AccessGov.Cli;

/// <summary>Policies and where those from JSON stand in their files: their positions are about a text that nobody wrote.</summary>
internal sealed record PolicySource(PolicySet Policies, IReadOnlyDictionary<Policy, string> Pointers)
{
    public Finding At(Severity severity, string kind, Policy policy, SourcePosition position, string message) =>
        Pointers.TryGetValue(policy, out string? pointer)
            ? new Finding(severity, kind, pointer, message) { Policy = policy.Id }
            : Finding.At(severity, kind, position, message) with { Policy = policy.Id };

    /// <summary><c>file#/staticPolicies/id</c>. A linked policy stands where its template does.</summary>
    public static string Pointer(InputFile file, Policy policy)
    {
        Policy written = policy.Template ?? policy;
        string id = written.Id.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
        return $"{file.Name}#/{(written.IsTemplate ? "templates" : "staticPolicies")}/{id}";
    }
}
