namespace AccessGov.Cli;

/// <summary>What is observed of policies over given entities, as warnings: proven for no other data.</summary>
internal static class DataFindings
{
    private const long RequestsMax = 1_000_000;

    /// <summary>Policies that never apply, by their texts or, where there is data, to its entities.</summary>
    public static IEnumerable<Finding> NeverApplying(PolicySource source, EntityStore? data, IReadOnlySet<Policy> known) =>
        (data is null ? NeverApplies.Find(source.Policies) : NeverApplies.Find(source.Policies, data))
            .Where(never => !known.Contains(never.Policy) && (never.Reason != NeverAppliesReason.NoActionInData || HasActions(data!)))
            .Select(never => source.At(
                Severity.Warning, never.Reason.ToString(), never.Policy, never.Position,
                never.IsProven ? $"The policy can never apply because of `{never.Text}`." : $"The policy never applies to these entities because of `{never.Text}`."));

    /// <summary>Permits that a forbid takes all effect from, whoever of <paramref name="data"/> does whatever on whatever.</summary>
    public static IEnumerable<Finding> Shadowed(PolicySource source, EntityStore data, Terminal terminal, bool forcesProgress)
    {
        // The matrix knows the actions of the data and of the scopes: data without a schema rarely lists its actions.
        IReadOnlyList<EntityUid> actions = RoleMatrix.Of(source.Policies, data, new RoleMatrixOptions { Roles = [] }).Actions;
        decimal others = data.Entities.Count(entity => !IsAction(entity.Uid));
        decimal possible = others * others * actions.Count;
        long total = (long)Math.Min(possible, RequestsMax);
        ShadowingReport report;
        using (var progress = new ProgressLine(terminal, forcesProgress, "requests", total))
        {
            report = Shadowing.Find(source.Policies, data, new ShadowingOptions { Actions = actions, RequestsMax = RequestsMax, Progress = progress });
        }

        if (!report.IsComplete)
        {
            terminal.Complain($"--entities: shadowed policies were looked for in the first {report.Requests} of {possible} requests.");
        }

        string tried = report.IsComplete ? $"{report.Requests} requests" : $"the first {report.Requests} requests";
        return [.. report.Shadowed.Select(shadow => source.At(
            Severity.Warning, "Shadowed", shadow.Policy, shadow.Policy.Position,
            $"Whatever it permits over these entities is forbidden by {string.Join(", ", shadow.Forbids.Select(forbid => $"`{forbid.Forbid.Id}`"))} ({tried} with an empty context were tried)."))];
    }

    private static bool HasActions(EntityStore data) => data.Entities.Any(entity => IsAction(entity.Uid));

    private static bool IsAction(EntityUid uid) => uid.Type == "Action" || uid.Type.EndsWith("::Action", StringComparison.Ordinal);
}
