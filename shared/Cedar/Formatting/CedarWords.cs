namespace AccessGov.Cedar;

/// <summary>How the language spells what the syntax tree names.</summary>
internal static class CedarWords
{
    public static string Of(Variable variable) => variable switch
    {
        Variable.Principal => "principal",
        Variable.Action => "action",
        Variable.Resource => "resource",
        Variable.Context => "context",
        _ => throw new ArgumentOutOfRangeException(nameof(variable)),
    };

    public static string Of(UnaryOperator symbol) => symbol switch
    {
        UnaryOperator.Not => "!",
        UnaryOperator.Negate => "neg",
        UnaryOperator.IsEmpty => "isEmpty",
        _ => throw new ArgumentOutOfRangeException(nameof(symbol)),
    };

    public static string Of(BinaryOperator symbol) => symbol switch
    {
        BinaryOperator.Equal => "==",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.In => "in",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Contains => "contains",
        BinaryOperator.ContainsAll => "containsAll",
        BinaryOperator.ContainsAny => "containsAny",
        BinaryOperator.HasTag => "hasTag",
        BinaryOperator.GetTag => "getTag",
        _ => throw new ArgumentOutOfRangeException(nameof(symbol)),
    };

    public static string Of(Effect effect) => effect == Effect.Permit ? "permit" : "forbid";

    public static string Of(Condition condition) => condition.IsUnless ? "unless" : "when";

    /// <summary>A name where the grammar takes an identifier or a string.</summary>
    public static string Key(string name) => Names.IsIdentifier(name) ? name : ValueText.Quote(name);
}
