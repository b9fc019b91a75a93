namespace AccessGov.Cedar;

internal enum Variable
{
    Principal,
    Action,
    Resource,
    Context,
}

internal enum UnaryOperator
{
    Not,
    Negate,
    IsEmpty,
}

internal enum BinaryOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Add,
    Subtract,
    Multiply,
    Contains,
    ContainsAll,
    ContainsAny,
    HasTag,
    GetTag,
}

/// <summary>
/// A node of the syntax tree. <c>Offset</c> is where it starts in the text; <c>Height</c> is 1 for a leaf and is bounded by the
/// parser, so that whoever walks the tree may recurse.
/// </summary>
internal abstract record Expression(int Offset, int Height)
{
    protected static int Above(Expression child) => child.Height + 1;

    protected static int Above(IReadOnlyList<Expression> children)
    {
        int height = 0;
        foreach (Expression child in children)
        {
            height = Math.Max(height, child.Height);
        }

        return height + 1;
    }
}

internal sealed record LiteralExpression(int Offset, Value Value) : Expression(Offset, 1);

internal sealed record VariableExpression(int Offset, Variable Variable) : Expression(Offset, 1);

internal sealed record UnaryExpression(int Offset, UnaryOperator Operator, Expression Operand) : Expression(Offset, Above(Operand));

internal sealed record BinaryExpression(int Offset, BinaryOperator Operator, Expression Left, Expression Right)
    : Expression(Offset, Math.Max(Left.Height, Right.Height) + 1);

/// <summary>A chain of one of <c>&amp;&amp;</c> and <c>||</c>, flat: a chain's length adds nothing to the height.</summary>
internal sealed record LogicalExpression(int Offset, bool IsAnd, IReadOnlyList<Expression> Operands) : Expression(Offset, Above(Operands));

internal sealed record ConditionalExpression(int Offset, Expression Condition, Expression Then, Expression Otherwise)
    : Expression(Offset, Math.Max(Condition.Height, Math.Max(Then.Height, Otherwise.Height)) + 1);

internal sealed record AttributeExpression(int Offset, Expression Target, string Name) : Expression(Offset, Above(Target));

/// <summary><c>target has a.b.c</c>; the path has at least one name, and is as high as the accesses it stands for.</summary>
internal sealed record HasExpression(int Offset, Expression Target, IReadOnlyList<string> Path) : Expression(Offset, Target.Height + Path.Count);

internal sealed record LikeExpression(int Offset, Expression Target, Pattern Pattern) : Expression(Offset, Above(Target));

internal sealed record IsExpression(int Offset, Expression Target, string EntityType, Expression? In)
    : Expression(Offset, Math.Max(Target.Height, In?.Height ?? 0) + 1);

internal sealed record SetExpression(int Offset, IReadOnlyList<Expression> Items) : Expression(Offset, Above(Items));

internal sealed record RecordExpression(int Offset, IReadOnlyList<string> Names, IReadOnlyList<Expression> Values)
    : Expression(Offset, Above(Values));

/// <summary>An extension function or method; a method's receiver is its first argument.</summary>
internal sealed record CallExpression(int Offset, ExtensionFunction Function, IReadOnlyList<Expression> Arguments)
    : Expression(Offset, Above(Arguments));
