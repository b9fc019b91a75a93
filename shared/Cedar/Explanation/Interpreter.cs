using System.Runtime.CompilerServices;

namespace AccessGov.Cedar;

/// <summary>
/// Evaluates by walking the syntax tree and keeps what it saw of each node: a second implementation of evaluation beside the compiler,
/// written from the language, sharing with it only what an operator does with values. It also evaluates what Cedar does not reach and
/// marks it so: which other condition would have failed is part of how near a policy is.
/// </summary>
internal sealed class Interpreter
{
    private readonly SourceText source;
    private readonly EvaluationFrame frame;
    private readonly PlaceReader reads;

    public Interpreter(SourceText source, in Request request, IEntities entities, Redaction redaction)
    {
        this.source = source;
        frame = new EvaluationFrame(in request, entities);
        reads = new PlaceReader(source, frame, redaction);
    }

    public ExplanationNode Walk(Expression expression, bool reached)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return new ExplanationNode(source, expression, Failure.NoStack, reached);
        }

        return expression switch
        {
            LiteralExpression literal => new ExplanationNode(source, literal, literal.Value, reached),
            VariableExpression variable => reads.OfVariable(variable, reached),
            LogicalExpression logical => Chain(logical, reached),
            ConditionalExpression conditional => Conditional(conditional, reached),
            UnaryExpression unary => Unary(unary, reached),
            BinaryExpression binary => Binary(binary, reached),
            AttributeExpression attribute => reads.Attribute(attribute, Walk(attribute.Target, reached), reached),
            HasExpression has => reads.Has(has, Walk(has.Target, reached), reached),
            IsExpression test => Is(test, reached),
            LikeExpression like => Like(like, reached),
            SetExpression set => Collect(set, set.Items, values => new SetValue(values.AsSpan()), reached),
            RecordExpression record => Collect(record, record.Values, values => new RecordValue([.. record.Names], values), reached),
            CallExpression call => Call(call, reached),
            _ => throw new NotSupportedException($"There is no evaluation of {expression.GetType().Name}."),
        };
    }

    /// <summary>What is computed from its parts: a value or error is hidden when a part is, a truth is not.</summary>
    private ExplanationNode Derived(Expression expression, Value raw, bool reached, params ExplanationNode[] operands) =>
        new(source, expression, raw, reached, operands)
        {
            IsHidden = raw is not BoolValue && Array.Exists(operands, operand => operand.IsHidden),
        };

    // The first operand that is not the neutral value is the outcome, and the last one that is reached.
    private ExplanationNode Chain(LogicalExpression logical, bool reached)
    {
        BoolValue neutral = logical.IsAnd ? BoolValue.True : BoolValue.False;
        Value? outcome = null;
        var operands = new ExplanationNode[logical.Operands.Count];
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = Walk(logical.Operands[i], reached && outcome is null);
            if (outcome is null && !ReferenceEquals(operands[i].Raw, neutral))
            {
                outcome = AsBool(operands[i].Raw);
            }
        }

        return Derived(logical, outcome ?? neutral, reached, operands);
    }

    private ExplanationNode Conditional(ConditionalExpression conditional, bool reached)
    {
        ExplanationNode condition = Walk(conditional.Condition, reached);
        bool isTrue = condition.Raw is BoolValue { IsTrue: true };
        bool isFalse = condition.Raw is BoolValue { IsTrue: false };
        ExplanationNode then = Walk(conditional.Then, reached && isTrue);
        ExplanationNode otherwise = Walk(conditional.Otherwise, reached && isFalse);
        Value outcome = isTrue ? then.Raw : isFalse ? otherwise.Raw : AsBool(condition.Raw);
        return Derived(conditional, outcome, reached, condition, then, otherwise);
    }

    private ExplanationNode Unary(UnaryExpression unary, bool reached)
    {
        ExplanationNode operand = Walk(unary.Operand, reached);
        Value outcome = unary.Operator switch
        {
            UnaryOperator.Not => operand.Raw is BoolValue boolean ? Value.Of(!boolean.IsTrue) : AsBool(operand.Raw),
            UnaryOperator.Negate => Operations.Negate(Number.Of(operand.Raw)).ToValue(),
            _ => Operations.IsEmpty(operand.Raw),
        };
        return Derived(unary, outcome, reached, operand);
    }

    private ExplanationNode Binary(BinaryExpression binary, bool reached)
    {
        ExplanationNode left = Walk(binary.Left, reached);
        ExplanationNode right = Walk(binary.Right, reached && left.Raw is not Failure);
        if (binary.Operator is BinaryOperator.HasTag or BinaryOperator.GetTag)
        {
            return reads.Tag(binary, left, right, reached);
        }

        (Value a, Value b) = (left.Raw, right.Raw);
        Value outcome = a is Failure ? a : b is Failure ? b : binary.Operator switch
        {
            BinaryOperator.Equal => Value.Of(a.Equals(b)),
            BinaryOperator.NotEqual => Value.Of(!a.Equals(b)),
            BinaryOperator.Less => Ordered(a, b, order => order < 0),
            BinaryOperator.LessOrEqual => Ordered(a, b, order => order <= 0),
            BinaryOperator.Greater => Ordered(a, b, order => order > 0),
            BinaryOperator.GreaterOrEqual => Ordered(a, b, order => order >= 0),
            BinaryOperator.In => Operations.In(in frame, a, b),
            BinaryOperator.Add => Operations.Add(Number.Of(a), Number.Of(b)).ToValue(),
            BinaryOperator.Subtract => Operations.Subtract(Number.Of(a), Number.Of(b)).ToValue(),
            BinaryOperator.Multiply => Operations.Multiply(Number.Of(a), Number.Of(b)).ToValue(),
            BinaryOperator.Contains => Operations.Contains(a, b),
            BinaryOperator.ContainsAll => Operations.ContainsAll(a, b),
            _ => Operations.ContainsAny(a, b),
        };
        return Derived(binary, outcome, reached, left, right);
    }

    private static Value Ordered(Value left, Value right, Func<int, bool> holds)
    {
        int order = Operations.Compare(left, right, out Value? failure);
        return failure ?? Value.Of(holds(order));
    }

    private ExplanationNode Is(IsExpression test, bool reached)
    {
        ExplanationNode target = Walk(test.Target, reached);
        Value outcome = target.Raw is EntityUid uid
            ? Value.Of(string.Equals(uid.Type, test.EntityType, StringComparison.Ordinal))
            : Operations.Mistyped(target.Raw, Operations.AnyEntity);
        if (test.In is null)
        {
            return Derived(test, outcome, reached, target);
        }

        bool fits = ReferenceEquals(outcome, BoolValue.True);
        ExplanationNode group = Walk(test.In, reached && fits);
        return Derived(test, fits ? Operations.In(in frame, target.Raw, group.Raw) : outcome, reached, target, group);
    }

    private ExplanationNode Like(LikeExpression like, bool reached)
    {
        ExplanationNode target = Walk(like.Target, reached);
        Value outcome = target.Raw is StringValue text
            ? Value.Of(like.Pattern.Matches(text.Text))
            : Operations.Mistyped(target.Raw, "string");
        return Derived(like, outcome, reached, target);
    }

    private ExplanationNode Collect(Expression expression, IReadOnlyList<Expression> parts, Func<Value[], Value> build, bool reached)
    {
        ExplanationNode[] operands = WalkAll(parts, reached, out Value? failure);
        Value[] values = Array.ConvertAll(operands, operand => operand.Raw);
        Value outcome = failure ?? (values.All(value => value.Depth < Value.DepthMax) ? build(values) : Failure.TooDeep);
        return Derived(expression, outcome, reached, operands);
    }

    private ExplanationNode Call(CallExpression call, bool reached)
    {
        ExplanationNode[] operands = WalkAll(call.Arguments, reached, out Value? failure);
        Value outcome = failure ?? call.Function.Call(Array.ConvertAll(operands, operand => operand.Raw));
        return Derived(call, outcome, reached, operands);
    }

    private ExplanationNode[] WalkAll(IReadOnlyList<Expression> parts, bool reached, out Value? failure)
    {
        failure = null;
        var operands = new ExplanationNode[parts.Count];
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = Walk(parts[i], reached && failure is null);
            failure ??= operands[i].Raw as Failure;
        }

        return operands;
    }

    private static Value AsBool(Value value) => value is BoolValue ? value : Operations.Mistyped(value, "bool");
}
