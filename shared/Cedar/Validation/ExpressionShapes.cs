using System.Runtime.CompilerServices;

namespace AccessGov.Cedar;

/// <summary>
/// Numbers for expressions: two expressions have one number if and only if they are written alike but for spaces, positions and sugar.
/// So a capability is compared by its number, however large its expression is. One instance serves one policy.
/// </summary>
internal sealed class ExpressionShapes
{
    private readonly Dictionary<Shape, int> numbers = [];
    private readonly Dictionary<Expression, int> known = new(ReferenceEqualityComparer.Instance);

    private enum Part
    {
        Literal,
        Variable,
        Unary,
        Binary,
        And,
        Or,
        If,
        Branches,
        Attribute,
        Has,
        Like,
        Is,
        Set,
        Record,
        Call,
    }

    public int Of(Expression expression)
    {
        if (!known.TryGetValue(expression, out int number))
        {
            number = Number(expression);
            known.Add(expression, number);
        }

        return number;
    }

    /// <summary>The number of <c>target.name</c>.</summary>
    public int OfAttribute(int target, string name) => Number(Part.Attribute, name, target);

    private int Number(Expression expression)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (Literals.Of(expression) is { } value)
        {
            return Number(Part.Literal, value);
        }

        return expression switch
        {
            VariableExpression variable => Number(Part.Variable, variable.Variable),
            UnaryExpression unary => Number(Part.Unary, unary.Operator, Of(unary.Operand)),
            BinaryExpression binary => Binary(binary),
            LogicalExpression logical => Fold(logical.IsAnd ? Part.And : Part.Or, logical.Operands),
            ConditionalExpression conditional => Number(
                Part.If, null, Of(conditional.Condition), Number(Part.Branches, null, Of(conditional.Then), Of(conditional.Otherwise))),
            AttributeExpression attribute => OfAttribute(Of(attribute.Target), attribute.Name),
            HasExpression has => Has(has),
            LikeExpression like => Number(Part.Like, string.Join('*', like.Pattern.Segments.Select(ValueText.Quote)), Of(like.Target)),
            IsExpression test => Is(test),
            SetExpression set => List(Part.Set, null, set.Items),
            RecordExpression record => Record(record),
            CallExpression call => List(Part.Call, call.Function.Name, call.Arguments),
            _ => Number(Part.Literal, expression),
        };
    }

    // a > b is !(a <= b), and so on: what is equal after the sugar is gone is equal.
    private int Binary(BinaryExpression binary)
    {
        int left = Of(binary.Left);
        int right = Of(binary.Right);
        return binary.Operator switch
        {
            BinaryOperator.NotEqual => Not(Number(Part.Binary, BinaryOperator.Equal, left, right)),
            BinaryOperator.Greater => Not(Number(Part.Binary, BinaryOperator.LessOrEqual, left, right)),
            BinaryOperator.GreaterOrEqual => Not(Number(Part.Binary, BinaryOperator.Less, left, right)),
            _ => Number(Part.Binary, binary.Operator, left, right),
        };
    }

    private int Not(int operand) => Number(Part.Unary, UnaryOperator.Not, operand);

    private int Fold(Part part, IReadOnlyList<Expression> operands)
    {
        int number = Of(operands[0]);
        for (int i = 1; i < operands.Count; i++)
        {
            number = Number(part, null, number, Of(operands[i]));
        }

        return number;
    }

    private int Has(HasExpression has)
    {
        int target = Of(has.Target);
        int number = Number(Part.Has, has.Path[0], target);
        for (int i = 1; i < has.Path.Count; i++)
        {
            target = OfAttribute(target, has.Path[i - 1]);
            number = Number(Part.And, null, number, Number(Part.Has, has.Path[i], target));
        }

        return number;
    }

    private int Is(IsExpression test)
    {
        int target = Of(test.Target);
        int number = Number(Part.Is, test.EntityType, target);
        return test.In is null ? number : Number(Part.And, null, number, Number(Part.Binary, BinaryOperator.In, target, Of(test.In)));
    }

    private int List(Part part, string? name, IReadOnlyList<Expression> items)
    {
        int number = Number(part, name, items.Count);
        foreach (Expression item in items)
        {
            number = Number(part, name, number, Of(item));
        }

        return number;
    }

    private int Record(RecordExpression record)
    {
        int number = Number(Part.Record, null);
        foreach (int i in Enumerable.Range(0, record.Names.Count).OrderBy(i => record.Names[i], StringComparer.Ordinal))
        {
            number = Number(Part.Record, record.Names[i], number, Of(record.Values[i]));
        }

        return number;
    }

    private int Number(Part part, object? content, int first = -1, int second = -1)
    {
        var shape = new Shape(part, content, first, second);
        if (!numbers.TryGetValue(shape, out int number))
        {
            number = numbers.Count;
            numbers.Add(shape, number);
        }

        return number;
    }

    private readonly record struct Shape(Part Part, object? Content, int First, int Second);
}

/// <summary>What counts as a literal: also <c>true &amp;&amp; false</c>, which Cedar folds while it reads.</summary>
internal static class Literals
{
    public static Value? Of(Expression expression)
    {
        if (expression is LiteralExpression literal)
        {
            return literal.Value;
        }

        if (expression is not LogicalExpression logical)
        {
            return null;
        }

        bool result = logical.IsAnd;
        foreach (Expression operand in logical.Operands)
        {
            if (Of(operand) is not BoolValue value)
            {
                return null;
            }

            result = logical.IsAnd ? result && value.IsTrue : result || value.IsTrue;
        }

        return Value.Of(result);
    }
}
