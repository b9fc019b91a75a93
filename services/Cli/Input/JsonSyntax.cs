using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>JSON that is none, in words for the person who wrote it, with line and column.</summary>
internal static class JsonSyntax
{
    private const string Prefix = "This is not valid JSON: ";

    // The bounds are those of whoever reads the values; telling broken from deep must not have one.
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>The keys of the outermost object, however deep it is inside.</summary>
    /// <exception cref="MalformedInputException">It is not JSON.</exception>
    public static HashSet<string> Keys(InputFile file)
    {
        ReadOnlyMemory<byte> utf8 = file.Json();
        CheckSyntax(file.Name, utf8);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(utf8.Span, AnyDepth);
        reader.Read();
        bool isObject = reader.TokenType == JsonTokenType.StartObject;
        while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            keys.Add(JsonText.Key(ref reader) ?? "");
            reader.Skip();
        }

        return keys;
    }

    /// <exception cref="MalformedInputException">It is not JSON.</exception>
    public static void CheckSyntax(string name, ReadOnlyMemory<byte> utf8, int firstLine = 1)
    {
        if (Fault(utf8) is { } fault)
        {
            throw Malformed(name, utf8, fault.Offset, fault.Problem, firstLine);
        }
    }

    /// <exception cref="MalformedInputException">It is not JSON, nests deeper than <paramref name="depthMax"/>, or has a key twice in one object.</exception>
    public static void Check(string name, ReadOnlyMemory<byte> utf8, int depthMax, int firstLine)
    {
        CheckSyntax(name, utf8, firstLine);
        var reader = new Utf8JsonReader(utf8.Span, AnyDepth);
        var keys = new Stack<HashSet<string>>();
        while (reader.Read())
        {
            string? problem = reader.TokenType switch
            {
                JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= depthMax => TooDeep(depthMax),
                JsonTokenType.PropertyName when JsonText.Key(ref reader) is null => $"{Prefix}a key holds {JsonText.HalfPair}.",
                JsonTokenType.PropertyName when !keys.Peek().Add(JsonText.Key(ref reader)!) => $"{Prefix}the key `{JsonText.Key(ref reader)}` occurs twice in one object.",
                _ => null,
            };
            if (problem is not null)
            {
                throw Malformed(name, utf8, (int)reader.TokenStartIndex, problem, firstLine);
            }

            if (reader.TokenType == JsonTokenType.StartObject)
            {
                keys.Push(new HashSet<string>(StringComparer.Ordinal));
            }
            else if (reader.TokenType == JsonTokenType.EndObject)
            {
                keys.Pop();
            }
        }
    }

    /// <summary>For readers that take time in the square of the depth.</summary>
    /// <exception cref="MalformedInputException">It is not JSON, or nests deeper than <paramref name="depthMax"/>.</exception>
    public static void CheckDepth(string name, ReadOnlyMemory<byte> utf8, int depthMax)
    {
        CheckSyntax(name, utf8);
        var reader = new Utf8JsonReader(utf8.Span, AnyDepth);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= depthMax)
            {
                throw Malformed(name, utf8, (int)reader.TokenStartIndex, TooDeep(depthMax), 1);
            }
        }
    }

    private static string TooDeep(int depthMax) => $"This nests deeper than {depthMax} levels, the most that is read.";

    /// <summary>What a reader refused: JSON that is broken, or nests deeper than it reads.</summary>
    public static MalformedInputException Malformed(string name, ReadOnlyMemory<byte> utf8, JsonException refused, string bound)
    {
        int place = OffsetOf(utf8, refused);
        return Fault(utf8) is { } fault && fault.Offset <= place
            ? Malformed(name, utf8, fault.Offset, fault.Problem, 1)
            : Malformed(name, utf8, place, $"This nests deeper than {bound}.", 1);
    }

    private static MalformedInputException Malformed(string name, ReadOnlyMemory<byte> utf8, int offset, string problem, int firstLine)
    {
        (int line, int column) = new TextLines(utf8).PlaceOf(offset);
        return new MalformedInputException([new Finding(Severity.Error, "json", name, problem) { Line = line + firstLine - 1, Column = column }]);
    }

    private static (int Offset, string Problem)? Fault(ReadOnlyMemory<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8.Span, AnyDepth);
        try
        {
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException malformed)
        {
            int offset = OffsetOf(utf8, malformed);
            return (offset, Prefix + Describe(utf8.Span, offset, malformed.Message));
        }
    }

    private static string Describe(ReadOnlySpan<byte> utf8, int offset, string message)
    {
        ReadOnlySpan<byte> before = utf8[..offset].TrimEnd(" \t\r\n"u8);
        if (utf8[offset..].TrimEnd(" \t\r\n"u8).IsEmpty)
        {
            return before.IsEmpty ? "there is nothing in it." : "it ends before everything that it opens is closed.";
        }

        return (char)utf8[offset] switch
        {
            '/' => "it has no comments.",
            '\'' => "strings and keys stand in double quotes.",
            '}' or ']' when before is [.., (byte)','] => "there is a comma before the closing bracket; remove it.",
            _ => Sentence(message),
        };
    }

    // The place is told apart, in lines and columns that editors count.
    private static string Sentence(string message)
    {
        int end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    private static int OffsetOf(ReadOnlyMemory<byte> utf8, JsonException malformed) =>
        new TextLines(utf8).OffsetOf(malformed.LineNumber ?? 0, malformed.BytePositionInLine ?? 0);
}
