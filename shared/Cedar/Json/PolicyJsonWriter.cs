using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>Policies as JSON: effect, scope, clauses and annotations.</summary>
internal static class PolicyJsonWriter
{
    // Operators stay readable: nothing of this is put into a page without being encoded there.
    private static readonly JsonWriterOptions Options =
        new() { MaxDepth = PolicyJsonReader.NestingMax, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    public static void Write(Utf8JsonWriter writer, PolicyTree policy)
    {
        writer.WriteStartObject();
        writer.WriteString("effect", CedarWords.Of(policy.Effect));
        WriteScope(writer, "principal", policy.Principal, "?principal");
        WriteAction(writer, policy.Action);
        WriteScope(writer, "resource", policy.Resource, "?resource");
        var expressions = new ExpressionJsonWriter(writer);
        writer.WriteStartArray("conditions");
        foreach (Condition condition in policy.Conditions)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", CedarWords.Of(condition));
            writer.WritePropertyName("body");
            expressions.Write(condition.Body);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteAnnotations(writer, policy.Annotations);
        writer.WriteEndObject();
    }

    private static void WriteScope(Utf8JsonWriter writer, string variable, EntityScope scope, string slot)
    {
        writer.WriteStartObject(variable);
        writer.WriteString("op", scope.Operator switch
        {
            ScopeOperator.Any => "All",
            ScopeOperator.Equal => "==",
            ScopeOperator.In => "in",
            _ => "is",
        });
        if (scope.EntityType is not null)
        {
            writer.WriteString("entity_type", scope.EntityType);
        }

        if (scope.Operator == ScopeOperator.IsIn)
        {
            writer.WriteStartObject("in");
        }

        if (scope.HasSlot)
        {
            writer.WriteString("slot", slot);
        }
        else if (scope.Entity is not null)
        {
            writer.WritePropertyName("entity");
            ValueJsonWriter.WriteUid(writer, scope.Entity);
        }

        if (scope.Operator == ScopeOperator.IsIn)
        {
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteAction(Utf8JsonWriter writer, ActionScope scope)
    {
        writer.WriteStartObject("action");
        writer.WriteString("op", scope.Operator switch { ScopeOperator.Any => "All", ScopeOperator.Equal => "==", _ => "in" });
        if (scope.IsList)
        {
            writer.WriteStartArray("entities");
            foreach (EntityUid action in scope.Entities)
            {
                ValueJsonWriter.WriteUid(writer, action);
            }

            writer.WriteEndArray();
        }
        else if (scope.Operator != ScopeOperator.Any)
        {
            writer.WritePropertyName("entity");
            ValueJsonWriter.WriteUid(writer, scope.Entities[0]);
        }

        writer.WriteEndObject();
    }

    private static void WriteAnnotations(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> annotations)
    {
        if (annotations.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("annotations");
        foreach ((string name, string value) in annotations)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }
}
