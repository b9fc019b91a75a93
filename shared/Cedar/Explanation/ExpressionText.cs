using System.Text;

namespace AccessGov.Cedar;

/// <summary>
/// Expressions as text, with as few parentheses as they need, cut off after a bound: a tree keeps where a node starts, not where it
/// ends, and a policy that was not read from Cedar text has no text to quote. Recursion is bounded by the height of the tree.
/// </summary>
internal sealed class ExpressionText
{
    /// <summary>The longest text of one node; a longer one ends in an ellipsis.</summary>
    public const int LengthMax = 400;

    private const int Chain = 1;
    private const int Relation = 3;
    private const int Sum = 4;
    private const int Product = 5;
    private const int Unary = 6;
    private const int Member = 7;

    private readonly StringBuilder text = new();

    public static string Write(Expression expression)
    {
        var writer = new ExpressionText();
        writer.Append(expression, 0);
        return Cut(writer.text.ToString());
    }

    public static string Cut(string text) => text.Length <= LengthMax ? text : string.Concat(text.AsSpan(0, LengthMax), "…");

    /// <summary>Access to an attribute: in dot form where its name allows that.</summary>
    public static string Access(string name) => IsPlain(name) ? $".{name}" : $"[{ValueText.Quote(name)}]";

    private static bool IsPlain(string name) => Names.IsNormalizedPath(name) && !name.Contains(':', StringComparison.Ordinal);

    private void Append(Expression expression, int around)
    {
        if (text.Length > LengthMax)
        {
            return;
        }

        bool parentheses = Level(expression) < around;
        text.Append(parentheses ? "(" : "");
        Bare(expression);
        text.Append(parentheses ? ")" : "");
    }

    private void Bare(Expression expression)
    {
        switch (expression)
        {
            case LiteralExpression literal:
                text.Append(literal.Value);
                break;
            case VariableExpression variable:
                text.Append(variable.Variable.ToString().ToLowerInvariant());
                break;
            case UnaryExpression unary:
                Append(unary);
                break;
            case BinaryExpression binary:
                Append(binary);
                break;
            case LogicalExpression logical:
                List(logical.Operands, logical.IsAnd ? " && " : " || ", logical.IsAnd ? Relation : Chain + 1);
                break;
            case ConditionalExpression conditional:
                Append("if ", conditional.Condition, 0);
                Append(" then ", conditional.Then, 0);
                Append(" else ", conditional.Otherwise, 0);
                break;
            case AttributeExpression attribute:
                Append(attribute.Target, Member);
                text.Append(Access(attribute.Name));
                break;
            case HasExpression has:
                Append(has.Target, Sum);
                text.Append(" has ").Append(has.Path.All(IsPlain) ? string.Join('.', has.Path) : string.Join('.', has.Path.Select(ValueText.Quote)));
                break;
            case LikeExpression like:
                Append(like.Target, Sum);
                text.Append(" like \"").AppendJoin('*', like.Pattern.Segments.Select(Segment)).Append('"');
                break;
            case IsExpression test:
                Append(test.Target, Sum);
                text.Append(" is ").Append(test.EntityType);
                if (test.In is not null)
                {
                    Append(" in ", test.In, Sum);
                }

                break;
            case SetExpression set:
                text.Append('[');
                List(set.Items, ", ", 0);
                text.Append(']');
                break;
            case RecordExpression record:
                Append(record);
                break;
            case CallExpression call:
                Append(call);
                break;
            default:
                throw new NotSupportedException($"There is no text for {expression.GetType().Name}.");
        }
    }

    private static string Segment(string segment) => ValueText.Quote(segment)[1..^1].Replace("*", "\\*", StringComparison.Ordinal);

    private void Append(string before, Expression expression, int around)
    {
        text.Append(before);
        Append(expression, around);
    }

    private void Append(UnaryExpression unary)
    {
        if (unary.Operator == UnaryOperator.IsEmpty)
        {
            Append(unary.Operand, Member);
            text.Append(".isEmpty()");
            return;
        }

        Append(unary.Operator == UnaryOperator.Not ? "!" : "-", unary.Operand, Unary);
    }

    private void Append(BinaryExpression binary)
    {
        string symbol = Symbol(binary.Operator);
        int level = Level(binary);
        if (level == Member)
        {
            Append(binary.Left, Member);
            text.Append('.').Append(symbol);
            Append("(", binary.Right, 0);
            text.Append(')');
            return;
        }

        // Sums and products lean to the left; relations do not chain at all.
        Append(binary.Left, level == Relation ? Sum : level);
        Append($" {symbol} ", binary.Right, level + 1);
    }

    private void Append(RecordExpression record)
    {
        text.Append('{');
        for (int i = 0; i < record.Names.Count && text.Length <= LengthMax; i++)
        {
            Append((i == 0 ? "" : ", ") + (IsPlain(record.Names[i]) ? record.Names[i] : ValueText.Quote(record.Names[i])) + ": ", record.Values[i], 0);
        }

        text.Append('}');
    }

    private void Append(CallExpression call)
    {
        bool method = call.Function.IsMethod && call.Arguments.Count > 0;
        if (method)
        {
            Append(call.Arguments[0], Member);
            text.Append('.');
        }

        text.Append(call.Function.Name).Append('(');
        List(method ? [.. call.Arguments.Skip(1)] : call.Arguments, ", ", 0);
        text.Append(')');
    }

    private void List(IReadOnlyList<Expression> items, string separator, int around)
    {
        for (int i = 0; i < items.Count && text.Length <= LengthMax; i++)
        {
            Append(i == 0 ? "" : separator, items[i], around);
        }
    }

    private static int Level(Expression expression) => expression switch
    {
        ConditionalExpression => 0,
        LogicalExpression logical => logical.IsAnd ? Chain + 1 : Chain,
        HasExpression or LikeExpression or IsExpression => Relation,
        BinaryExpression binary => binary.Operator switch
        {
            BinaryOperator.Add or BinaryOperator.Subtract => Sum,
            BinaryOperator.Multiply => Product,
            >= BinaryOperator.Contains => Member,
            _ => Relation,
        },
        UnaryExpression unary => unary.Operator == UnaryOperator.IsEmpty ? Member : Unary,
        LiteralExpression { Value: LongValue { Number: < 0 } } => Unary,
        _ => Member + 1,
    };

    /// <summary>The operator as written; for a method its name.</summary>
    public static string Symbol(BinaryOperator symbol) => symbol switch
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
        _ => "getTag",
    };
}
