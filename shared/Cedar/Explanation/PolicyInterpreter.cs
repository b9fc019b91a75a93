namespace AccessGov.Cedar;

/// <summary>
/// One policy as the expressions it stands for: three constraints of the scope, each an operator on its variable, then the conditions,
/// <c>unless</c> as a negation.
/// </summary>
internal static class PolicyInterpreter
{
    public static PolicyExplanation Explain(Policy policy, in Request request, IEntities entities, Redaction redaction)
    {
        PolicyTree tree = policy.Tree;
        var interpreter = new Interpreter(tree.Source, in request, entities, redaction);
        ExplanationNode principal = Scope(interpreter, tree.Principal, Variable.Principal);
        ExplanationNode action = Scope(interpreter, tree.Action);
        ExplanationNode resource = Scope(interpreter, tree.Resource, Variable.Resource);

        // All three are walked in any case: a scope cannot fail, and each tells something.
        bool reached = IsTrue(principal) && IsTrue(action) && IsTrue(resource);
        bool matched = reached;
        Value outcome = Value.Of(matched);
        var conditions = new ExplanationNode[tree.Conditions.Count];
        for (int i = 0; i < conditions.Length; i++)
        {
            conditions[i] = Condition(interpreter, tree.Conditions[i], reached);
            if (reached)
            {
                outcome = conditions[i].Raw;
                reached = IsTrue(conditions[i]);
            }
        }

        return new PolicyExplanation(policy, matched, outcome, principal, action, resource, conditions);
    }

    /// <summary>The constraint on principal or resource as an expression; <c>true</c> where there is none.</summary>
    public static Expression AsExpression(EntityScope scope, Variable variable)
    {
        var subject = new VariableExpression(scope.Start, variable);
        return scope.Operator switch
        {
            ScopeOperator.Any => new LiteralExpression(scope.Start, BoolValue.True),
            ScopeOperator.Equal => new BinaryExpression(scope.Start, BinaryOperator.Equal, subject, Entity(scope.Start, scope.Entity!)),
            ScopeOperator.In => new BinaryExpression(scope.Start, BinaryOperator.In, subject, Entity(scope.Start, scope.Entity!)),
            ScopeOperator.Is => new IsExpression(scope.Start, subject, scope.EntityType!, null),
            _ => new IsExpression(scope.Start, subject, scope.EntityType!, Entity(scope.Start, scope.Entity!)),
        };
    }

    /// <summary>The constraint on the action as an expression; <c>true</c> where there is none.</summary>
    public static Expression AsExpression(ActionScope scope)
    {
        var subject = new VariableExpression(scope.Start, Variable.Action);
        return scope.Operator switch
        {
            ScopeOperator.Any => new LiteralExpression(scope.Start, BoolValue.True),
            ScopeOperator.Equal => new BinaryExpression(scope.Start, BinaryOperator.Equal, subject, Entity(scope.Start, scope.Entities[0])),
            _ when !scope.IsList => new BinaryExpression(scope.Start, BinaryOperator.In, subject, Entity(scope.Start, scope.Entities[0])),
            _ => new BinaryExpression(
                scope.Start, BinaryOperator.In, subject, new SetExpression(scope.Start, [.. scope.Entities.Select(uid => Entity(scope.Start, uid))])),
        };
    }

    private static ExplanationNode Scope(Interpreter interpreter, EntityScope scope, Variable variable)
    {
        string name = CedarWords.Of(variable);
        return interpreter.Walk(AsExpression(scope, variable), reached: true).As(name, scope.Operator == ScopeOperator.Any ? name : null);
    }

    private static ExplanationNode Scope(Interpreter interpreter, ActionScope scope) =>
        interpreter.Walk(AsExpression(scope), reached: true).As("action", scope.Operator == ScopeOperator.Any ? "action" : null);

    private static ExplanationNode Condition(Interpreter interpreter, Condition condition, bool reached)
    {
        Expression expression = condition.IsUnless
            ? new UnaryExpression(condition.Offset, UnaryOperator.Not, condition.Body)
            : new LogicalExpression(condition.Offset, IsAnd: true, [condition.Body]);
        string name = CedarWords.Of(condition);
        return interpreter.Walk(expression, reached).As(name, ExpressionText.Cut($"{name} {{ {ExpressionText.Write(condition.Body)} }}"));
    }

    private static LiteralExpression Entity(int offset, EntityUid uid) => new(offset, uid);

    private static bool IsTrue(ExplanationNode node) => ReferenceEquals(node.Raw, BoolValue.True);
}
