using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>
/// The stable JSON of an explanation. Values are written as <see cref="ValueJson"/> writes them. Nesting stays within the 64 levels
/// that readers allow by default: a tree or value that is deeper is cut and says so.
/// </summary>
internal static class ExplanationJson
{
    // Each level of a tree is an array and an object; the head of the document and the value of a leaf take the rest.
    private const int TreeDepthMax = 24;
    private const int ValueDepthMax = 4;

    public static void Write(Utf8JsonWriter writer, Explanation explanation)
    {
        writer.WriteStartObject();
        writer.WriteString("decision", Name(explanation.Response.Decision));
        Uid(writer, "principal", explanation.Request.Principal);
        Uid(writer, "action", explanation.Request.Action);
        Uid(writer, "resource", explanation.Request.Resource);
        Ids(writer, "reasons", explanation.Response.Reasons);
        Ids(writer, "errors", explanation.Response.Errors.Select(error => error.Policy));
        Array(writer, "policies", explanation.Policies, Policy);
        Array(writer, "nearestPermits", explanation.NearestPermits, Permit);
        Array(writer, "satisfiedForbids", explanation.SatisfiedForbids, Forbid);
        Array(writer, "counterfactuals", explanation.Counterfactuals, Changes);
        writer.WriteNumber("evaluations", explanation.Evaluations);
        writer.WriteBoolean("evaluationsBoundReached", explanation.EvaluationsBoundReached);
        writer.WriteEndObject();
    }

    private static void Policy(Utf8JsonWriter writer, PolicyExplanation policy)
    {
        writer.WriteStartObject();
        writer.WriteString("policy", policy.Policy.Id);
        writer.WriteString("effect", Name(policy.Policy.Effect));
        writer.WriteString("outcome", Name(policy.Outcome));
        Error(writer, policy.Error);
        Position(writer, policy.Policy.Position);
        Array(writer, "scope", [policy.Principal, policy.Action, policy.Resource], (to, node) => Node(to, node, 1));
        Array(writer, "conditions", policy.Conditions, (to, node) => Node(to, node, 1));
        writer.WriteEndObject();
    }

    private static void Node(Utf8JsonWriter writer, ExplanationNode node, int depth)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", node.Kind);
        writer.WriteString("outcome", Name(node.Outcome));
        writer.WriteString("text", node.Text);
        Position(writer, node.Position);
        if (node.Outcome == NodeOutcome.Value)
        {
            Value(writer, "value", node.Value, node.IsHidden);
        }

        Error(writer, node.Error);
        Place(writer, node.Place);
        if (node.Children.Count > 0)
        {
            if (depth < TreeDepthMax)
            {
                Array(writer, "children", node.Children, (to, child) => Node(to, child, depth + 1));
            }
            else
            {
                writer.WriteBoolean("cut", true);
            }
        }

