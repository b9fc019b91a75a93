using System.Runtime.CompilerServices;

namespace AccessGov.Cedar;

/// <summary>
/// Turns a syntax tree into delegates, once: one closure per node, with closures of their own for the shapes that policies consist of.
/// What depends on nothing but literals is computed here, and an error among it waits in its place until it is evaluated.
/// </summary>
internal static class ExpressionCompiler
{
    // So often on the way down the compiled code looks whether the thread has stack left.
    private const int StackCheckEvery = 32;

    public static Compiled Compile(Expression expression, int depth = 0)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Compiled compiled = Node(expression, depth + 1);
        return depth % StackCheckEvery == StackCheckEvery - 1 && compiled.Constant is null ? Guarded(compiled.Code) : compiled;
    }

    private static Compiled Node(Expression expression, int depth) => expression switch
    {
        LiteralExpression literal => Compiled.Of(literal.Value),
        VariableExpression variable => OfVariable(variable.Variable),
        LogicalExpression logical => LogicalCompiler.Chain(logical, depth),
        ConditionalExpression conditional => LogicalCompiler.Conditional(conditional, depth),
        UnaryExpression unary => OfUnary(unary, depth),
        BinaryExpression binary => BinaryCompiler.Compile(binary, depth),
        AttributeExpression attribute => EntityCompiler.Attribute(attribute, depth),
        HasExpression has => EntityCompiler.Has(has, depth),
        IsExpression test => EntityCompiler.Is(test, depth),
        LikeExpression like => OfLike(like, depth),
        SetExpression set => OfSet(set, depth),
        RecordExpression record => OfRecord(record, depth),
        CallExpression call => OfCall(call, depth),
        _ => throw new NotSupportedException($"There is no code for {expression.GetType().Name}."),
    };

    private static Compiled Guarded(Evaluation code) => new(
        (in frame) => RuntimeHelpers.TryEnsureSufficientExecutionStack() ? code(in frame) : Failure.NoStack);

    private static Compiled OfVariable(Variable variable) => variable switch
    {
        Variable.Principal => new((in frame) => frame.Principal),
        Variable.Action => new((in frame) => frame.Action),
        Variable.Resource => new((in frame) => frame.Resource),
        _ => new((in frame) => frame.Context),
    };

    private static Compiled OfUnary(UnaryExpression unary, int depth)
    {
        Compiled operand = Compile(unary.Operand, depth);
        Evaluation code = operand.Code;
        return unary.Operator switch
        {
            UnaryOperator.Not => Compiled.Pure((in frame) => Operations.Not(code(in frame)), operand),
            UnaryOperator.Negate => NumberCompiler.Negate(operand),
            _ => Compiled.Pure((in frame) => Operations.IsEmpty(code(in frame)), operand),
        };
    }

    private static Compiled OfLike(LikeExpression like, int depth)
    {
        Compiled target = Compile(like.Target, depth);
        Evaluation code = target.Code;
        Pattern pattern = like.Pattern;
        return Compiled.Pure(
            (in frame) =>
            {
                Value value = code(in frame);
                return value is StringValue text ? Value.Of(pattern.Matches(text.Text)) : Operations.Mistyped(value, "string");
            },
            target);
    }

    private static Compiled OfSet(SetExpression set, int depth)
    {
        Compiled[] items = CompileAll(set.Items, depth);
        Evaluation[] codes = Array.ConvertAll(items, item => item.Code);
        return Compiled.Pure(
            (in frame) =>
            {
                var values = new Value[codes.Length];
                return EvaluateAll(codes, values, in frame)
                    ?? (DepthOf(values) < Value.DepthMax ? new SetValue(values.AsSpan()) : Failure.TooDeep);
            },
            items);
    }

    private static Compiled OfRecord(RecordExpression record, int depth)
    {
        Compiled[] items = CompileAll(record.Values, depth);
        Evaluation[] codes = Array.ConvertAll(items, item => item.Code);
        string[] names = [.. record.Names];
        return Compiled.Pure(
            (in frame) =>
            {
                var values = new Value[codes.Length];
                return EvaluateAll(codes, values, in frame)
                    ?? (DepthOf(values) < Value.DepthMax ? new RecordValue(names, values) : Failure.TooDeep);
            },
            items);
    }

    private static Compiled OfCall(CallExpression call, int depth)
    {
        Compiled[] arguments = CompileAll(call.Arguments, depth);
        ExtensionFunction function = call.Function;
        if (NumberCompiler.Call(function, arguments) is { } number)
        {
            return number;
        }

        if (arguments.Length == 1 && function.Unary is { } unary)
        {
            Evaluation argument = arguments[0].Code;
            return Compiled.Pure(
                (in frame) =>
                {
                    Value value = argument(in frame);
                    return value is Failure ? value : unary(value);
                },
                arguments);
        }

        if (arguments.Length == 2 && function.Binary is { } binary)
        {
            Evaluation receiver = arguments[0].Code;
            Evaluation argument = arguments[1].Code;
            return Compiled.Pure(
                (in frame) =>
                {
                    Value left = receiver(in frame);
                    if (left is Failure)
                    {
                        return left;
                    }

                    Value right = argument(in frame);
                    return right is Failure ? right : binary(left, right);
                },
                arguments);
        }

        Evaluation[] codes = Array.ConvertAll(arguments, argument => argument.Code);
        return Compiled.Pure(
            (in frame) =>
            {
                var values = new Value[codes.Length];
                return EvaluateAll(codes, values, in frame) ?? function.Call(values);
            },
            arguments);
    }

    private static Compiled[] CompileAll(IReadOnlyList<Expression> expressions, int depth)
    {
        var compiled = new Compiled[expressions.Count];
        for (int i = 0; i < compiled.Length; i++)
        {
            compiled[i] = Compile(expressions[i], depth);
        }

        return compiled;
    }

    /// <summary>Fills <paramref name="values"/> from left to right; gives the first failure, or null.</summary>
    private static Value? EvaluateAll(Evaluation[] codes, Value[] values, in EvaluationFrame frame)
    {
        for (int i = 0; i < codes.Length; i++)
        {
            values[i] = codes[i](in frame);
            if (values[i] is Failure)
            {
                return values[i];
            }
        }

        return null;
    }

    private static int DepthOf(Value[] values)
    {
        int depth = 0;
        foreach (Value value in values)
        {
            depth = Math.Max(depth, value.Depth);
        }

        return depth;
    }
}
