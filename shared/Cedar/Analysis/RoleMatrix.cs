namespace AccessGov.Cedar;

/// <summary>What a policy set says of one role and one action.</summary>
public enum RoleVerdict
{
    /// <summary>No permit covers the pair.</summary>
    NotGranted,

    /// <summary>A permit covers it, and so does a forbid without any condition.</summary>
    Forbidden,

    /// <summary>Permits cover it, but each has a condition, or some forbid that has one covers it too.</summary>
    PermittedUnderConditions,

    /// <summary>A permit without any condition covers it and no forbid does.</summary>
    Permitted,
}

/// <summary>A policy that covers a cell. It has a condition when it has clauses that are not constantly true, or constrains the resource or the type of the principal further than the matrix does.</summary>
public sealed record CoveringPolicy(Policy Policy, bool HasConditions);

/// <summary>One cell: the verdict and the policies it rests on, in the order of the set.</summary>
public sealed record RoleCell(
    EntityUid Role, EntityUid Action, RoleVerdict Verdict, IReadOnlyList<CoveringPolicy> Permits, IReadOnlyList<CoveringPolicy> Forbids);

/// <summary>What a matrix is made of. What is left out is discovered from the scopes of the policies.</summary>
public sealed record RoleMatrixOptions
{
    /// <summary>The roles; null for every entity that a scope names in <c>principal in</c>, in the order of the set.</summary>
    public IReadOnlyList<EntityUid>? Roles { get; init; }

    /// <summary>The actions; null for the actions in the data, and those that scopes name and that are no group in the data.</summary>
    public IReadOnlyList<EntityUid>? Actions { get; init; }

    /// <summary>The type of the principals; with it <c>principal is</c> that type is no condition, and policies for other types are left out.</summary>
    public string? PrincipalType { get; init; }

    /// <summary>The type of the resources; with it <c>resource is</c> that type is no condition, and policies for other types are left out.</summary>
    public string? ResourceType { get; init; }

    /// <summary>Told the number of roles done, after each.</summary>
    public IProgress<long>? Progress { get; init; }
}

/// <summary>
/// Roles by actions: what the scopes of a policy set give a principal of whom nothing is known but one role (and the roles that one is
/// in). <see cref="RoleVerdict.Permitted"/> and <see cref="RoleVerdict.NotGranted"/> are proven for such a principal; conditions are not evaluated but listed. Policies for
/// single principals are left out: they are nobody's role. Immutable.
/// </summary>
public sealed class RoleMatrix
{
    /// <summary>How many cells a matrix may have.</summary>
    public const int CellsMax = 1_000_000;

    /// <summary>How many times a policy may be compared with a role or with an action of a cell.</summary>
    public const int ComparisonsMax = 100_000_000;

    private readonly Dictionary<(EntityUid, EntityUid), RoleCell> cells = [];

    private RoleMatrix(PolicySet policies, IEntities entities, RoleMatrixOptions options, EntityUid[] roles, EntityUid[] actions)
    {
        (Roles, Actions) = (roles, actions);
        (Policy Policy, bool HasConditions)[] all =
            [.. policies.Policies.Where(policy => !policy.IsTemplate && Fits(policy, options)).Select(policy => (policy, HasConditions(policy, options)))];
        long comparisons = 0;
        long done = 0;
        foreach (EntityUid role in roles)
        {
            CoveringPolicy[] ofRole = [.. all.Where(pair => Covers(pair.Policy.Tree.Principal, role, entities)).Select(pair => new CoveringPolicy(pair.Policy, pair.HasConditions))];
            comparisons += all.Length + (actions.LongLength * ofRole.Sum(covering => 1L + covering.Policy.Tree.Action.Entities.Count));
            if (comparisons > ComparisonsMax)
            {
                throw new ArgumentException($"The matrix takes more than {ComparisonsMax} comparisons of policies with roles and actions; name fewer of them.", nameof(options));
            }

            foreach (EntityUid action in actions)
            {
                cells[(role, action)] = Cell(role, action, [.. ofRole.Where(covering => ScopeMatch.Covers(covering.Policy.Tree.Action, action, entities))]);
            }

            options.Progress?.Report(++done);
        }
    }

    /// <summary>The rows.</summary>
    public IReadOnlyList<EntityUid> Roles { get; }

    /// <summary>The columns.</summary>
    public IReadOnlyList<EntityUid> Actions { get; }

    /// <summary>Every cell, row by row.</summary>
    public IEnumerable<RoleCell> Cells => Roles.SelectMany(role => Actions.Select(action => this[role, action]));

