namespace AccessGov.Cedar;

/// <summary>One side of a leaf: its text and what it was.</summary>
/// <param name="Text">The operand as a Cedar expression.</param>
/// <param name="Value">Its value; null when there is none or it may not be shown.</param>
/// <param name="Error">Why there is no value, when that is an error.</param>
/// <param name="Place">Where the value lives, when the operand reads one datum and nothing else.</param>
/// <param name="IsHidden">Whether there is a value that may not be shown.</param>
public sealed record LeafOperand(string Text, Value? Value, EvaluationError? Error, ValuePlace? Place, bool IsHidden)
{
    internal static LeafOperand Of(ExplanationNode node) => new(
        node.Text, node.IsHidden || node.Raw is Failure ? null : node.Raw, node.ShownError, node.Place, node.IsHidden);
}

/// <summary>
/// A truth that is not made of other truths: a comparison, <c>in</c>, <c>has</c>, a Boolean attribute and so on, with its operands as
/// data. Immutable.
/// </summary>
public sealed class ExplanationLeaf
{
    internal ExplanationLeaf(ExplanationNode node, bool wanted)
    {
        Node = node;
        Wanted = wanted;
        LeafOperand[] operands = Array.ConvertAll(node.Operands, LeafOperand.Of);
        bool reads = node.Expression is AttributeExpression or HasExpression;
        Left = reads || operands.Length == 0 ? null : operands[0];
        Right = reads || operands.Length < 2 ? null : operands[1];
    }

    /// <summary>The node of the tree.</summary>
    public ExplanationNode Node { get; }

    /// <summary>The operator, also for a constraint of the scope: <c>&lt;</c>, <c>in</c>, <c>has</c>, <c>attribute</c>, <c>isInRange</c> and so on.</summary>
    public string Operator => ExplanationNode.NameOf(Node.Expression);

    /// <summary>The left or only operand; null for an attribute, a <c>has</c> and a literal, where the node says it all.</summary>
    public LeafOperand? Left { get; }

    /// <summary>The right operand, when there is one.</summary>
    public LeafOperand? Right { get; }

    /// <summary>What the leaf would have to be for the policy to end otherwise.</summary>
    public bool Wanted { get; }

    /// <summary>Whether Cedar reached the leaf. What it did not reach is evaluated here as if all before it had let evaluation pass.</summary>
    public bool IsReached => Node.IsReached;

    /// <summary>True, false, an error, or a value where a Bool was needed or may not be shown; also for what was not reached.</summary>
    public NodeOutcome Outcome =>
        Node.Raw is Failure ? NodeOutcome.Error
        : Node.Raw is BoolValue boolean && !Node.IsHidden ? (boolean.IsTrue ? NodeOutcome.True : NodeOutcome.False)
        : NodeOutcome.Value;

    /// <summary><c>context.timeOfDay &lt; duration("19h") was false: context.timeOfDay = duration("20h4m")</c>.</summary>
    public override string ToString()
    {
        string outcome = Outcome switch
        {
            NodeOutcome.True => "was true",
            NodeOutcome.False => "was false",
            NodeOutcome.Error => $"was in error ({Node.ShownError!.Message})",
            _ => $"was {(Node.IsHidden ? ExplanationNode.HiddenMarker : ReadableValue.Write(Node.Raw))}",
        };
        IEnumerable<string> values = Node.Operands
            .Where((operand, i) => !operand.IsConstant && operand.Raw is not Failure && (i == 0 ? Left : Right) is not null)
            .Select(operand => $"{operand.Text} = {(operand.IsHidden ? ExplanationNode.HiddenMarker : ReadableValue.Write(operand.Raw))}");
        string details = string.Join(", ", values);
        string text = Node.Expression is LiteralExpression ? Node.Text : ExpressionText.Write(Node.Expression);
        return $"{text} {outcome}{(details.Length == 0 ? "" : $": {details}")}{(IsReached ? "" : " (not reached)")}";
    }
}

/// <summary>Values for people: as Cedar writes them, durations in their units, the whole cut after a bound.</summary>
internal static class ReadableValue
{
    private static readonly (string Unit, ulong Milliseconds)[] Units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

    public static string Write(Value value) => ExpressionText.Cut(value is DurationValue duration ? Write(duration) : value.ToString());

    private static string Write(DurationValue duration)
    {
        ulong left = (ulong)Int128.Abs(duration.Milliseconds);
        string text = "";
        foreach ((string unit, ulong milliseconds) in Units)
        {
            text += left >= milliseconds ? $"{left / milliseconds}{unit}" : "";
            left %= milliseconds;
        }

        return $"duration(\"{(duration.Milliseconds < 0 ? "-" : "")}{(text.Length == 0 ? "0ms" : text)}\")";
    }
}
