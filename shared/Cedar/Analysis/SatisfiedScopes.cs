namespace AccessGov.Cedar;

/// <summary>
/// Whether some entity of the data satisfies a constraint of a scope. Who is in which group is turned round once, so that the work is the
/// data and the policies, not one times the other.
/// </summary>
internal sealed class SatisfiedScopes
{
    private readonly EntityStore entities;
    private readonly HashSet<string> types = new(StringComparer.Ordinal);

    // The groups that have a member, and those that have one of a type; a group counts as no member of its own.
    private readonly HashSet<EntityUid> groups = [];
    private readonly HashSet<(EntityUid Group, string Type)> groupsOfType = [];

    public SatisfiedScopes(EntityStore entities)
    {
        this.entities = entities;
        foreach (Entity entity in entities.Entities)
        {
            types.Add(entity.Uid.Type);
            foreach (EntityUid group in entities.AncestorsOf(entity.Uid))
            {
                groups.Add(group);
                groupsOfType.Add((group, entity.Uid.Type));
            }
        }
    }

    /// <summary>With or without the group that the constraint names. A constraint that says nothing is satisfied by anybody.</summary>
    public bool Satisfy(EntityScope scope, bool itself) => scope.Operator switch
    {
        ScopeOperator.Any => true,
        ScopeOperator.Equal => entities.Find(scope.Entity!) is not null,
        ScopeOperator.Is => types.Contains(scope.EntityType!),
        ScopeOperator.In => groups.Contains(scope.Entity!) || (itself && entities.Find(scope.Entity!) is not null),
        _ => groupsOfType.Contains((scope.Entity!, scope.EntityType!))
            || (itself && scope.Entity!.Type == scope.EntityType && entities.Find(scope.Entity) is not null),
    };

    /// <summary>The actions among the entities, which have an action type.</summary>
    public bool Satisfy(ActionScope scope) =>
        scope.Operator == ScopeOperator.Any
        || scope.Entities.Any(action => (Names.IsActionType(action.Type) && entities.Find(action) is not null)
            || (scope.Operator == ScopeOperator.In && HasAction(action)));

    private bool HasAction(EntityUid group) => types.Where(Names.IsActionType).Any(type => groupsOfType.Contains((group, type)));
}
