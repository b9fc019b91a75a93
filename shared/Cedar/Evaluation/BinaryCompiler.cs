namespace AccessGov.Cedar;

/// <summary>Operators with two operands that are both evaluated, the left one first.</summary>
internal static class BinaryCompiler
{
    public static Compiled Compile(BinaryExpression binary, int depth)
    {
        Compiled left = ExpressionCompiler.Compile(binary.Left, depth);
        Compiled right = ExpressionCompiler.Compile(binary.Right, depth);
        return binary.Operator switch
        {
            BinaryOperator.Equal => Equal(left, right),
            BinaryOperator.NotEqual => Apply(left, right, Operations.NotEqual),
            BinaryOperator.Less => NumberCompiler.Compare(left, right, BoolValue.True, BoolValue.False, BoolValue.False),
            BinaryOperator.LessOrEqual => NumberCompiler.Compare(left, right, BoolValue.True, BoolValue.True, BoolValue.False),
            BinaryOperator.Greater => NumberCompiler.Compare(left, right, BoolValue.False, BoolValue.False, BoolValue.True),
            BinaryOperator.GreaterOrEqual => NumberCompiler.Compare(left, right, BoolValue.False, BoolValue.True, BoolValue.True),
            BinaryOperator.Add => NumberCompiler.Binary(left, right, Operations.Add),
            BinaryOperator.Subtract => NumberCompiler.Binary(left, right, Operations.Subtract),
            BinaryOperator.Multiply => NumberCompiler.Binary(left, right, Operations.Multiply),
            BinaryOperator.Contains => Contains(left, right),
            BinaryOperator.ContainsAll => Apply(left, right, Operations.ContainsAll),
            BinaryOperator.ContainsAny => Apply(left, right, Operations.ContainsAny),
            BinaryOperator.In => EntityCompiler.In(left, right),
            BinaryOperator.HasTag => EntityCompiler.HasTag(left, right),
            _ => EntityCompiler.GetTag(left, right),
        };
    }

    private static Compiled Apply(Compiled left, Compiled right, Func<Value, Value, Value> operation)
    {
        (Evaluation a, Evaluation b) = (left.Code, right.Code);
        return right.Constant is { } constant
            ? Compiled.Pure((in frame) => operation(a(in frame), constant), left, right)
            : Compiled.Pure((in frame) => operation(a(in frame), b(in frame)), left, right);
    }

    private static Compiled Equal(Compiled left, Compiled right)
    {
        if (left.Constant is not null and not Failure && right.Constant is null)
        {
            // Equality is symmetric; but of two errors the left one counts, so a failing literal stays where it is.
            (left, right) = (right, left);
        }

        Evaluation code = left.Code;
        if (left.Constant is not null)
        {
            return Apply(left, right, Operations.Equal);
        }

        return right.Constant switch
        {
            StringValue literal => new(EqualText(code, literal.Text)),
            EntityUid uid => new(EqualUid(code, uid)),
            _ => Apply(left, right, Operations.Equal),
        };
    }

    private static Evaluation EqualText(Evaluation code, string text) => (in frame) =>
    {
        Value value = code(in frame);
        return value is StringValue candidate ? Value.Of(string.Equals(candidate.Text, text, StringComparison.Ordinal))
            : value is Failure ? value : BoolValue.False;
    };

    private static Evaluation EqualUid(Evaluation code, EntityUid uid) => (in frame) =>
    {
        Value value = code(in frame);
        return value is EntityUid candidate ? Value.Of(uid.Equals(candidate)) : value is Failure ? value : BoolValue.False;
    };

    private static Compiled Contains(Compiled set, Compiled member)
    {
        if (set.Constant is not SetValue members || member.Constant is not null)
        {
            return Apply(set, member, Operations.Contains);
        }

        Evaluation code = member.Code;
        return new((in frame) =>
        {
            Value value = code(in frame);
            return value is Failure ? value : Value.Of(members.Contains(value));
        });
    }
}
