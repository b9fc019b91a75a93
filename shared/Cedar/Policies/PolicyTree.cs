namespace AccessGov.Cedar;

internal enum ScopeOperator
{
    Any,
    Equal,
    In,
    Is,
    IsIn,
}

/// <summary>The constraint on the principal or the resource, its offset that of the operator. A slot stands where <c>Entity</c> would, in a template.</summary>
internal sealed record EntityScope(int Offset, ScopeOperator Operator, string? EntityType, EntityUid? Entity, bool HasSlot)
{
    /// <summary>Where the variable stands, with which the constraint begins.</summary>
    public int Start { get; init; } = Offset;
}

/// <summary>The constraint on the action: <c>Entities</c> has one member for <c>==</c> and for a plain <c>in</c>, any number for a list.</summary>
internal sealed record ActionScope(int Offset, ScopeOperator Operator, IReadOnlyList<EntityUid> Entities, bool IsList)
{
    /// <summary>Where the variable stands, with which the constraint begins.</summary>
    public int Start { get; init; } = Offset;
}

/// <summary>One <c>when</c> or <c>unless</c> clause.</summary>
internal sealed record Condition(int Offset, bool IsUnless, Expression Body);

/// <summary>One policy as written.</summary>
internal sealed record PolicyTree(
    SourceText Source,
    int Offset,
    int Length,
    Effect Effect,
    IReadOnlyDictionary<string, string> Annotations,
    EntityScope Principal,
    ActionScope Action,
    EntityScope Resource,
    IReadOnlyList<Condition> Conditions)
{
    public bool IsTemplate => Principal.HasSlot || Resource.HasSlot;
}
