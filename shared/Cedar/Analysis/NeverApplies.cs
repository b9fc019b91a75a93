namespace AccessGov.Cedar;

/// <summary>Why a policy never applies.</summary>
public enum NeverAppliesReason
{
    /// <summary>The scope of the action is an empty list. Proven.</summary>
    NoAction,

    /// <summary>A condition can only be false or in error, whatever is asked. Proven.</summary>
    ConditionNeverTrue,

    /// <summary>A condition can only be in error: the policy will be skipped each time its scope matches. Proven.</summary>
    ConditionAlwaysInError,

    /// <summary>No entity of the given data satisfies the constraint on the principal.</summary>
    NoPrincipalInData,

    /// <summary>Only the group itself satisfies the constraint on the principal: in the given data nobody is in it.</summary>
    OnlyTheGroupItself,

    /// <summary>No entity of the given data satisfies the constraint on the resource.</summary>
    NoResourceInData,

    /// <summary>No action of the given data satisfies the constraint on the action.</summary>
    NoActionInData,
}

/// <summary>A policy that never applies.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsProven">
/// True: for every request and all data. False: for the given data only; a request may name entities that are not in it, and the data
/// may change.
/// </param>
/// <param name="Position">The condition or constraint.</param>
/// <param name="Text">The condition or constraint as text.</param>
public sealed record NeverApplying(Policy Policy, NeverAppliesReason Reason, bool IsProven, SourcePosition Position, string Text);

/// <summary>
/// Finds policies that can never apply. What is found is so; what is not found may still never apply, since nothing is solved: only
/// constants, the scope and the shape of the conditions are looked at.
/// </summary>
public static class NeverApplies
{
    /// <summary>What the texts alone prove. Templates are left out: they never apply by nature.</summary>
    /// <remarks>No policy makes it throw: how deep a condition nests was bounded where it was read.</remarks>
    public static IReadOnlyList<NeverApplying> Find(PolicySet policies) =>
        [.. policies.Policies.Where(policy => !policy.IsTemplate).Select(Proven).OfType<NeverApplying>()];

    /// <summary>What the texts prove, and for the other policies what is so for <paramref name="entities"/>: at most one finding a policy.</summary>
    /// <remarks>No policy and no data make it throw: both were bounded where they were made.</remarks>
    public static IReadOnlyList<NeverApplying> Find(PolicySet policies, EntityStore entities) =>
        [.. Find(policies, new SatisfiedScopes(entities))];

    private static IEnumerable<NeverApplying> Find(PolicySet policies, SatisfiedScopes data) =>
        policies.Policies.Where(policy => !policy.IsTemplate).Select(policy => Proven(policy) ?? Observed(policy, data)).OfType<NeverApplying>();

    /// <summary>What the text of a policy proves; null when it may apply.</summary>
    internal static NeverApplying? Proven(Policy policy)
    {
        PolicyTree tree = policy.Tree;
        if (tree.Action is { IsList: true, Entities.Count: 0 })
        {
            return Of(policy, NeverAppliesReason.NoAction, isProven: true, tree.Action.Start, "action in []");
        }

        var truth = new ConstantTruth(tree);
        foreach (Condition condition in tree.Conditions)
        {
            Ends ends = truth.Of(condition);
            if ((ends & Ends.True) == Ends.None)
            {
                NeverAppliesReason reason = ends == Ends.Error ? NeverAppliesReason.ConditionAlwaysInError : NeverAppliesReason.ConditionNeverTrue;
                return Of(policy, reason, isProven: true, condition.Offset, $"{CedarWords.Of(condition)} {{ {ExpressionText.Write(condition.Body)} }}");
            }
        }

        return null;
    }

    private static NeverApplying? Observed(Policy policy, SatisfiedScopes data)
    {
        PolicyTree tree = policy.Tree;
        if (!data.Satisfy(tree.Principal, itself: true))
        {
            return Of(policy, NeverAppliesReason.NoPrincipalInData, tree.Principal, Variable.Principal);
        }

        if (!data.Satisfy(tree.Principal, itself: false))
        {
            return Of(policy, NeverAppliesReason.OnlyTheGroupItself, tree.Principal, Variable.Principal);
        }

        if (!data.Satisfy(tree.Resource, itself: true))
        {
            return Of(policy, NeverAppliesReason.NoResourceInData, tree.Resource, Variable.Resource);
        }

        return data.Satisfy(tree.Action) ? null : Of(
            policy, NeverAppliesReason.NoActionInData, isProven: false, tree.Action.Start, ExpressionText.Write(PolicyInterpreter.AsExpression(tree.Action)));
    }

    private static NeverApplying Of(Policy policy, NeverAppliesReason reason, EntityScope scope, Variable variable) =>
        Of(policy, reason, isProven: false, scope.Start, ExpressionText.Write(PolicyInterpreter.AsExpression(scope, variable)));

    private static NeverApplying Of(Policy policy, NeverAppliesReason reason, bool isProven, int offset, string text) =>
        new(policy, reason, isProven, policy.Tree.Source.PositionOf(offset), ExpressionText.Cut(text));
}

/// <summary>Scopes against single uids, over entity data.</summary>
internal static class ScopeMatch
{
    public static bool Covers(EntityScope scope, EntityUid uid, IEntities entities) => scope.Operator switch
    {
        ScopeOperator.Any => true,
        ScopeOperator.Equal => uid == scope.Entity,
        ScopeOperator.In => IsIn(uid, scope.Entity!, entities),
        ScopeOperator.Is => uid.Type == scope.EntityType,
        _ => uid.Type == scope.EntityType && IsIn(uid, scope.Entity!, entities),
    };

    public static bool Covers(ActionScope scope, EntityUid uid, IEntities entities) =>
        scope.Operator == ScopeOperator.Any
        || scope.Entities.Any(named => uid == named || (scope.Operator == ScopeOperator.In && entities.IsDescendant(uid, named)));

    public static bool IsIn(EntityUid uid, EntityUid group, IEntities entities) => uid == group || entities.IsDescendant(uid, group);
}
