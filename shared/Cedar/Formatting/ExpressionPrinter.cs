using System.Text;

namespace AccessGov.Cedar;

/// <summary>
/// Expressions as text on one line, with the parentheses that the grammar needs and no others. Reading the text gives the same tree.
/// Recursion is bounded by the height of the tree.
/// </summary>
internal sealed class ExpressionPrinter(StringBuilder text)
{
    private const int SignsMax = 4;

    /// <summary>What a place in the grammar accepts without parentheses, from everything to nearly nothing.</summary>
    private enum Level
    {
        Expression,
        Or,
        And,
        Relation,
        Sum,
        Product,
        Unary,
        Member,
    }

    public void Append(Expression expression) => Append(expression, Level.Expression);

    private void Append(Expression expression, Level accepted)
    {
        if (LevelOf(expression) >= accepted)
        {
            AppendBare(expression);
            return;
        }

        text.Append('(');
        AppendBare(expression);
        text.Append(')');
    }

    private static Level LevelOf(Expression expression) => expression switch
    {
        ConditionalExpression => Level.Expression,
        LogicalExpression chain => chain.IsAnd ? Level.And : Level.Or,
        BinaryExpression binary => LevelOf(binary.Operator),
        HasExpression or LikeExpression or IsExpression => Level.Relation,
        UnaryExpression { Operator: not UnaryOperator.IsEmpty } => Level.Unary,
        LiteralExpression { Value: LongValue { Number: < 0 } } => Level.Unary,
        _ => Level.Member,
    };

    private static Level LevelOf(BinaryOperator symbol) => symbol switch
    {
        BinaryOperator.Add or BinaryOperator.Subtract => Level.Sum,
        BinaryOperator.Multiply => Level.Product,
        >= BinaryOperator.Contains => Level.Member,
        _ => Level.Relation,
    };

    private void AppendBare(Expression expression)
    {
        switch (expression)
        {
            case LiteralExpression literal: text.Append(ValueText.Write(literal.Value)); break;
            case VariableExpression variable: text.Append(CedarWords.Of(variable.Variable)); break;
            case UnaryExpression unary: AppendUnary(unary); break;
            case BinaryExpression binary: AppendBinary(binary); break;
            case LogicalExpression chain: AppendChain(chain); break;
            case ConditionalExpression conditional: AppendConditional(conditional); break;
            case AttributeExpression attribute: AppendAttribute(attribute); break;
            case HasExpression has: AppendHas(has); break;
            case LikeExpression like: AppendLike(like); break;
            case IsExpression test: AppendIs(test); break;
            case SetExpression set: AppendList('[', set.Items, ']'); break;
            case RecordExpression record: AppendRecord(record); break;
            case CallExpression call: AppendCall(call); break;
            default: throw new ArgumentException($"{expression.GetType().Name} has no text.", nameof(expression));
        }
    }

    private void AppendUnary(UnaryExpression unary)
    {
        if (unary.Operator == UnaryOperator.IsEmpty)
        {
            Append(unary.Operand, Level.Member);
            text.Append(".isEmpty()");
            return;
        }

        bool isNegation = unary.Operator == UnaryOperator.Negate;
        int signs = 0;
        Expression operand = unary;
        while (signs < SignsMax && operand is UnaryExpression next && next.Operator == unary.Operator)
        {
            text.Append(isNegation ? '-' : '!');
            signs++;
            operand = next.Operand;
        }

        // A sign in front of digits belongs to the literal: -5 is a literal, -(5) the negation of one, --5 the negation of -5.
        if (isNegation && operand is LiteralExpression { Value: LongValue integer })
        {
            bool isSigned = integer.Number < 0 && signs < SignsMax;
            text.Append(isSigned ? "" : "(").Append(ValueText.Write(integer)).Append(isSigned ? "" : ")");
            return;
        }

        Append(operand, Level.Member);
    }

    private void AppendBinary(BinaryExpression binary)
    {
        Level level = LevelOf(binary.Operator);
        if (level == Level.Member)
        {
            Append(binary.Left, Level.Member);
            text.Append('.').Append(CedarWords.Of(binary.Operator)).Append('(');
            Append(binary.Right);
            text.Append(')');
            return;
        }

        // Sums and products go from left to right, relations do not chain at all.
        Append(binary.Left, level == Level.Relation ? Level.Sum : level);
        text.Append(' ').Append(CedarWords.Of(binary.Operator)).Append(' ');
        Append(binary.Right, level + 1);
    }

    private void AppendChain(LogicalExpression chain)
    {
        string separator = "";
        foreach (Expression operand in chain.Operands)
        {
            text.Append(separator);
            Append(operand, chain.IsAnd ? Level.Relation : Level.And);
            separator = chain.IsAnd ? " && " : " || ";
        }
    }

    private void AppendConditional(ConditionalExpression conditional)
    {
        text.Append("if ");
        Append(conditional.Condition);
        text.Append(" then ");
        Append(conditional.Then);
        text.Append(" else ");
        Append(conditional.Otherwise);
    }

    private void AppendAttribute(AttributeExpression attribute)
    {
        Append(attribute.Target, Level.Member);
        if (Names.IsIdentifier(attribute.Name))
        {
            text.Append('.').Append(attribute.Name);
        }
        else
        {
            text.Append('[').Append(ValueText.Quote(attribute.Name)).Append(']');
        }
    }

    private void AppendHas(HasExpression has)
    {
        Append(has.Target, Level.Sum);
        text.Append(" has ").Append(has.Path.Count == 1 ? CedarWords.Key(has.Path[0]) : string.Join('.', has.Path));
    }

    private void AppendLike(LikeExpression like)
    {
        Append(like.Target, Level.Sum);
        text.Append(" like \"");
        string wildcard = "";
        foreach (string segment in like.Pattern.Segments)
        {
            text.Append(wildcard).Append(ValueText.Quote(segment)[1..^1].Replace("*", "\\*", StringComparison.Ordinal));
            wildcard = "*";
        }

        text.Append('"');
    }

    private void AppendIs(IsExpression test)
    {
        Append(test.Target, Level.Sum);
        text.Append(" is ").Append(test.EntityType);
        if (test.In is not null)
        {
            text.Append(" in ");
            Append(test.In, Level.Sum);
        }
    }

    private void AppendRecord(RecordExpression record)
    {
        text.Append('{');
        for (int i = 0; i < record.Names.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(CedarWords.Key(record.Names[i])).Append(": ");
            Append(record.Values[i]);
        }

        text.Append('}');
    }

    private void AppendCall(CallExpression call)
    {
        if (!call.Function.IsMethod)
        {
            text.Append(call.Function.Name);
            AppendList('(', call.Arguments, ')');
            return;
        }

        Append(call.Arguments[0], Level.Member);
        text.Append('.').Append(call.Function.Name);
        AppendList('(', call.Arguments.Skip(1), ')');
    }

    private void AppendList(char start, IEnumerable<Expression> items, char end)
    {
        text.Append(start);
        string separator = "";
        foreach (Expression item in items)
        {
            text.Append(separator);
            Append(item);
            separator = ", ";
        }

        text.Append(end);
    }
}
