namespace AccessGov.Cedar;

/// <summary>The operators that do not evaluate everything: <c>&amp;&amp;</c>, <c>||</c> and <c>if</c>.</summary>
internal static class LogicalCompiler
{
    public static Compiled Chain(LogicalExpression logical, int depth)
    {
        var operands = new Evaluation[logical.Operands.Count];
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = ExpressionCompiler.Compile(logical.Operands[i], depth).Code;
        }

        // The value that ends the chain, and the one it has when nothing ends it.
        BoolValue ending = logical.IsAnd ? BoolValue.False : BoolValue.True;
        BoolValue other = logical.IsAnd ? BoolValue.True : BoolValue.False;
        return operands.Length == 2 ? new(Pair(operands[0], operands[1], ending, other)) : new(Many(operands, ending, other));
    }

    public static Compiled Conditional(ConditionalExpression conditional, int depth)
    {
        Evaluation condition = ExpressionCompiler.Compile(conditional.Condition, depth).Code;
        Evaluation then = ExpressionCompiler.Compile(conditional.Then, depth).Code;
        Evaluation otherwise = ExpressionCompiler.Compile(conditional.Otherwise, depth).Code;
        return new((in frame) =>
        {
            Value chosen = condition(in frame);
            return ReferenceEquals(chosen, BoolValue.True) ? then(in frame)
                : ReferenceEquals(chosen, BoolValue.False) ? otherwise(in frame)
                : Operations.Mistyped(chosen, "bool");
        });
    }

    private static Evaluation Pair(Evaluation left, Evaluation right, BoolValue ending, BoolValue other) => (in frame) =>
    {
        Value value = left(in frame);
        if (ReferenceEquals(value, ending))
        {
            return value;
        }

        if (!ReferenceEquals(value, other))
        {
            return Operations.Mistyped(value, "bool");
        }

        value = right(in frame);
        return value is BoolValue ? value : Operations.Mistyped(value, "bool");
    };

    private static Evaluation Many(Evaluation[] operands, BoolValue ending, BoolValue other) => (in frame) =>
    {
        foreach (Evaluation operand in operands)
        {
            Value value = operand(in frame);
            if (!ReferenceEquals(value, other))
            {
                return ReferenceEquals(value, ending) ? value : Operations.Mistyped(value, "bool");
            }
        }

        return other;
    };
}
