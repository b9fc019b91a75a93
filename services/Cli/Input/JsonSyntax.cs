using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>JSON that is none, in words for the person who wrote it, with line and column.</summary>
internal static class JsonSyntax
{
    // The bounds are those of whoever reads the values; telling broken from deep must not have one.
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>The keys of the outermost object, however deep it is inside.</summary>
    /// <exception cref="MalformedInputException">It is not JSON.</exception>
    public static HashSet<string> Keys(InputFile file)
    {
        ReadOnlySpan<byte> utf8 = file.Json().Span;
        if (Fault(utf8) is { } fault)
        {
            throw Malformed(file.Name, utf8, fault.Offset, fault.Problem);
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(utf8, AnyDepth);
        reader.Read();
        bool isObject = reader.TokenType == JsonTokenType.StartObject;
        while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            keys.Add(JsonText.Key(ref reader) ?? "");
            reader.Skip();
        }

        return keys;
    }

    /// <summary>What a reader refused: JSON that is broken, or nests deeper than it reads.</summary>
    public static MalformedInputException Malformed(string name, ReadOnlySpan<byte> utf8, JsonException refused, string bound)
    {
        int place = OffsetOf(utf8, refused);
        return Fault(utf8) is { } fault && fault.Offset <= place
            ? Malformed(name, utf8, fault.Offset, fault.Problem)
            : Malformed(name, utf8, place, $"This nests deeper than {bound}.");
    }

    private static MalformedInputException Malformed(string name, ReadOnlySpan<byte> utf8, int offset, string problem)
    {
        (int line, int column) = new TextLines(utf8).PlaceOf(offset);
        return new MalformedInputException([new Finding(Severity.Error, "json", name, problem) { Line = line, Column = column }]);
    }

    private static (int Offset, string Problem)? Fault(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, AnyDepth);
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
            return (offset, $"This is not valid JSON: {Describe(utf8, offset, malformed.Message)}");
        }
    }

    private static string Describe(ReadOnlySpan<byte> utf8, int offset, string message)
    {
        if (utf8[..offset].TrimEnd(" \t\r\n"u8).IsEmpty && utf8[offset..].TrimEnd(" \t\r\n"u8).IsEmpty)
        {
            return "there is nothing in it.";
        }

        if (utf8[offset..].TrimEnd(" \t\r\n"u8).IsEmpty)
        {
            return "it ends before everything that it opens is closed.";
        }

        bool isAfterComma = utf8[..offset].TrimEnd(" \t\r\n"u8) is [.., (byte)','];
        return (char)utf8[offset] switch
        {
            '/' => "it has no comments.",
            '\'' => "strings and keys stand in double quotes.",
            '}' or ']' when isAfterComma => "there is a comma before the closing bracket; remove it.",
            _ => Sentence(message),
        };
    }

    // The place is told apart, in lines and columns that editors count.
    private static string Sentence(string message)
    {
        int end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    private static int OffsetOf(ReadOnlySpan<byte> utf8, JsonException malformed)
    {
        int start = 0;
        for (long i = 0; i < (malformed.LineNumber ?? 0); i++)
        {
            start += utf8[start..].IndexOf((byte)'\n') + 1;
        }

        return (int)Math.Min(start + (malformed.BytePositionInLine ?? 0), utf8.Length);
    }
}
