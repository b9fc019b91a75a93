using System.Runtime.InteropServices;
using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>JSON that is no Cedar value; the message says why and where.</summary>
public sealed class ValueJsonException(string message, Exception? inner = null) : FormatException(Excerpt.Of(message), inner);

/// <summary>
/// Cedar values as JSON: plain JSON, plus <c>{"__entity":{"type":…,"id":…}}</c> and <c>{"__extn":{"fn":…,"arg":…}}</c> (or
/// <c>"args":[…]</c>). Refused: <c>null</c>, numbers that are not 64-bit integers, duplicate keys, the <c>__expr</c> escape, malformed
/// escapes, lone surrogates, nesting deeper than <see cref="DepthMax"/>.
/// </summary>
public static class ValueJson
{
    /// <summary>How deep arrays and objects may nest.</summary>
    public const int DepthMax = 64;

    /// <summary>Reads one value from JSON text.</summary>
    /// <exception cref="ValueJsonException">The text is not JSON, or not a Cedar value.</exception>
    public static Value Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DepthMax });
        return Guard(ref reader, static (ref r) =>
        {
            r.Read();
            Value value = ValueJsonReader.Read(ref r, 0);
            return r.Read() ? throw new ValueJsonException("There is more text behind the value.") : value;
        });
    }

    /// <summary>Reads one value from JSON text.</summary>
    /// <exception cref="ValueJsonException">The text is not JSON, or not a Cedar value.</exception>
    public static Value Parse(string json) => Parse(System.Text.Encoding.UTF8.GetBytes(json));

    /// <summary>Reads the value that <paramref name="reader"/> stands on (or before, when it has not read yet) and stops on its last token.</summary>
    /// <exception cref="ValueJsonException">It is not JSON, or not a Cedar value.</exception>
    public static Value Read(ref Utf8JsonReader reader) => Guard(ref reader, static (ref r) =>
    {
        if (r.TokenType == JsonTokenType.None)
        {
            r.Read();
        }

        return ValueJsonReader.Read(ref r, 0);
    });

    /// <summary>Reads a parsed element. Duplicate keys are found here too, however the document was parsed.</summary>
    /// <exception cref="ValueJsonException">It is not a Cedar value.</exception>
    public static Value Read(JsonElement element) => Parse(JsonMarshal.GetRawUtf8Value(element));

    /// <summary>Reads a parsed element that must be an object without being an escape: a context, or the attributes of an entity.</summary>
    /// <exception cref="ValueJsonException">It is not a Cedar record.</exception>
    public static RecordValue ReadRecord(JsonElement element) => AsRecord(Read(element));

    /// <summary>Reads JSON text that must be an object without being an escape: a context, or the attributes of an entity.</summary>
    /// <exception cref="ValueJsonException">It is not a Cedar record.</exception>
    public static RecordValue ParseRecord(string json) => AsRecord(Parse(json));

    /// <summary>Writes <paramref name="value"/> so that reading gives an equal one back.</summary>
    public static void Write(Utf8JsonWriter writer, Value value) => ValueJsonWriter.Write(writer, value);

    internal static RecordValue AsRecord(Value value) =>
        value as RecordValue ?? throw new ValueJsonException($"Expected a record, which JSON writes as an object; found {value.TypeName}.");

    private delegate Value Reading(ref Utf8JsonReader reader);

    private static Value Guard(ref Utf8JsonReader reader, Reading read)
    {
        try
        {
            return read(ref reader);
        }
        catch (JsonException malformed)
        {
            throw new ValueJsonException($"This is not valid JSON: {malformed.Message}", malformed);
        }
    }
}
