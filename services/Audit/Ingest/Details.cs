using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccessGov.Audit.Ingest;

/// <summary>
/// A JSON object of texts that will be sealed, of a bounded size: what does not fit is left out, and <c>truncated</c> says so.
/// </summary>
/// <param name="bytesMax">The largest object.</param>
internal sealed class Details(int bytesMax = Details.BytesMax)
{
    /// <summary>What there is to say beside the clear fields of one event.</summary>
    public const int BytesMax = 64 * 1024;

    private const int TextLengthMax = 4_000;
    private const int MemberOverheadBytes = 8;
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string Name, List<JsonEncodedText> Texts, bool IsList)> members = [];
    private int bytes = "{'truncated':true}".Length;
    private bool truncated;

    /// <summary>Adds a text; nothing when there is none.</summary>
    public void Add(string name, string? text, int lengthMax = TextLengthMax)
    {
        if (Fitting(name, text, lengthMax) is { } fitting)
        {
            members.Add((name, [fitting], false));
        }
    }

    /// <summary>Adds a list of texts; nothing when it is empty.</summary>
    public void Add(string name, IEnumerable<string?> texts)
    {
        List<JsonEncodedText> fitting = [.. texts.Select(text => Fitting(name, text, TextLengthMax)).OfType<JsonEncodedText>()];
        if (fitting.Count > 0)
        {
            members.Add((name, fitting, true));
        }
    }

    /// <summary>The object; null when nothing was added.</summary>
    public JsonElement? Build()
    {
        if (members.Count == 0 && !truncated)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            foreach ((string name, List<JsonEncodedText> texts, bool isList) in members)
            {
                json.WritePropertyName(name);
                Write(json, texts, isList);
            }

            if (truncated)
            {
                json.WriteBoolean("truncated", true);
            }

            json.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    /// <summary>A text as it stands in the object.</summary>
    public static JsonEncodedText Encoded(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

    private JsonEncodedText? Fitting(string name, string? text, int lengthMax)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        string cut = ClearText.Cut(text, lengthMax);
        JsonEncodedText encoded = Encoded(cut);
        int more = encoded.EncodedUtf8Bytes.Length + name.Length + MemberOverheadBytes;
        if (more > bytesMax - bytes)
        {
            truncated = true;
            return null;
        }

        bytes += more;
        truncated |= cut.Length < text.Length;
        return encoded;
    }

    private static void Write(Utf8JsonWriter json, List<JsonEncodedText> texts, bool isList)
    {
        if (!isList)
        {
            json.WriteStringValue(texts[0]);
            return;
        }

        json.WriteStartArray();
        texts.ForEach(json.WriteStringValue);
        json.WriteEndArray();
    }
}
