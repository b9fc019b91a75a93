namespace AccessGov.Cedar;

/// <summary>Whether everything a policy names is declared: entity types, actions, the ids of enumerated types. Also what is never reached.</summary>
internal sealed class LiteralChecker(TypeUniverse universe, PolicyTree tree, ScopePlaces places, Findings findings)
{
    private bool isInScope;

    /// <summary>The first name of the scope that the schema does not declare, as a clause, and what may be meant: why no request can fit.</summary>
    public (string Cause, string Suggestion)? Undeclared { get; private set; }

    public void Check()
    {
        isInScope = true;
        Scope(tree.Principal);
        for (int i = 0; i < tree.Action.Entities.Count; i++)
        {
            int index = i;
            Uid(tree.Action.Entities[i], () => places.OfAction(index));
        }

        Scope(tree.Resource);
        isInScope = false;
        foreach (Condition condition in tree.Conditions)
        {
            ExpressionWalk.Each(condition.Body, Check);
        }
    }

    private void Scope(EntityScope scope)
    {
        if (scope.EntityType is not null)
        {
            Type(scope.EntityType, () => places.OfType(scope));
        }

        if (scope.Entity is not null)
        {
            Uid(scope.Entity, () => places.OfEntity(scope));
        }
    }

    private void Check(Expression expression)
    {
        if (expression is LiteralExpression { Value: EntityUid uid })
        {
            Uid(uid, () => expression.Offset);
        }
        else if (expression is IsExpression test)
        {
            Type(test.EntityType, () => test.Offset);
        }
    }

    private void Uid(EntityUid uid, Func<int> place)
    {
        Type(uid.Type, place);
        if (Names.IsActionType(uid.Type))
        {
            if (!universe.Schema.Actions.ContainsKey(uid) && !findings.IsFull)
            {
                NotDeclared(ValidationErrorKind.UnrecognizedActionId, place(), $"no action {TypeText.Short(uid.ToString())}", NearestAction(uid));
            }

            return;
        }

        if (!findings.IsFull && universe.ChoicesOf(uid.Type) is { } choices && !choices.Contains(uid.Id))
        {
            findings.Error(
                ValidationErrorKind.InvalidEnumEntity, place(),
                $"{TypeText.Short(uid.ToString())} is none of the entities that the enumerated type `{uid.Type}` lists.",
                universe.Nearest.Find(uid.Id, choices) is { } near
                    ? $"Did you mean {TypeText.Short(new EntityUid(uid.Type, near).ToString())}?"
                    : $"There are {TypeText.List(choices.Select(ValueText.Quote))}.");
        }
    }

    private void Type(string type, Func<int> place)
    {
        if (Names.IsActionType(type) || universe.Schema.EntityTypes.ContainsKey(type) || findings.IsFull)
        {
            return;
        }

        NotDeclared(ValidationErrorKind.UnrecognizedEntityType, place(), $"no entity type `{TypeText.Short(type)}`", NearestType(type));
    }

    private void NotDeclared(ValidationErrorKind kind, int offset, string what, string suggestion)
    {
        findings.Error(kind, offset, $"The schema declares {what}.", suggestion);
        if (isInScope)
        {
            Undeclared ??= ($"because the schema declares {what}", suggestion);
        }
    }

    // A forgotten namespace is the commonest mistake, and farther away than a few letters.
    private string NearestType(string type)
    {
        IEnumerable<string> names = universe.Schema.EntityTypes.Keys;
        string last = LastPart(type);
        string? near = names.FirstOrDefault(name => string.Equals(LastPart(name), last, StringComparison.Ordinal))
            ?? universe.Nearest.Find(type, names);
        return near is not null ? $"Did you mean `{near}`?"
            : universe.Schema.EntityTypes.Count > 0 ? $"It declares {TypeText.List(names)}."
            : "It declares none at all.";
    }

    private string NearestAction(EntityUid uid)
    {
        EntityUid? near = universe.Schema.Actions.Keys.FirstOrDefault(action => string.Equals(action.Id, uid.Id, StringComparison.Ordinal));
        if (near is null && universe.Nearest.Find(uid.Id, universe.Schema.Actions.Keys.Select(action => action.Id)) is { } id)
        {
            near = universe.Schema.Actions.Keys.First(action => string.Equals(action.Id, id, StringComparison.Ordinal));
        }

        return near is not null ? $"Did you mean {TypeText.Short(near.ToString())}?"
            : universe.Schema.Actions.Count > 0 ? $"It declares {TypeText.List(universe.Schema.Actions.Keys.Select(action => action.ToString()))}."
            : "It declares none at all.";
    }

    private static string LastPart(string path) => path[(path.LastIndexOf(':') + 1)..];
}
