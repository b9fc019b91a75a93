using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>Where the values in JSON stand. Each object and list is walked once, however many places in it are asked for.</summary>
internal sealed class JsonPlaces(ReadOnlyMemory<byte> utf8)
{
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    private readonly Dictionary<int, Dictionary<string, int>> children = [];
    private TextLines? lines;

    /// <summary>Line and column of a value.</summary>
    public (int Line, int Column) Of(IEnumerable<string> steps) => (lines ??= new TextLines(utf8)).PlaceOf(OffsetOf(steps));

    /// <summary>Where the value at the end of the way begins; as far as the way can be gone.</summary>
    public int OffsetOf(IEnumerable<string> steps)
    {
        int offset = utf8.Length - utf8.Span.TrimStart(" \t\r\n"u8).Length;
        foreach (string step in steps)
        {
            if (!children.TryGetValue(offset, out Dictionary<string, int>? members))
            {
                members = Children(offset);
                children.Add(offset, members);
            }

            if (!members.TryGetValue(step, out int next))
            {
                break;
            }

            offset = next;
        }

        return offset;
    }

    private Dictionary<string, int> Children(int offset)
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(utf8.Span[offset..], AnyDepth);
        try
        {
            reader.Read();
            bool isObject = reader.TokenType == JsonTokenType.StartObject;
            bool isList = reader.TokenType == JsonTokenType.StartArray;
            while ((isObject || isList) && reader.Read() && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
            {
                string? key = isObject ? JsonText.Key(ref reader) : $"{found.Count}";
                if (isObject)
                {
                    reader.Read();
                }

                found.TryAdd(key ?? "", offset + (int)reader.TokenStartIndex);
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Broken further on: this is as far as the way goes.
        }

        return found;
    }
}