        writer.WriteEndObject();
    }

    private static void Permit(Utf8JsonWriter writer, NearPermit permit)
    {
        writer.WriteStartObject();
        writer.WriteString("policy", permit.Policy.Id);
        writer.WriteNumber("dataToChange", permit.DataToChange);
        writer.WriteNumber("fixed", permit.Fixed);
        Array(writer, "failing", permit.Failing, Leaf);
        writer.WriteBoolean("cut", permit.IsCut);
        writer.WriteEndObject();
    }

    private static void Forbid(Utf8JsonWriter writer, SatisfiedForbid forbid)
    {
        writer.WriteStartObject();
        writer.WriteString("policy", forbid.Policy.Id);
        Array(writer, "causes", forbid.Causes, Leaf);
        writer.WriteBoolean("cut", forbid.IsCut);
        writer.WriteEndObject();
    }

    private static void Leaf(Utf8JsonWriter writer, ExplanationLeaf leaf)
    {
        writer.WriteStartObject();
        writer.WriteString("operator", leaf.Operator);
        writer.WriteString("outcome", Name(leaf.Outcome));
        writer.WriteBoolean("wanted", leaf.Wanted);
        writer.WriteBoolean("reached", leaf.IsReached);
        writer.WriteString("text", leaf.Node.Text);
        writer.WriteString("sentence", leaf.ToString());
        Position(writer, leaf.Node.Position);
        Error(writer, leaf.Node.ShownError);
        Place(writer, leaf.Node.Place);
        Operand(writer, "left", leaf.Left);
        Operand(writer, "right", leaf.Right);
        writer.WriteEndObject();
    }

    private static void Operand(Utf8JsonWriter writer, string name, LeafOperand? operand)
    {
        if (operand is null)
        {
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteString("text", operand.Text);
        Value(writer, "value", operand.Value, operand.IsHidden);
        Error(writer, operand.Error);
        Place(writer, operand.Place);
        writer.WriteEndObject();
    }

    private static void Changes(Utf8JsonWriter writer, Counterfactual counterfactual)
    {
        writer.WriteStartObject();
        writer.WriteString("sentence", counterfactual.ToString());
        Array(writer, "changes", counterfactual.Changes, (to, change) =>
        {
            to.WriteStartObject();
            to.WriteString("kind", Name(change.Kind));
            Place(to, change.Place);
            Value(to, "from", change.From, change.IsFromHidden);
            Value(to, "to", change.To, change.IsToHidden);
            to.WriteBoolean("example", change.IsExample);
            to.WriteEndObject();
        });
        writer.WriteEndObject();
    }

    private static void Place(Utf8JsonWriter writer, ValuePlace? place)
    {
        if (place is null)
        {
            return;
        }

        writer.WriteStartObject("place");
        writer.WriteString("root", Name(place.Root));
        writer.WriteString("kind", Name(place.Kind));
        if (place.Entity is not null)
        {
            Uid(writer, "entity", place.Entity);
        }

        writer.WriteStartArray("path");
        foreach (string name in place.Path)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
        writer.WriteString("text", place.ToString());
        writer.WriteEndObject();
    }

    // A hidden value is marked in a key of its own: nothing in a value can be mistaken for it.
    private static void Value(Utf8JsonWriter writer, string name, Value? value, bool hidden)
    {
        if (hidden)
        {
            writer.WriteBoolean($"{name}Hidden", true);
        }
        else if (value is not null)
        {
            writer.WriteString($"{name}Text", ReadableValue.Write(value));
            if (value.Depth <= ValueDepthMax)
            {
                writer.WritePropertyName(name);
                ValueJsonWriter.Write(writer, value);
            }
            else
            {
                writer.WriteBoolean($"{name}Cut", true);
            }
        }
    }

    private static void Error(Utf8JsonWriter writer, EvaluationError? error)
    {
        if (error is not null)
        {
            writer.WriteStartObject("error");
            writer.WriteString("kind", Name(error.Kind));
            writer.WriteString("message", error.Message);
            writer.WriteEndObject();
        }
    }

    private static void Position(Utf8JsonWriter writer, SourcePosition position)
    {
        writer.WriteStartObject("position");
        if (position.File is not null)
        {
            writer.WriteString("file", position.File);
        }

        writer.WriteNumber("line", position.Line);
        writer.WriteNumber("column", position.Column);
        writer.WriteEndObject();
    }

    private static void Uid(Utf8JsonWriter writer, string name, EntityUid uid)
    {
        writer.WritePropertyName(name);
        ValueJsonWriter.WriteUid(writer, uid);
    }

    private static void Ids(Utf8JsonWriter writer, string name, IEnumerable<Policy> policies) =>
        Array(writer, name, policies, (to, policy) => to.WriteStringValue(policy.Id));

    private static void Array<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartArray(name);
        foreach (T item in items)
        {
            write(writer, item);
        }

        writer.WriteEndArray();
    }

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
