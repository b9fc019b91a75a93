using System.Runtime.CompilerServices;

namespace AccessGov.Cedar;

/// <summary>How an expression may end, over all requests and all entity data.</summary>
[Flags]
internal enum Ends
{
    None = 0,
    True = 1,
    False = 2,

    /// <summary>An error, or a value that is no Bool where one is needed.</summary>
    Error = 4,

    Any = True | False | Error,
}

/// <summary>
/// Which truths the conditions of a policy can have at all: constants are computed, <c>&amp;&amp;</c>, <c>||</c>, <c>!</c> and <c>if</c>
/// combine what is known of their operands, and what the scope says of the three variables decides comparisons with them. An
/// over-approximation: what is left out is impossible, what is left in need not be possible. There is no solver: <c>x &lt; 1 &amp;&amp; x > 2</c> is taken for possible.
/// </summary>
internal sealed class ConstantTruth
{
    private readonly PolicyTree tree;
    private readonly Interpreter constants;

    public ConstantTruth(PolicyTree tree)
    {
        this.tree = tree;
        var nobody = new EntityUid("", "");
        constants = new Interpreter(
            tree.Source, new Request(nobody, nobody, nobody, RecordValue.Empty), EntityStore.Empty, new Redaction(mayShow: null));
    }

    public Ends Of(Condition condition) => condition.IsUnless ? Not(Of(condition.Body)) : Of(condition.Body);

    private Ends Of(Expression expression)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return expression switch
        {
            LogicalExpression chain => OfChain(chain),
            ConditionalExpression conditional => OfConditional(conditional),
            UnaryExpression { Operator: UnaryOperator.Not } negation => Not(Of(negation.Operand)),
            _ when IsConstant(expression) => OfValue(constants.Walk(expression, reached: true).Raw),
            IsExpression { Target: VariableExpression variable } test when TypeOf(variable.Variable) is { } type && type != test.EntityType => Ends.False,
            IsExpression { Target: VariableExpression variable, In: null } when TypeOf(variable.Variable) is not null => Ends.True,
            BinaryExpression { Operator: BinaryOperator.Equal } equality => OfEquality(equality),
            BinaryExpression { Operator: BinaryOperator.NotEqual } equality => Not(OfEquality(equality)),
            _ => Ends.Any,
        };
    }

    // Operands are reached one after the other; whether one is reached is known when all before it can only end the chain.
    private Ends OfChain(LogicalExpression chain)
    {
        (Ends ending, Ends neutral) = chain.IsAnd ? (Ends.False, Ends.True) : (Ends.True, Ends.False);
        Ends ends = Ends.None;
        foreach (Expression operand in chain.Operands)
        {
            Ends of = Of(operand);
            ends |= of & (ending | Ends.Error);
            if ((of & neutral) == Ends.None)
            {
                return ends;
            }
        }

        return ends | neutral;
    }

    private Ends OfConditional(ConditionalExpression conditional)
    {
        Ends condition = Of(conditional.Condition);
        return (condition & Ends.Error)
            | ((condition & Ends.True) == Ends.None ? Ends.None : Of(conditional.Then))
            | ((condition & Ends.False) == Ends.None ? Ends.None : Of(conditional.Otherwise));
    }

    private Ends OfEquality(BinaryExpression equality)
    {
        (Expression left, Expression right) = equality.Left is VariableExpression ? (equality.Left, equality.Right) : (equality.Right, equality.Left);
        if (left is not VariableExpression { Variable: var variable } || right is not LiteralExpression { Value: var value })
        {
            return Ends.Any;
        }

        if (variable != Variable.Context && value is not EntityUid)
        {
            return Ends.False;
        }

        return value is EntityUid uid && UidOf(variable) is { } known ? OfValue(Value.Of(known == uid))
            : value is EntityUid typed && TypeOf(variable) is { } type && type != typed.Type ? Ends.False
            : Ends.True | Ends.False;
    }

    private EntityUid? UidOf(Variable variable) => variable switch
    {
        Variable.Principal => tree.Principal is { Operator: ScopeOperator.Equal, Entity: var uid } ? uid : null,
        Variable.Resource => tree.Resource is { Operator: ScopeOperator.Equal, Entity: var uid } ? uid : null,
        Variable.Action => tree.Action.Operator == ScopeOperator.Equal ? tree.Action.Entities[0] : null,
        _ => null,
    };

    private string? TypeOf(Variable variable) => UidOf(variable)?.Type ?? variable switch
    {
        Variable.Principal => tree.Principal.EntityType,
        Variable.Resource => tree.Resource.EntityType,
        _ => null,
    };

    private static Ends Not(Ends ends) =>
        (ends & Ends.Error) | ((ends & Ends.True) == Ends.None ? Ends.None : Ends.False) | ((ends & Ends.False) == Ends.None ? Ends.None : Ends.True);

    private static Ends OfValue(Value value) => value is BoolValue boolean ? (boolean.IsTrue ? Ends.True : Ends.False) : Ends.Error;

    // An entity literal is constant, what is read from it is not.
    private static bool IsConstant(Expression expression)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return expression switch
        {
            LiteralExpression => true,
            UnaryExpression unary => IsConstant(unary.Operand),
            BinaryExpression { Operator: BinaryOperator.In or BinaryOperator.HasTag or BinaryOperator.GetTag } => false,
            BinaryExpression binary => IsConstant(binary.Left) && IsConstant(binary.Right),
            LikeExpression like => IsConstant(like.Target),
            IsExpression { In: null } test => IsConstant(test.Target),
            AttributeExpression { Target: RecordExpression record } => IsConstant(record),
            HasExpression { Target: RecordExpression record, Path.Count: 1 } => IsConstant(record),
            SetExpression set => set.Items.All(IsConstant),
            RecordExpression record => record.Values.All(IsConstant),
            CallExpression call => call.Arguments.All(IsConstant),
            LogicalExpression chain => chain.Operands.All(IsConstant),
            ConditionalExpression conditional => IsConstant(conditional.Condition) && IsConstant(conditional.Then) && IsConstant(conditional.Otherwise),
            _ => false,
        };
    }
}
