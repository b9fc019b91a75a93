namespace AccessGov.Cedar;

/// <summary>Arithmetic, the order of numbers, and the methods of datetime and duration: <c>now.offset(d) &lt; end</c> allocates nothing.</summary>
internal static class NumberCompiler
{
    public static Compiled Binary(Compiled left, Compiled right, NumberOperation operation)
    {
        (NumberEvaluation a, NumberEvaluation b) = (NumberOf(left), NumberOf(right));
        return Compiled.Pure((in EvaluationFrame frame) => operation(a(in frame), b(in frame)), left, right);
    }

    public static Compiled Negate(Compiled operand)
    {
        NumberEvaluation code = NumberOf(operand);
        return Compiled.Pure((in EvaluationFrame frame) => Operations.Negate(code(in frame)), operand);
    }

    /// <summary>A comparison, by what it says when the left operand is less, equal and greater.</summary>
    public static Compiled Compare(Compiled left, Compiled right, BoolValue less, BoolValue equal, BoolValue greater)
    {
        if (left.Number is null && right.Number is null)
        {
            (Evaluation first, Evaluation second) = (left.Code, right.Code);
            return Compiled.Pure(
                (in EvaluationFrame frame) =>
                {
                    int order = Operations.Compare(first(in frame), second(in frame), out Value? failure);
                    return failure ?? (order < 0 ? less : order > 0 ? greater : equal);
                },
                left, right);
        }

        (NumberEvaluation a, NumberEvaluation b) = (NumberOf(left), NumberOf(right));
        return new((in frame) =>
        {
            Number x = a(in frame);
            Number y = b(in frame);
            return x.Kind != y.Kind || x.Kind == NumberKind.None ? Operations.Incomparable(x.ToValue(), y.ToValue())
                : x.Amount < y.Amount ? less
                : x.Amount > y.Amount ? greater
                : equal;
        });
    }

    /// <summary>Code for a method whose result is a number; null for every other function, and for a wrong number of arguments.</summary>
    public static Compiled? Call(ExtensionFunction function, Compiled[] arguments) => (function.Name, arguments.Length) switch
    {
        ("offset", 2) => Method(function.Binary!, arguments, NumberKind.Datetime, NumberKind.Duration, isSum: true),
        ("durationSince", 2) => Method(function.Binary!, arguments, NumberKind.Datetime, NumberKind.Datetime, isSum: false),
        ("toMilliseconds", 1) => Part(function.Unary!, arguments[0], 1),
        ("toSeconds", 1) => Part(function.Unary!, arguments[0], 1_000),
        ("toMinutes", 1) => Part(function.Unary!, arguments[0], 60_000),
        ("toHours", 1) => Part(function.Unary!, arguments[0], 3_600_000),
        ("toDays", 1) => Part(function.Unary!, arguments[0], 86_400_000),
        _ => null,
    };

    // Whatever is not the plain case goes the way of all functions, which names what is wrong.
    private static Compiled Method(Func<Value, Value, Value> function, Compiled[] arguments, NumberKind left, NumberKind right, bool isSum)
    {
        (NumberEvaluation a, NumberEvaluation b) = (NumberOf(arguments[0]), NumberOf(arguments[1]));
        NumberKind kind = isSum ? NumberKind.Datetime : NumberKind.Duration;
        return Compiled.Pure(
            (in EvaluationFrame frame) =>
            {
                Number x = a(in frame);
                Number y = b(in frame);
                if (x.Kind == left && y.Kind == right)
                {
                    Number result = isSum
                        ? Operations.Add(new Number(NumberKind.Long, x.Amount), new Number(NumberKind.Long, y.Amount))
                        : Operations.Subtract(new Number(NumberKind.Long, x.Amount), new Number(NumberKind.Long, y.Amount));
                    if (result.Kind == NumberKind.Long)
                    {
                        return new Number(kind, result.Amount);
                    }
                }

                (Value receiver, Value argument) = (x.ToValue(), y.ToValue());
                return Number.Of(receiver is Failure ? receiver : argument is Failure ? argument : function(receiver, argument));
            },
            arguments);
    }

    private static Compiled Part(Func<Value, Value> function, Compiled argument, long unit)
    {
        NumberEvaluation code = NumberOf(argument);
        return Compiled.Pure(
            (in EvaluationFrame frame) =>
            {
                Number length = code(in frame);
                if (length.Kind == NumberKind.Duration)
                {
                    return new Number(NumberKind.Long, length.Amount / unit);
                }

                Value value = length.ToValue();
                return Number.Of(value is Failure ? value : function(value));
            },
            argument);
    }

    private static NumberEvaluation NumberOf(Compiled compiled)
    {
        if (compiled.Number is not null)
        {
            return compiled.Number;
        }

        if (compiled.Constant is not null)
        {
            var constant = Number.Of(compiled.Constant);
            return (in _) => constant;
        }

        Evaluation code = compiled.Code;
        return (in frame) => Number.Of(code(in frame));
    }
}
