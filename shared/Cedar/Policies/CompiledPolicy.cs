namespace AccessGov.Cedar;

/// <summary>One policy as delegates.</summary>
internal sealed class CompiledPolicy
{
    private readonly (Evaluation Code, BoolValue Wanted)[] conditions;

    public CompiledPolicy(Policy policy)
    {
        Policy = policy;
        IsForbid = policy.Effect == Effect.Forbid;
        conditions = [.. policy.Tree.Conditions.Select(Compile)];
    }

    public Policy Policy { get; }

    public bool IsForbid { get; }

    /// <summary>Whether the whole scope matches: what the index answers for all policies at once.</summary>
    public bool ScopeMatches(in EvaluationFrame frame) =>
        Matches(Policy.Tree.Principal, frame.Principal, in frame)
        && Matches(Policy.Tree.Action, in frame)
        && Matches(Policy.Tree.Resource, frame.Resource, in frame);

    /// <summary>True, false, or the failure of the first condition that could not be evaluated.</summary>
    public Value Evaluate(in EvaluationFrame frame)
    {
        foreach ((Evaluation code, BoolValue wanted) in conditions)
        {
            Value value = code(in frame);
            if (!ReferenceEquals(value, wanted))
            {
                return value is BoolValue ? BoolValue.False : Operations.Mistyped(value, "bool");
            }
        }

        return BoolValue.True;
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

    private static (Evaluation Code, BoolValue Wanted) Compile(Condition condition) =>
        (ExpressionCompiler.Compile(condition.Body).Code, condition.IsUnless ? BoolValue.False : BoolValue.True);
}
