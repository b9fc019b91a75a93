using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>Writes a schema as JSON. Recursion is bounded by <see cref="TypeTree.DepthMax"/>.</summary>
internal static class SchemaJsonWriter
{
    public static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<NamespaceTree> namespaces)
    {
        writer.WriteStartObject();
        foreach (NamespaceTree home in namespaces)
        {
            if (home.Name.Length > 0 || !home.IsEmpty)
            {
                Write(writer, home);
            }
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, NamespaceTree home)
    {
        writer.WriteStartObject(home.Name);
        Write(writer, home.Annotations);
        if (home.CommonTypes.Count > 0)
        {
            writer.WriteStartObject("commonTypes");
            foreach (CommonTypeTree type in home.CommonTypes)
            {
                writer.WriteStartObject(type.Name);
                WriteType(writer, type.Type);
                Write(writer, type.Annotations);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteStartObject("entityTypes");
        home.EntityTypes.ForEach(type => Write(writer, type));
        writer.WriteEndObject();
        writer.WriteStartObject("actions");
        home.Actions.ForEach(action => Write(writer, action));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, EntityTypeTree type)
    {
        writer.WriteStartObject(type.Name);
        Write(writer, type.Annotations);
        if (type.Choices is not null)
        {
            writer.WriteStartArray("enum");
            foreach (string choice in type.Choices)
            {
                writer.WriteStringValue(choice);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            return;
        }

        if (type.Parents.Count > 0)
        {
            Write(writer, "memberOfTypes", type.Parents);
        }

        if (type.Shape is not (null or RecordTree { Attributes.Count: 0 }))
        {
            WriteType(writer, "shape", type.Shape);
        }

        if (type.Tags is not null)
        {
            WriteType(writer, "tags", type.Tags);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ActionTree action)
    {
        writer.WriteStartObject(action.Name);
        Write(writer, action.Annotations);
        if (action.Parents.Count > 0)
        {
            writer.WriteStartArray("memberOf");
            foreach (ActionReference group in action.Parents)
            {
                writer.WriteStartObject();
                writer.WriteString("id", group.Id);
                if (group.Type is not null)
                {
                    writer.WriteString("type", group.Type);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        if (action.AppliesTo is { } appliesTo)
        {
            writer.WriteStartObject("appliesTo");
            Write(writer, "principalTypes", appliesTo.Principals);
            Write(writer, "resourceTypes", appliesTo.Resources);
            if (appliesTo.Context is not null)
            {
                WriteType(writer, "context", appliesTo.Context);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string key, IReadOnlyList<NameReference> names)
    {
        writer.WriteStartArray(key);
        foreach (NameReference name in names)
        {
            writer.WriteStringValue(name.Name);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, SchemaAnnotations annotations)
    {
        if (annotations.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("annotations");
        annotations.ForEach(annotation => writer.WriteString(annotation.Key, annotation.Value));
        writer.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter writer, string key, TypeTree type)
    {
        writer.WriteStartObject(key);
        WriteType(writer, type);
        writer.WriteEndObject();
    }

    /// <summary>The members of the object of a type; whoever has the type may add members of its own.</summary>
    private static void WriteType(Utf8JsonWriter writer, TypeTree type)
    {
        switch (type)
        {
            case PrimitiveTree primitive:
                writer.WriteString("type", primitive.Name is "Bool" ? "Boolean" : primitive.Name);
                break;
            case ExtensionTree extension:
                WriteNamed(writer, "Extension", extension.Name);
                break;
            case SetTree set:
                writer.WriteString("type", "Set");
                WriteType(writer, "element", set.Element);
                break;
            case RecordTree record:
                Write(writer, record);
                break;
            case NamedTree { Kinds: NameKinds.Entity } named:
                WriteNamed(writer, "Entity", named.Name);
                break;
            case NamedTree { Kinds: NameKinds.Common } named when !SchemaJsonTypes.IsKind(named.Name):
                writer.WriteString("type", named.Name);
                break;
            case NamedTree named:
                WriteNamed(writer, "EntityOrCommon", named.Name);
                break;
            default:
                throw new InvalidOperationException($"{type.GetType().Name} is no type.");
        }
    }

    private static void Write(Utf8JsonWriter writer, RecordTree record)
    {
        writer.WriteString("type", "Record");
        writer.WriteStartObject("attributes");
        foreach (AttributeTree attribute in record.Attributes)
        {
            writer.WriteStartObject(attribute.Name);
            WriteType(writer, attribute.Type);
            if (!attribute.IsRequired)
            {
                writer.WriteBoolean("required", false);
            }

            Write(writer, attribute.Annotations);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteNamed(Utf8JsonWriter writer, string kind, string name)
    {
        writer.WriteString("type", kind);
        writer.WriteString("name", name);
    }
}
