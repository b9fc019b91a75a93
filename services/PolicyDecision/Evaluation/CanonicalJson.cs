using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>JSON with its members in the order of their UTF-8 names and without white space, so that the same request is always the same bytes.</summary>
internal static class CanonicalJson
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? threadBuffer;

    [ThreadStatic]
    private static Utf8JsonWriter? threadWriter;

    /// <summary>The bytes that <paramref name="write"/> writes; the writer is this thread's own and used again.</summary>
    public static byte[] Bytes<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        ArrayBufferWriter<byte> buffer = threadBuffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        Utf8JsonWriter writer = threadWriter ??= new Utf8JsonWriter(buffer);
        writer.Reset(buffer);
        write(writer, state);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, element);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    /// <summary>A member; none when the element is absent.</summary>
    public static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Undefined)
        {
            writer.WritePropertyName(name);
            Write(writer, element);
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement element)
    {
        JsonProperty[] members = ArrayPool<JsonProperty>.Shared.Rent(element.GetPropertyCount());
        int count = 0;
        foreach (JsonProperty member in element.EnumerateObject())
        {
            members[count++] = member;
        }

        members.AsSpan(0, count).Sort(static (left, right) =>
            JsonMarshal.GetRawUtf8PropertyName(left).SequenceCompareTo(JsonMarshal.GetRawUtf8PropertyName(right)));

        writer.WriteStartObject();
        foreach (JsonProperty member in members.AsSpan(0, count))
        {
            writer.WritePropertyName(member.Name);
            Write(writer, member.Value);
        }

        writer.WriteEndObject();
        ArrayPool<JsonProperty>.Shared.Return(members, clearArray: true);
    }
}