    /// <summary>One cell.</summary>
    /// <exception cref="KeyNotFoundException">The matrix has no such row or column.</exception>
    public RoleCell this[EntityUid role, EntityUid action] => cells[(role, action)];

    /// <summary>The matrix of <paramref name="policies"/>. From <paramref name="entities"/> come the groups that roles and actions are in.</summary>
    /// <exception cref="ArgumentException">
    /// It would have more than <see cref="CellsMax"/> cells, or take more than <see cref="ComparisonsMax"/> comparisons; the message names
    /// the bound. Nothing else in policies or data makes it throw; it passes on what the <see cref="RoleMatrixOptions.Progress"/> throws.
    /// </exception>
    public static RoleMatrix Of(PolicySet policies, EntityStore entities, RoleMatrixOptions? options = null)
    {
        options ??= new RoleMatrixOptions();
        EntityUid[] roles = [.. (options.Roles ?? RolesOf(policies)).Distinct()];
        EntityUid[] actions = [.. (options.Actions ?? DiscoverActions(policies, entities)).Distinct()];
        if (roles.LongLength * actions.Length > CellsMax)
        {
            throw new ArgumentException($"The matrix has {roles.Length} roles and {actions.Length} actions, more than {CellsMax} cells; name fewer of them.", nameof(options));
        }

        return new RoleMatrix(policies, entities, options, roles, actions);
    }

    /// <summary>The rows of a matrix for which no roles are named: each group of principals in the scopes of <paramref name="policies"/> once, in the order of the set.</summary>
    public static IReadOnlyList<EntityUid> RolesOf(PolicySet policies) =>
    [
        .. policies.Policies
            .Select(policy => policy.Tree.Principal)
            .Where(scope => scope.Operator is ScopeOperator.In or ScopeOperator.IsIn && scope.Entity is not null)
            .Select(scope => scope.Entity!)
            .Distinct(),
    ];

    private static IEnumerable<EntityUid> DiscoverActions(PolicySet policies, EntityStore entities)
    {
        EntityUid[] ofData = [.. entities.Entities.Select(entity => entity.Uid).Where(uid => Names.IsActionType(uid.Type))];
        HashSet<EntityUid> groups = [.. ofData.SelectMany(entities.AncestorsOf)];
        return policies.Policies.SelectMany(policy => policy.Tree.Action.Entities).Concat(ofData)
            .Where(action => !groups.Contains(action))
            .OrderBy(action => action.ToString(), StringComparer.Ordinal);
    }

    private static bool Fits(Policy policy, RoleMatrixOptions options) =>
        policy.Tree.Principal.Operator != ScopeOperator.Equal
        && NeverApplies.Proven(policy) is null
        && FitsType(policy.Tree.Principal.EntityType, options.PrincipalType)
        && FitsType(policy.Tree.Resource.EntityType ?? (policy.Tree.Resource.Operator == ScopeOperator.Equal ? policy.Tree.Resource.Entity?.Type : null), options.ResourceType);

    private static bool FitsType(string? named, string? wanted) => named is null || wanted is null || named == wanted;

    private static bool HasConditions(Policy policy, RoleMatrixOptions options)
    {
        var truth = new ConstantTruth(policy.Tree);
        EntityScope resource = policy.Tree.Resource;
        return (policy.Tree.Principal.EntityType is not null && options.PrincipalType is null)
            || (resource.Operator == ScopeOperator.Is ? options.ResourceType is null : resource.Operator != ScopeOperator.Any)
            || policy.Tree.Conditions.Any(condition => truth.Of(condition) != Ends.True);
    }

    private static bool Covers(EntityScope scope, EntityUid role, IEntities entities) =>
        scope.Entity is null || ScopeMatch.IsIn(role, scope.Entity, entities);

    private static RoleCell Cell(EntityUid role, EntityUid action, CoveringPolicy[] covering)
    {
        CoveringPolicy[] permits = [.. covering.Where(policy => policy.Policy.Effect == Effect.Permit)];
        CoveringPolicy[] forbids = [.. covering.Where(policy => policy.Policy.Effect == Effect.Forbid)];
        RoleVerdict verdict = permits.Length == 0 ? RoleVerdict.NotGranted
            : Array.Exists(forbids, forbid => !forbid.HasConditions) ? RoleVerdict.Forbidden
            : forbids.Length == 0 && Array.Exists(permits, permit => !permit.HasConditions) ? RoleVerdict.Permitted
            : RoleVerdict.PermittedUnderConditions;
        return new RoleCell(role, action, verdict, permits, forbids);
    }
}
