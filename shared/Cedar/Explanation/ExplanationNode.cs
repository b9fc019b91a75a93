namespace AccessGov.Cedar;

/// <summary>What became of a node in one evaluation.</summary>
public enum NodeOutcome
{
    /// <summary>Something before it decided, so Cedar did not evaluate it.</summary>
    NotReached,

    /// <summary>It was true.</summary>
    True,

    /// <summary>It was false.</summary>
    False,

    /// <summary>It had a value that is no Bool, or one that may not be shown.</summary>
    Value,

    /// <summary>It had no value but an error.</summary>
    Error,
}

/// <summary>
/// One node of a policy in one evaluation: a constraint of the scope, a condition, or an expression in it. Immutable. A tree is as
/// deep as the policy nests, at most a few levels more than the parser's bound of 250, so that recursion over it is safe.
/// </summary>
public sealed class ExplanationNode
{
    /// <summary>What stands where a value may not be shown.</summary>
    public const string HiddenMarker = "(hidden)";

    private readonly SourceText source;
    private readonly string? label;
    private readonly bool hasConstantOperands;
    private string? text;
    private IReadOnlyList<ExplanationNode>? children;

    internal ExplanationNode(SourceText source, Expression expression, Value raw, bool reached, params ExplanationNode[] operands)
    {
        this.source = source;
        Expression = expression;
        Raw = raw;
        IsReached = reached;
        Operands = operands;
        hasConstantOperands = Array.TrueForAll(operands, operand => operand.IsConstant);
    }

    private ExplanationNode(ExplanationNode node, string kind, string? text)
        : this(node.source, node.Expression, node.Raw, node.IsReached, node.Operands)
    {
        (IsHidden, Datum, IsBehindHidden) = (node.IsHidden, node.Datum, node.IsBehindHidden);
        label = kind;
        this.text = text;
    }

    /// <summary>
    /// What the node is: <c>principal</c>, <c>action</c> or <c>resource</c> for a constraint of the scope, <c>when</c> or <c>unless</c> for
    /// a condition, else its operator, the name of its method or function, <c>attribute</c>, <c>variable</c>, <c>literal</c>, <c>set</c> or <c>record</c>.
    /// </summary>
    public string Kind => label ?? NameOf(Expression);

    /// <summary>The node as a Cedar expression, without comments and superfluous parentheses; cut after 400 characters.</summary>
    public string Text => text ??= ExpressionText.Write(Expression);

    /// <summary>Where the node starts in the policy text.</summary>
    public SourcePosition Position => source.PositionOf(Math.Clamp(Expression.Offset, 0, source.Text.Length));

    /// <summary>True, false, a value, an error, or not reached.</summary>
    public NodeOutcome Outcome =>
        !IsReached ? NodeOutcome.NotReached
        : Raw is Failure ? NodeOutcome.Error
        : Raw is BoolValue boolean && !IsHidden ? (boolean.IsTrue ? NodeOutcome.True : NodeOutcome.False)
        : NodeOutcome.Value;

    /// <summary>The value; null when there is none (not reached, an error) or it may not be shown.</summary>
    public Value? Value => IsReached && !IsHidden && Raw is not Failure ? Raw : null;

    /// <summary>The error, when there is one; its message is replaced when it could hold a value that may not be shown.</summary>
    public EvaluationError? Error => IsReached ? ShownError : null;

    /// <summary>Whether there is a value (or the message of an error) that the options do not allow to be shown.</summary>
    public bool IsHidden { get; internal init; }

    /// <summary>
    /// Where the value lives, for what reads an attribute, a context member or a tag, or asks whether there is one; null when the place
    /// alone would tell a hidden value.
    /// </summary>
    public ValuePlace? Place => IsBehindHidden ? null : Datum;

    /// <summary>The parts worth looking at: everything but literals, variables, and what an attribute access walks through.</summary>
    public IReadOnlyList<ExplanationNode> Children => children ??=
        [.. Operands.Where((operand, i) => !operand.IsConstant && operand.Expression is not VariableExpression && !(i == 0 && IsRead && operand.IsRead))];

    /// <summary>The place, hidden or not.</summary>
    internal ValuePlace? Datum { get; init; }

    internal Expression Expression { get; }

    /// <summary>The value or failure, also of what was not reached: as if everything before it had let evaluation pass.</summary>
    internal Value Raw { get; }

    internal bool IsReached { get; }

    internal ExplanationNode[] Operands { get; }

    /// <summary>Whether it reads nothing of the request and of the data: an attribute and the groups of an entity literal are data too.</summary>
    internal bool IsConstant => hasConstantOperands && Datum is null
        && Expression is not (BinaryExpression { Operator: BinaryOperator.In } or IsExpression { In: not null });

    /// <summary>Whether which entity was read depends on something hidden.</summary>
    internal bool IsBehindHidden { get; init; }

    internal EvaluationError? ShownError =>
        Raw is not Failure failure ? null : IsHidden ? failure.Error with { Message = HiddenMarker } : failure.Error;

    /// <summary>Whether this is an access to an attribute, a tag, or a question whether there is one.</summary>
    private bool IsRead => Expression is AttributeExpression or HasExpression
        or BinaryExpression { Operator: BinaryOperator.GetTag or BinaryOperator.HasTag };

    /// <summary>The same node under the name it has in a policy, and with the text it has there.</summary>
    internal ExplanationNode As(string kind, string? text = null) => new(this, kind, text);

    /// <summary>The text and the outcome.</summary>
    public override string ToString() => $"{Text}: {Outcome}";

    internal static string NameOf(Expression expression) => expression switch
    {
        LiteralExpression => "literal",
        VariableExpression => "variable",
        LogicalExpression logical => logical.IsAnd ? "&&" : "||",
        UnaryExpression unary => unary.Operator switch { UnaryOperator.Not => "!", UnaryOperator.Negate => "-", _ => "isEmpty" },
        BinaryExpression binary => CedarWords.Of(binary.Operator),
        ConditionalExpression => "if",
        AttributeExpression => "attribute",
        HasExpression => "has",
        LikeExpression => "like",
        IsExpression => "is",
        SetExpression => "set",
        RecordExpression => "record",
        _ => ((CallExpression)expression).Function.Name,
    };
}
