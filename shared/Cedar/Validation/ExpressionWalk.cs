namespace AccessGov.Cedar;

/// <summary>Every node of a tree, outside in and from left to right. Recursion is bounded by the height of the tree.</summary>
internal static class ExpressionWalk
{
    public static void Each(Expression expression, Action<Expression> visit)
    {
        visit(expression);
        switch (expression)
        {
            case UnaryExpression unary:
                Each(unary.Operand, visit);
                break;
            case BinaryExpression binary:
                Each(binary.Left, visit);
                Each(binary.Right, visit);
                break;
            case LogicalExpression logical:
                EachOf(logical.Operands, visit);
                break;
            case ConditionalExpression conditional:
                Each(conditional.Condition, visit);
                Each(conditional.Then, visit);
                Each(conditional.Otherwise, visit);
                break;
            case AttributeExpression attribute:
                Each(attribute.Target, visit);
                break;
            case HasExpression has:
                Each(has.Target, visit);
                break;
            case LikeExpression like:
                Each(like.Target, visit);
                break;
            case IsExpression test:
                Each(test.Target, visit);
                if (test.In is not null)
                {
                    Each(test.In, visit);
                }

                break;
            case SetExpression set:
                EachOf(set.Items, visit);
                break;
            case RecordExpression record:
                EachOf(record.Values, visit);
                break;
            case CallExpression call:
                EachOf(call.Arguments, visit);
                break;
            default:
                break;
        }
    }

    private static void EachOf(IReadOnlyList<Expression> expressions, Action<Expression> visit)
    {
        foreach (Expression expression in expressions)
        {
            Each(expression, visit);
        }
    }
}
