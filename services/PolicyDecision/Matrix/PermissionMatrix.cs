using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.TimeTravel;

namespace AccessGov.PolicyDecision.Matrix;

/// <summary>What full and read-only grants of a role give of one action.</summary>
/// <param name="Role">The role.</param>
/// <param name="Action">The action.</param>
/// <param name="Full">The verdict for a full grant.</param>
/// <param name="ReadOnly">The verdict for a read-only grant.</param>
/// <param name="Permits">The permits that it rests on.</param>
/// <param name="Forbids">The forbids that may take it away.</param>
internal sealed record MatrixCell(string Role, string Action, RoleVerdict Full, RoleVerdict ReadOnly, IReadOnlyList<string> Permits, IReadOnlyList<string> Forbids)
{
    /// <summary>Whether some grant of the role may give the action.</summary>
    public bool IsRight => IsGiven(Full) || IsGiven(ReadOnly);

    /// <summary>Whether a full grant of the role gives more of the action than somebody without any role has.</summary>
    public bool FullGivesMore { get; init; }

    /// <summary>Whether a read-only grant of the role gives more of the action than somebody without any role has.</summary>
    public bool ReadOnlyGivesMore { get; init; }

    /// <summary>Whether one of these grants is of the role and may give the action, and not only what everybody has without it.</summary>
    public bool IsGivenBy(IEnumerable<GrantFact> grants) => grants.Any(grant => grant.Role == Role
        && (grant.ReadOnly ? IsGiven(ReadOnly) && ReadOnlyGivesMore : IsGiven(Full) && FullGivesMore));

    public string Key => $"{Role}\n{Action}";

    private static bool IsGiven(RoleVerdict verdict) => verdict is RoleVerdict.Permitted or RoleVerdict.PermittedUnderConditions;
}

/// <summary>How many grants of a role hold in a scope, and to how many subjects; patients are one scope here, whoever they are.</summary>
internal sealed record RoleScope(string Role, string Scope, int Subjects, int Grants);

/// <summary>Role by action from the policies, and role by scope from the grants, at one instant: both together say what is given where.</summary>
internal sealed record PermissionMatrix(DateTimeOffset At, int PolicySetVersion, IReadOnlyList<MatrixCell> Cells, IReadOnlyList<RoleScope> Scopes)
{
    /// <summary>The cells of the policies and roles of a snapshot. Pure.</summary>
    /// <exception cref="ArgumentException">There are more roles and actions than a matrix is made of; the message names the bound.</exception>
    public static IReadOnlyList<MatrixCell> CellsOf(FactsSnapshot facts)
    {
        if (facts.Policies is not { } policies)
        {
            return [];
        }

        string[] roles = [.. facts.Roles.Keys.Order(StringComparer.Ordinal)];
        EntityUid[] actions = [.. NamedInPermits.Of(policies, null).ActionsOf(policies).Select(action => new EntityUid("Action", action))];

        // Whoever is in Role::"r" is in Reader::"r" too; the action entities say nothing about roles.
        IEnumerable<Entity> members = roles.Select(role =>
            new Entity(new EntityUid(Membership.RoleType, role), RecordValue.Empty, [new EntityUid(Membership.ReaderType, role)]));
        var entities = EntityStore.Create([.. policies.Actions.Entities, .. members]);
        RoleMatrix matrix = RoleMatrix.Of(policies.Compiled.Source, entities, new RoleMatrixOptions
        {
            Roles = [.. roles.Append(NamedInPermits.Nobody).SelectMany(role =>
                (EntityUid[])[new EntityUid(Membership.RoleType, role), new EntityUid(Membership.ReaderType, role)])],
            Actions = actions,
        });
        return [.. from role in roles from action in actions select CellOf(matrix, role, action)];
    }

    private static MatrixCell CellOf(RoleMatrix matrix, string role, EntityUid action)
    {
        RoleCell full = matrix[new EntityUid(Membership.RoleType, role), action];
        RoleCell reader = matrix[new EntityUid(Membership.ReaderType, role), action];
        HashSet<string> everybodys = [.. Ids(matrix[new EntityUid(Membership.RoleType, NamedInPermits.Nobody), action].Permits)];
        return new MatrixCell(
            role, action.Id, full.Verdict, reader.Verdict, Ids(full.Permits.Concat(reader.Permits)), Ids(full.Forbids.Concat(reader.Forbids)))
        {
            FullGivesMore = Ids(full.Permits).Any(permit => !everybodys.Contains(permit)),
            ReadOnlyGivesMore = Ids(reader.Permits).Any(permit => !everybodys.Contains(permit)),
        };

        static string[] Ids(IEnumerable<CoveringPolicy> policies) =>
            [.. policies.Select(covering => StrictMode.IdOf(covering.Policy)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
