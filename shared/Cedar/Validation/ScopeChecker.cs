namespace AccessGov.Cedar;

/// <summary>
/// What a scope makes of the requests a schema allows: which environments it can match at all, decided once per type and not once per
/// environment, and whether there is any (the rule of Cedar 4.10: if not, it is an error).
/// </summary>
internal sealed class ScopeChecker(TypeUniverse universe, PolicyTree tree, Findings findings, int? level)
{
    /// <summary>
    /// The environments in which the scope is not false for certain. An undeclared entity, reported elsewhere, makes nothing certain. At
    /// level 0 the scope may not follow a reference, and <c>in</c> does.
    /// </summary>
    public IEnumerable<RequestEnvironment> Environments()
    {
        foreach (SchemaAction action in universe.Schema.Actions.Values)
        {
            if (action.PrincipalTypes.Count == 0 || action.ResourceTypes.Count == 0)
            {
                continue;
            }

            List<string> principals = Reached(tree.Principal, action.PrincipalTypes, "principal");
            if (principals.Count == 0 || !Matches(action.Uid))
            {
                continue;
            }

            List<string> resources = Reached(tree.Resource, action.ResourceTypes, "resource");
            foreach (string principal in principals)
            {
                foreach (string resource in resources)
                {
                    yield return new RequestEnvironment(universe.Reference(principal), action, universe.Reference(resource));
                }
            }
        }
    }

    /// <summary>Whether some action of the scope applies to types of the scope; unlike the environments this counts declared names only.</summary>
    /// <param name="undeclared">What the scope names and the schema does not: then that is to be put right, and not the scope.</param>
    public void CheckApplication((string Cause, string Suggestion)? undeclared)
    {
        List<SchemaAction> actions = Actions();
        bool applies = actions.Exists(action =>
            action.PrincipalTypes.Any(type => Allows(tree.Principal, type)) && action.ResourceTypes.Any(type => Allows(tree.Resource, type)));
        if (!applies)
        {
            findings.Error(
                ValidationErrorKind.InvalidActionApplication, tree.Offset,
                $"No action of this scope applies to a principal and a resource of this scope{(undeclared is { } name ? $", {name.Cause}" : "")}.",
                undeclared?.Suggestion ?? SuggestApplication(actions));
        }
    }

    private List<string> Reached(EntityScope scope, IReadOnlyList<string> types, string variable)
    {
        var reached = new List<string>(types.Count);
        foreach (string type in types)
        {
            if (scope.EntityType is not null && !string.Equals(scope.EntityType, type, StringComparison.Ordinal))
            {
                continue;
            }

            if (scope.Operator is ScopeOperator.In or ScopeOperator.IsIn)
            {
                RefuseAtLevelZero(scope.Offset, variable);
            }

            if (scope.Entity is null || !universe.Declares(scope.Entity) || AllowsEntity(scope, type))
            {
                reached.Add(type);
            }
        }

        return reached;
    }

    private void RefuseAtLevelZero(int offset, string variable)
    {
        if (level == 0)
        {
            findings.Error(
                ValidationErrorKind.EntityDerefLevelViolation, offset, $"`{variable} in` follows 1 reference in a row; the level allows 0.",
                "Validate at level 1, or compare with `==`.");
        }
    }

    private bool Matches(EntityUid action)
    {
        ActionScope scope = tree.Action;
        switch (scope.Operator)
        {
            case ScopeOperator.Any:
                return true;
            case ScopeOperator.Equal:
                return action == scope.Entities[0];
            default:
                RefuseAtLevelZero(scope.Offset, "action");
                return ListIsRight(scope) ? IsInAny(action, scope.Entities) : true;
        }
    }

    /// <summary>A list of groups is a set literal: not empty, of one type, declared. If it is not, it matches nothing for certain.</summary>
    private bool ListIsRight(ActionScope scope)
    {
        if (scope.Entities.Count == 0)
        {
            findings.Error(
                ValidationErrorKind.EmptySetForbidden, scope.Offset, "The elements of an empty set literal have no type.",
                "List the actions, or write `action` alone for all of them.");
            return false;
        }

        if (!scope.Entities.All(universe.Declares))
        {
            return false;
        }

        EntityUid first = scope.Entities[0];
        EntityUid? other = scope.Entities.FirstOrDefault(uid => !string.Equals(uid.Type, first.Type, StringComparison.Ordinal));
        if (other is null)
        {
            return true;
        }

        findings.Error(
            ValidationErrorKind.IncompatibleTypes, scope.Offset,
            $"The elements of this set have the types {first.Type} and {other.Type}, which are not compatible.",
            "Write one policy for the actions of each type.");
        return false;
    }

    private bool IsInAny(EntityUid action, IReadOnlyList<EntityUid> groups)
    {
        IReadOnlySet<EntityUid> ancestors = universe.Schema.Actions[action].Ancestors;
        return groups.Any(group => group == action || ancestors.Contains(group));
    }

    private List<SchemaAction> Actions()
    {
        Schema schema = universe.Schema;
        switch (tree.Action.Operator)
        {
            case ScopeOperator.Any:
                return [.. schema.Actions.Values];
            case ScopeOperator.Equal:
                return schema.Actions.TryGetValue(tree.Action.Entities[0], out SchemaAction? action) ? [action] : [];
            default:
                return tree.Action.Entities.All(universe.Declares)
                    ? [.. schema.Actions.Values.Where(candidate => IsInAny(candidate.Uid, tree.Action.Entities))]
                    : [];
        }
    }

    private bool Allows(EntityScope scope, string type) =>
        universe.Schema.EntityTypes.ContainsKey(type)
        && (scope.EntityType is null || string.Equals(scope.EntityType, type, StringComparison.Ordinal))
        && (scope.Entity is null || AllowsEntity(scope, type));

    private bool AllowsEntity(EntityScope scope, string type) => scope.Operator == ScopeOperator.Equal
        ? string.Equals(scope.Entity!.Type, type, StringComparison.Ordinal)
        : universe.MayBeIn(type, scope.Entity!.Type);

    private string SuggestApplication(List<SchemaAction> actions)
    {
        bool principalIn = InWouldHelp(tree.Principal, actions.SelectMany(action => action.PrincipalTypes));
        bool resourceIn = InWouldHelp(tree.Resource, actions.SelectMany(action => action.ResourceTypes));
        if (principalIn || resourceIn)
        {
            string where = principalIn && resourceIn ? "for the principal and the resource" : principalIn ? "for the principal" : "for the resource";
            return $"Write `in` instead of `==` {where}.";
        }

        SchemaAction? applicable = actions.Find(action => action.PrincipalTypes.Count > 0 && action.ResourceTypes.Count > 0);
        return applicable is null
            ? "Name an action that applies to something; the schema gives these no `appliesTo`."
            : $"{TypeText.Short(applicable.Uid.ToString())}, for one, applies to principals of {TypeText.List(applicable.PrincipalTypes)}"
                + $" and resources of {TypeText.List(applicable.ResourceTypes)}.";
    }

    private bool InWouldHelp(EntityScope scope, IEnumerable<string> types)
    {
        if (scope.Operator != ScopeOperator.Equal || scope.Entity is not { } entity)
        {
            return false;
        }

        string[] applicable = [.. types];
        return !applicable.Contains(entity.Type, StringComparer.Ordinal) && Array.Exists(applicable, type => universe.MayBeIn(type, entity.Type));
    }
}
