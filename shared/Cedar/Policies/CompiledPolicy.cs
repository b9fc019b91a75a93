namespace AccessGov.Cedar;

/// <summary>One policy as the evaluation meets it. A value: those of a set lie side by side in memory.</summary>
internal readonly struct CompiledPolicy(Policy policy, Evaluation? conditions)
{
    public Policy Policy { get; } = policy;

    public bool IsForbid { get; } = policy.Effect == Effect.Forbid;

    /// <summary>Whether the whole scope matches: what the index answers for all policies at once.</summary>
    public bool ScopeMatches(in EvaluationFrame frame) =>
        Matches(Policy.Tree.Principal, frame.Principal, in frame)
        && Matches(Policy.Tree.Action, in frame)
        && Matches(Policy.Tree.Resource, frame.Resource, in frame);

    /// <summary>True, false, or the failure of the first condition that could not be evaluated.</summary>
    public Value Evaluate(in EvaluationFrame frame)
    {
        if (conditions is null)
        {
            return BoolValue.True;
        }

        Value value = conditions(in frame);
        return value is BoolValue ? value : Operations.Mistyped(value, "bool");
    }

    private static bool Matches(EntityScope scope, EntityUid uid, in EvaluationFrame frame) => scope.Operator switch
    {
        ScopeOperator.Equal => uid.Equals(scope.Entity),
        ScopeOperator.In => frame.IsIn(uid, scope.Entity!),
        ScopeOperator.Is => string.Equals(uid.Type, scope.EntityType, StringComparison.Ordinal),
        ScopeOperator.IsIn => string.Equals(uid.Type, scope.EntityType, StringComparison.Ordinal) && frame.IsIn(uid, scope.Entity!),
        _ => true,
    };

    private static bool Matches(ActionScope scope, in EvaluationFrame frame)
    {
        if (scope.Operator == ScopeOperator.Any)
        {
            return true;
        }

        foreach (EntityUid action in scope.Entities)
        {
            if (scope.Operator == ScopeOperator.Equal ? frame.Action.Equals(action) : frame.IsIn(frame.Action, action))
            {
                return true;
            }
        }

        return false;
    }
}
