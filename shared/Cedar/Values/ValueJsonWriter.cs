using System.Globalization;
using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>Writes values as JSON. Recursion is bounded by <see cref="Value.DepthMax"/>.</summary>
internal static class ValueJsonWriter
{
    public static void Write(Utf8JsonWriter writer, Value value)
    {
        switch (value)
        {
            case BoolValue boolean:
                writer.WriteBooleanValue(boolean.IsTrue);
                break;
            case LongValue integer:
                writer.WriteNumberValue(integer.Number);
                break;
            case StringValue text:
                writer.WriteStringValue(text.Text);
                break;
            case EntityUid uid:
                writer.WriteStartObject();
                writer.WritePropertyName("__entity");
                WriteUid(writer, uid);
                writer.WriteEndObject();
                break;
            case SetValue set:
                writer.WriteStartArray();
                foreach (Value member in set.Members)
                {
                    Write(writer, member);
                }

                writer.WriteEndArray();
                break;
            case RecordValue record:
                WriteRecord(writer, record);
                break;
            case ExtensionValue extension:
                WriteExtension(writer, extension);
                break;
            default:
                throw new ArgumentException($"{value.TypeName} has no JSON.", nameof(value));
        }
    }

    /// <summary><c>{"type":…,"id":…}</c> without the escape.</summary>
    public static void WriteUid(Utf8JsonWriter writer, EntityUid uid)
    {
        writer.WriteStartObject();
        writer.WriteString("type", uid.Type);
        writer.WriteString("id", uid.Id);
        writer.WriteEndObject();
    }

    private static void WriteRecord(Utf8JsonWriter writer, RecordValue record)
    {
        writer.WriteStartObject();
        for (int i = 0; i < record.Count; i++)
        {
            writer.WritePropertyName(record.Names[i]);
            Write(writer, record.Values[i]);
        }

        writer.WriteEndObject();
    }

    private static void WriteExtension(Utf8JsonWriter writer, ExtensionValue extension)
    {
        if (extension.ConstructorArgument is { } argument)
        {
            WriteCall(writer, extension.Constructor, argument);
            return;
        }

        // No text names a year outside 0 to 9999: such a datetime is written as an offset.
        string milliseconds = ((DatetimeValue)extension).EpochMilliseconds.ToString(CultureInfo.InvariantCulture);
        writer.WriteStartObject();
        writer.WriteStartObject("__extn");
        writer.WriteString("fn", "offset");
        writer.WriteStartArray("args");
        WriteCall(writer, "datetime", "1970-01-01");
        WriteCall(writer, "duration", $"{milliseconds}ms");
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter writer, string function, string argument)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("__extn");
        writer.WriteString("fn", function);
        writer.WriteString("arg", argument);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
