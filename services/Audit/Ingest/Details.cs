using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccessGov.Audit.Ingest;

/// <summary>
/// A JSON object of texts that will be sealed. They stand in it whole: what came is bounded, and a sealed field that is too long for a leaf
/// lies in a file of its own.
/// </summary>
internal sealed class Details
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string Name, IReadOnlyList<string> Texts, bool IsList)> members = [];

    /// <summary>Adds a text; nothing when there is none.</summary>
    public void Add(string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            members.Add((name, [text], false));
        }
    }

    /// <summary>Adds a list of texts; nothing when it is empty.</summary>
    public void Add(string name, IEnumerable<string?> texts)
    {
        string[] given = [.. texts.OfType<string>().Where(text => text.Length > 0)];
        if (given.Length > 0)
        {
            members.Add((name, given, true));
        }
    }

    /// <summary>The object; null when nothing was added.</summary>
    public JsonElement? Build()
    {
        if (members.Count == 0)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            foreach ((string name, IReadOnlyList<string> texts, bool isList) in members)
            {
                json.WritePropertyName(name);
                Write(json, texts, isList);
            }

            json.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<string> texts, bool isList)
    {
        if (!isList)
        {
            json.WriteStringValue(texts[0]);
            return;
        }

        json.WriteStartArray();
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
