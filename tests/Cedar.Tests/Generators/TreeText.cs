using System.Text;

namespace AccessGov.Cedar.Tests.Generators;

/// <summary>
/// Syntax trees as text, fully parenthesised and without offsets: two trees are the same tree exactly when their texts are the same.
/// It shares nothing with the printer.
/// </summary>
internal static class TreeText
{
    public static string Of(PolicyTree policy)
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in policy.Annotations.OrderBy(annotation => annotation.Key, StringComparer.Ordinal))
        {
            text.Append($"@{name}={Quote(value)} ");
        }

        text.Append($"{policy.Effect} {Of(policy.Principal)} ");
        text.Append($"({policy.Action.Operator} {policy.Action.IsList} {string.Join(' ', policy.Action.Entities.Select(Of))}) {Of(policy.Resource)}");
        foreach (Condition condition in policy.Conditions)
        {
            text.Append($" {(condition.IsUnless ? "unless" : "when")} {Of(condition.Body)}");
        }

        return text.ToString();
    }

    public static string Of(Expression expression) => expression switch
    {
        LiteralExpression literal => Of(literal.Value),
        VariableExpression variable => variable.Variable.ToString(),
        UnaryExpression unary => $"({unary.Operator} {Of(unary.Operand)})",
        BinaryExpression binary => $"({binary.Operator} {Of(binary.Left)} {Of(binary.Right)})",
        LogicalExpression chain => $"({(chain.IsAnd ? "And" : "Or")} {All(chain.Operands)})",
        ConditionalExpression conditional => $"(If {Of(conditional.Condition)} {Of(conditional.Then)} {Of(conditional.Otherwise)})",
        AttributeExpression attribute => $"(Attribute {Of(attribute.Target)} {Quote(attribute.Name)})",
        HasExpression has => $"(Has {Of(has.Target)} {string.Join(' ', has.Path.Select(Quote))})",
        LikeExpression like => $"(Like {Of(like.Target)} {string.Join(" * ", like.Pattern.Segments.Select(Quote))})",
        IsExpression test => $"(Is {Of(test.Target)} {test.EntityType} {(test.In is null ? "-" : Of(test.In))})",
        SetExpression set => $"(Set {All(set.Items)})",
        RecordExpression record => $"(Record {string.Join(' ', record.Names.Zip(record.Values, (name, value) => $"{Quote(name)}={Of(value)}"))})",
        CallExpression call => $"(Call {call.Function.Name} {All(call.Arguments)})",
        _ => throw new ArgumentException(expression.GetType().Name, nameof(expression)),
    };

    private static string Of(EntityScope scope) =>
        $"({scope.Operator} {scope.EntityType ?? "-"} {(scope.HasSlot ? "?" : scope.Entity is null ? "-" : Of(scope.Entity))})";

    private static string All(IEnumerable<Expression> expressions) => string.Join(' ', expressions.Select(Of));

    private static string Of(Value value) => value switch
    {
        EntityUid uid => $"{uid.Type}::{Quote(uid.Id)}",
        StringValue text => Quote(text.Text),
        LongValue integer => $"{integer.Number}",
        BoolValue boolean => boolean.IsTrue ? "true" : "false",
        _ => throw new ArgumentException($"A parser makes no literal of a {value.TypeName}.", nameof(value)),
    };

    private static string Quote(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
