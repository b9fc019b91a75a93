namespace AccessGov.Cedar;

/// <summary>The whole check of one policy.</summary>
internal sealed class PolicyCheck(TypeUniverse universe, Policy policy, Findings findings, int? level)
{
    private readonly PolicyTree tree = policy.Tree;

    public void Run()
    {
        var places = new ScopePlaces(tree);
        var literals = new LiteralChecker(universe, tree, places, findings);
        literals.Check();
        var scope = new ScopeChecker(universe, tree, findings, level);
        scope.CheckApplication(literals.Undeclared);
        if (!IsPossible(scope))
        {
            findings.Warning(
                ValidationWarningKind.ImpossiblePolicy, tree.Offset,
                $"This policy is false for every request that the schema allows{(literals.Undeclared is { } undeclared ? $", {undeclared.Cause}" : "")}.",
                literals.Undeclared?.Suggestion ?? "Look for a condition that excludes another one, or a type that cannot be meant.");
        }

        new TextChecker(tree, places, findings).Check();
    }

    private bool IsPossible(ScopeChecker scope)
    {
        Expression? condition = Condition();
        Typechecker? checker = null;
        var seen = new HashSet<(string?, EntityUid?, int, string?)>();
        bool possible = false;
        ConditionVariables variables = condition is null ? default : ConditionVariables.Of(condition, hasLevel: level is not null);
        foreach (RequestEnvironment environment in scope.Environments())
        {
            if (condition is null || findings.IsFull)
            {
                return true;
            }

            if (seen.Add(variables.Distinguish(environment, universe)))
            {
                checker ??= new Typechecker(universe, findings) { Environment = environment };
                checker.Environment = environment;
                possible |= !Check(checker, condition).IsFalse;
            }
        }

        return possible;
    }

    private Typed Check(Typechecker checker, Expression condition)
    {
        if (level is null)
        {
            return checker.CheckCondition(condition);
        }

        var notes = new Dictionary<Expression, SchemaType?>(ReferenceEqualityComparer.Instance);
        checker.Notes = notes;
        Typed typed = checker.CheckCondition(condition);
        if (typed.IsSound)
        {
            new LevelChecker(universe, findings, level.Value, notes, checker.Environment.Action.Uid).Check(condition);
        }

        return typed;
    }

    /// <summary>All conditions as one expression, or null when there is none.</summary>
    private Expression? Condition()
    {
        Expression[] bodies =
        [
            .. tree.Conditions.Select(condition =>
                condition.IsUnless ? new UnaryExpression(condition.Body.Offset, UnaryOperator.Not, condition.Body) : condition.Body),
        ];
        return bodies.Length < 2 ? bodies.FirstOrDefault() : new LogicalExpression(bodies[0].Offset, IsAnd: true, bodies);
    }
}

/// <summary>
/// Which parts of a request a condition looks at: environments that are equal in these need one check together. A policy about its
/// principal alone is so checked once per principal type and not once per environment. With a level an action literal looks at the action
/// too: it may be followed only where the request has this action.
/// </summary>
internal readonly record struct ConditionVariables(bool Principal, bool Action, bool Resource, bool Context)
{
    public static ConditionVariables Of(Expression condition, bool hasLevel)
    {
        var found = new bool[4];
        ExpressionWalk.Each(condition, expression =>
        {
            if (expression is VariableExpression variable)
            {
                found[(int)variable.Variable] = true;
            }
            else if (hasLevel && expression is LiteralExpression { Value: EntityUid uid } && Names.IsActionType(uid.Type))
            {
                found[(int)Variable.Action] = true;
            }
        });
        return new ConditionVariables(
            found[(int)Variable.Principal], found[(int)Variable.Action], found[(int)Variable.Resource], found[(int)Variable.Context]);
    }

    public (string? Principal, EntityUid? Action, int Context, string? Resource) Distinguish(
        RequestEnvironment environment, TypeUniverse universe) => (
        Principal ? environment.Principal.Name : null,
        Action ? environment.Action.Uid : null,
        Context ? universe.NumberOf(environment.Action.Context) : -1,
        Resource ? environment.Resource.Name : null);
}
