using System.Collections.Immutable;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>Everything that can be said about a policy set before it is in force: syntax, ids, obligations, schema, test cases.</summary>
internal sealed record PolicyCheck(ImmutableArray<PolicyFault> Errors, ImmutableArray<PolicyFault> Warnings, int Cases)
{
    public bool Passed => Errors.IsEmpty;

    /// <param name="files">The set.</param>
    /// <param name="schema">The schema for files without one.</param>
    public static PolicyCheck Of(IReadOnlyList<PolicyFile> files, PolicyFile schema)
    {
        ParsedPolicies parsed = PolicyCompiler.Parse(files);
        if (!parsed.Faults.IsEmpty)
        {
            return new PolicyCheck(parsed.Faults, [], 0);
        }

        SchemaFindings findings = SchemaCheck.Of(parsed, PolicyFiles.SchemaOf(files) ?? schema);
        CaseOutcome cases = PolicyCases.Run(files, parsed);
        return new PolicyCheck([.. findings.Errors, .. cases.Faults], findings.Warnings, cases.Count);
    }
}
