using AccessGov.Recertification.Campaigns;

namespace AccessGov.Recertification.Reviews;

/// <summary>The hospital's own word on risk.</summary>
/// <param name="Roles">Of roles: it counts whatever the role gives.</param>
/// <param name="Actions">Of actions, over the usual ones.</param>
internal sealed record RiskTable(IReadOnlyDictionary<string, RiskClass> Roles, IReadOnlyDictionary<string, RiskClass> Actions);

/// <summary>
/// How much harm a grant can do in wrong hands: as much as the worst that it gives. Whoever holds what does not go together is a high
/// risk, and so is an action that nobody has judged. Pure.
/// </summary>
internal static class RiskRule
{
    private static readonly Dictionary<string, RiskClass> Usual = new(StringComparer.Ordinal)
    {
        // Cannot be undone, or lets somebody give more.
        ["user.manage"] = RiskClass.High,
        ["system.configure"] = RiskClass.High,
        ["audit.review"] = RiskClass.High,
        ["access.approve"] = RiskClass.High,
        ["archive.administer"] = RiskClass.High,
        ["study.delete"] = RiskClass.High,
        ["patient.merge"] = RiskClass.High,

        // Lets images out of the house, or changes what others rely on.
        ["study.export"] = RiskClass.Medium,
        ["study.send"] = RiskClass.Medium,
        ["study.share"] = RiskClass.Medium,
        ["study.print"] = RiskClass.Medium,
        ["study.modify"] = RiskClass.Medium,
        ["study.deidentify"] = RiskClass.Medium,
        ["study.relabel"] = RiskClass.Medium,
        ["archive.use-ui"] = RiskClass.Medium,

        // Looks, or adds to what is there.
        ["study.search"] = RiskClass.Low,
        ["study.view"] = RiskClass.Low,
        ["study.read-metadata"] = RiskClass.Low,
        ["study.retrieve"] = RiskClass.Low,
        ["study.annotate"] = RiskClass.Low,
        ["study.append"] = RiskClass.Low,
        ["study.store"] = RiskClass.Low,
        ["worklist.read"] = RiskClass.Low,
        ["archive.list"] = RiskClass.Low,
    };

    /// <param name="role">The role of the grant.</param>
    /// <param name="actions">What the grant gives.</param>
    /// <param name="conflicts">The rules of separated duties that it breaks.</param>
    /// <param name="table">The hospital's own word.</param>
    public static RiskClass Of(string role, IReadOnlyList<string> actions, IReadOnlyList<string> conflicts, RiskTable table) =>
        conflicts.Count > 0 ? RiskClass.High
        : table.Roles.TryGetValue(role, out RiskClass said) ? said
        : actions.Select(action => table.Actions.TryGetValue(action, out RiskClass own) ? own : Usual.GetValueOrDefault(action, RiskClass.High))
            .DefaultIfEmpty().Max();
}
