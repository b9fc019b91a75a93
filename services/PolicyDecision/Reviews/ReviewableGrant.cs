using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Matrix;

namespace AccessGov.PolicyDecision.Reviews;

/// <summary>A grant with what somebody needs to know who judges whether the person still needs it.</summary>
/// <param name="Id">The grant.</param>
/// <param name="SubjectId">The person.</param>
/// <param name="Role">The role's id.</param>
/// <param name="RoleDescription">What the role is for.</param>
/// <param name="Scope">Where it holds.</param>
/// <param name="From">From when on.</param>
/// <param name="Until">Until when (exclusive); absent means without end.</param>
/// <param name="ReadOnly">Whether it reads only.</param>
/// <param name="Source">group, request (after a denial) or direct (somebody gave it by hand).</param>
/// <param name="Reason">Why, in the words of whoever gave it.</param>
/// <param name="GivenBy">Who gave it; absent when that is not known.</param>
/// <param name="GivenAt">When.</param>
/// <param name="Actions">What it gives, by the policies of now.</param>
/// <param name="Lost">What of it no other grant of the person gives anywhere: what revoking takes away.</param>
/// <param name="Use">What the person did of it since <paramref name="UsedSince"/>, by action.</param>
/// <param name="UsedSince">From when on use was counted.</param>
/// <param name="Holders">How many people hold the role.</param>
/// <param name="Conflicts">The rules of separated duties that the person's grants break with it.</param>
/// <param name="Emergencies">How often the person took emergency access since <paramref name="UsedSince"/>.</param>
internal sealed record ReviewableGrant(
    string Id, string SubjectId, string Role, string RoleDescription, GrantList.Scope Scope, DateTimeOffset From, DateTimeOffset? Until,
    bool ReadOnly, string Source, string Reason, string? GivenBy, DateTimeOffset GivenAt, IReadOnlyList<string> Actions,
    IReadOnlyList<string> Lost, IReadOnlyList<ReviewableGrant.Used> Use, DateTimeOffset UsedSince, int Holders,
    IReadOnlyList<string> Conflicts, int Emergencies)
{
    /// <param name="Action">What was done.</param>
    /// <param name="Times">How often it was permitted.</param>
    /// <param name="Studies">In how many studies.</param>
    /// <param name="Last">When last.</param>
    internal sealed record Used(string Action, int Times, int Studies, DateTimeOffset Last);

    /// <summary>A grant as it stands in the list, and what the facts and the journal know of it. Pure.</summary>
    /// <param name="given">The grant.</param>
    /// <param name="byRequest">Whether it was asked for after a denial.</param>
    /// <param name="facts">What is known now.</param>
    /// <param name="rights">What roles give.</param>
    /// <param name="known">What was counted.</param>
    /// <param name="now">The time.</param>
    public static ReviewableGrant Of(
        GrantList.Item given, bool byRequest, FactsSnapshot facts, IReadOnlyDictionary<string, MatrixCell[]> rights, Counted known,
        DateTimeOffset now)
    {
        GrantFact[] held = [.. facts.Subjects.GetValueOrDefault(new SubjectKey(given.SubjectType, given.SubjectId), SubjectFacts.None).Grants
            .Where(grant => grant.IsActive(now) && !facts.RetiredRoles.Contains(grant.Role))];
        string[] actions = [.. ActionsOf(held.Where(grant => grant.GrantId == given.Id), rights).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var others = ActionsOf(held.Where(grant => grant.GrantId != given.Id), rights).ToHashSet(StringComparer.Ordinal);
        return new ReviewableGrant(
            given.Id, given.SubjectId, given.Role, facts.Roles.GetValueOrDefault(given.Role)?.Description ?? "", given.Scope, given.From,
            given.Until, given.ReadOnly, given.ByGroups ? "group" : byRequest ? "request" : "direct", given.Reason, given.GivenBy,
            given.GivenAt, actions, [.. actions.Where(action => !others.Contains(action))],
            [.. known.Use.Where(used => actions.Contains(used.Action, StringComparer.Ordinal))], known.Since, known.Holders,
            ConflictsOf(given, held, facts, now), known.Emergencies);
    }

    private static IEnumerable<string> ActionsOf(IEnumerable<GrantFact> grants, IReadOnlyDictionary<string, MatrixCell[]> rights) => grants
        .SelectMany(grant => rights.GetValueOrDefault(grant.Role, []).Where(cell => cell.IsGivenBy([grant])).Select(cell => cell.Action));

    private static IReadOnlyList<string> ConflictsOf(GrantList.Item given, GrantFact[] held, FactsSnapshot facts, DateTimeOffset now) =>
        [.. facts.DutySeparations.Where(rule => rule.Names(given.Role)
            && rule.FirstViolation(held, facts.Sites, now) is { } broken && broken.Grants.Contains(given.Id, StringComparer.Ordinal))
            .Select(rule => rule.Id)];

    /// <param name="Since">From when on.</param>
    /// <param name="Use">What the person did, by action.</param>
    /// <param name="Holders">How many people hold the role.</param>
    /// <param name="Emergencies">How often the person took emergency access.</param>
    internal sealed record Counted(DateTimeOffset Since, IReadOnlyList<Used> Use, int Holders, int Emergencies);
}
