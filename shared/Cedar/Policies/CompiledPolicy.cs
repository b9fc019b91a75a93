namespace AccessGov.Cedar;

/// <summary>One policy as delegates, and what is left of its scope to check when the index has done its part.</summary>
internal sealed class CompiledPolicy
{
    private readonly EntityUid? principalGroup;
    private readonly EntityUid? resourceGroup;
    private readonly (Evaluation Code, BoolValue Wanted)[] conditions;

    public CompiledPolicy(Policy policy)
    {
        Policy = policy;
        principalGroup = GroupOf(policy.Tree.Principal);
        resourceGroup = GroupOf(policy.Tree.Resource);
        conditions = [.. policy.Tree.Conditions.Select(Compile)];
    }

    public Policy Policy { get; }

    public bool ScopeMatches(in EvaluationFrame frame) =>
        (principalGroup is null || frame.IsIn(frame.Principal, principalGroup))
        && (resourceGroup is null || frame.IsIn(frame.Resource, resourceGroup));

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

    private static EntityUid? GroupOf(EntityScope scope) => scope.Operator is ScopeOperator.In or ScopeOperator.IsIn ? scope.Entity : null;

    private static (Evaluation Code, BoolValue Wanted) Compile(Condition condition) =>
        (ExpressionCompiler.Compile(condition.Body).Code, condition.IsUnless ? BoolValue.False : BoolValue.True);
}
