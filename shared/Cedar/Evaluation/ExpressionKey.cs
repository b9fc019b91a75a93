using System.Globalization;
using System.Text;

namespace AccessGov.Cedar;

/// <summary>A text that two expressions have in common exactly when they are the same but for where they stand.</summary>
internal static class ExpressionKey
{
    // A longer one is hardly there twice, and would be kept as long as the set is compiled.
    private const int LengthMax = 2_000;

    /// <summary>The key, or null where it would be long or the expression has a node that this does not know.</summary>
    public static string? Of(Expression expression)
    {
        var text = new StringBuilder();
        return Write(expression, text) ? text.ToString() : null;
    }

    // The parser bounds the height of the tree, so this may recurse.
    private static bool Write(Expression expression, StringBuilder text)
    {
        text.Append('(');
        bool isKnown = expression switch
        {
            LiteralExpression { Value: BoolValue or LongValue or StringValue or EntityUid } literal => Add(text, "value", literal.Value),
            VariableExpression variable => Add(text, "variable", variable.Variable),
            UnaryExpression unary => Add(text, "unary", unary.Operator) && Write(unary.Operand, text),
            BinaryExpression binary => Add(text, "binary", binary.Operator) && Write(binary.Left, text) && Write(binary.Right, text),
            LogicalExpression logical => Add(text, "logical", logical.IsAnd) && Write(logical.Operands, text),
            ConditionalExpression conditional => Add(text, "if", "")
                && Write(conditional.Condition, text) && Write(conditional.Then, text) && Write(conditional.Otherwise, text),
            AttributeExpression attribute => Add(text, "attribute", 1) && Names(text, [attribute.Name]) && Write(attribute.Target, text),
            HasExpression has => Add(text, "has", has.Path.Count) && Names(text, has.Path) && Write(has.Target, text),
            LikeExpression like => Add(text, "like", like.Pattern.Segments.Count) && Names(text, like.Pattern.Segments) && Write(like.Target, text),
            IsExpression test => Add(text, "is", test.EntityType) && Write(test.Target, text) && (test.In is null || Write(test.In, text)),
            SetExpression set => Add(text, "set", set.Items.Count) && Write(set.Items, text),
            RecordExpression record => Add(text, "record", record.Names.Count) && Names(text, record.Names) && Write(record.Values, text),
            CallExpression call => Add(text, "call", call.Function.Name) && Write(call.Arguments, text),
            _ => false,
        };
        text.Append(')');
        return isKnown && text.Length <= LengthMax;
    }

    private static bool Write(IReadOnlyList<Expression> expressions, StringBuilder text)
    {
        foreach (Expression expression in expressions)
        {
            if (!Write(expression, text))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Add<T>(StringBuilder text, string kind, T detail)
    {
        text.Append(CultureInfo.InvariantCulture, $"{kind} {detail} ");
        return true;
    }

    private static bool Names(StringBuilder text, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            // The length in front: a name may hold whatever the key is made of.
            text.Append(CultureInfo.InvariantCulture, $"{name.Length}:{name} ");
        }

        return true;
    }
}
