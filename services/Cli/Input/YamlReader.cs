using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AccessGov.Cli;

/// <summary>
/// YAML as the JSON it stands for, by the JSON-like part of the core schema: plain <c>true</c>, <c>false</c>, <c>null</c> and integers
/// are what they look like, everything else is a string. One document; anchors work within a bound, tags are refused.
/// </summary>
internal sealed class YamlReader : IDisposable
{
    public const int NodesMax = 1_000_000;
    public const int DepthMax = 64;

    private readonly string file;
    private readonly YamlDotNet.Core.Parser parser;
    private readonly Dictionary<AnchorName, (int Start, int End, int Size)> anchors = [];
    private readonly ArrayBufferWriter<byte> json = new();
    private readonly List<(int Offset, int Line, int Column)> marks = [];
    private readonly Utf8JsonWriter writer;
    private int nodes;

    private YamlReader(string file, string text)
    {
        this.file = file;
        parser = new YamlDotNet.Core.Parser(new StringReader(text));

        // An alias may nest what it stands for deeper than the text does; whoever reads the JSON has a bound.
        writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    }

    /// <exception cref="MalformedInputException">It is not YAML, not one document, or beyond a bound.</exception>
    public static YamlAsJson Read(InputFile file)
    {
        using var reader = new YamlReader(file.Name, file.Text());
        try
        {
            reader.parser.Consume<StreamStart>();
            if (!reader.parser.TryConsume<DocumentStart>(out _))
            {
                throw reader.Refuse(reader.parser.Current!.Start, "This file is empty.");
            }

            reader.Node(0);
            reader.parser.Consume<DocumentEnd>();
            return reader.parser.TryConsume<StreamEnd>(out _)
                ? new YamlAsJson(reader.Written(), reader.marks)
                : throw reader.Refuse(reader.parser.Current!.Start, "A file holds one document.");
        }
        catch (YamlException malformed)
        {
            throw reader.Refuse(malformed.Start, malformed.Message);
        }
        catch (Exception stumbled) when (stumbled is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The scanner stumbles over some broken texts, such as a flow mapping whose keys go on over lines, instead of refusing them.
            throw reader.Refuse(reader.parser.Current?.End ?? Mark.Empty, "What follows cannot be read as YAML; look for a bracket or a quote that is not closed.");
        }
    }

    public void Dispose() => writer.Dispose();

    private void Node(int depth)
    {
        ParsingEvent at = parser.Consume<ParsingEvent>();
        if (depth > DepthMax)
        {
            throw Refuse(at.Start, $"This nests deeper than {DepthMax} levels.");
        }

        Count(at, 1);
        int nodesBefore = nodes;
        int start = (int)writer.BytesCommitted + writer.BytesPending;
        marks.Add((start, (int)at.Start.Line, (int)at.Start.Column));
        RefuseTag(at);
        switch (at)
        {
            case Scalar scalar: Value(scalar); break;
            case SequenceStart: Sequence(depth); break;
            case MappingStart: Mapping(depth); break;
            case AnchorAlias alias: Alias(alias); break;
            default: throw Refuse(at.Start, "A value is missing.");
        }

        if (at is NodeEvent { Anchor.IsEmpty: false } named)
        {
            anchors[named.Anchor] = (start, (int)writer.BytesCommitted + writer.BytesPending, nodes - nodesBefore + 1);
        }
    }

    private void Sequence(int depth)
    {
        writer.WriteStartArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            Node(depth + 1);
        }

        writer.WriteEndArray();
    }

    private void Mapping(int depth)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        writer.WriteStartObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            ParsingEvent at = parser.Consume<ParsingEvent>();
            RefuseTag(at);
            if (at is not Scalar key)
            {
                throw Refuse(at.Start, "A key is a string.");
            }

            if (!keys.Add(key.Value))
            {
                throw Refuse(at.Start, $"The key `{key.Value}` occurs twice.");
            }

            writer.WritePropertyName(key.Value);
            Node(depth + 1);
        }

        writer.WriteEndObject();
    }

    // Few lines of aliases to aliases stand for billions of values.
    private void Alias(AnchorAlias alias)
    {
        if (!anchors.TryGetValue(alias.Value, out (int Start, int End, int Size) anchor))
        {
            throw Refuse(alias.Start, $"There is no anchor `{alias.Value}` before this.");
        }

        Count(alias, anchor.Size);
        ReadOnlyMemory<byte> written = Written();
        if (written.Length + anchor.End - anchor.Start > InputFile.LengthMax)
        {
            throw Refuse(alias.Start, $"With its aliases this stands for more than {InputFile.LengthMax / (1024 * 1024)} MB, the most that is read.");
        }

        // What was written behind a comma starts with it.
        writer.WriteRawValue(written.Span[anchor.Start..anchor.End].TrimStart((byte)','), skipInputValidation: true);
    }

    private ReadOnlyMemory<byte> Written()
    {
        writer.Flush();
        return json.WrittenMemory;
    }

    private void Count(ParsingEvent at, int more)
    {
        nodes += more;
        if (nodes > NodesMax)
        {
            throw Refuse(at.Start, $"This stands for more than {NodesMax} values, the most that is read.");
        }
    }

    private void RefuseTag(ParsingEvent at)
    {
        if (at is NodeEvent { Tag.IsEmpty: false } tagged)
        {
            throw Refuse(at.Start, $"Tags such as `{tagged.Tag}` are not read; leave it out, and write a string that looks like something else in quotes.");
        }
    }

    private void Value(Scalar scalar)
    {
        bool isPlain = scalar is { IsPlainImplicit: true, Style: ScalarStyle.Plain };
        switch (scalar.Value)
        {
            case "" or "null" or "~" when isPlain:
                writer.WriteNullValue();
                break;
            case "true" or "false" when isPlain:
                writer.WriteBooleanValue(scalar.Value == "true");
                break;
            case var text when isPlain && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number):
                writer.WriteNumberValue(number);
                break;
            case var text when isPlain && text.TrimStart('+', '-') is { Length: > 0 } digits && digits.All(char.IsAsciiDigit):
                throw Refuse(scalar.Start, $"`{text}` is no 64-bit integer, and Cedar knows no other numbers; a string of digits stands in quotes.");
            default:
                writer.WriteStringValue(scalar.Value);
                break;
        }
    }

    private MalformedInputException Refuse(Mark at, string message) =>
        new([new Finding(Severity.Error, "yaml", file, message) { Line = (int)at.Line, Column = (int)at.Column }]);
}
