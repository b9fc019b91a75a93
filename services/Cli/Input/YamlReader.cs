using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AccessGov.Cli;

/// <summary>
/// YAML as the JSON it stands for, by the JSON-like part of the core schema: plain <c>true</c>, <c>false</c>, <c>null</c> and integers
/// are what they look like, everything else is a string. One document; anchors work within a bound.
/// </summary>
internal sealed class YamlReader
{
    public const int NodesMax = 1_000_000;
    public const int DepthMax = 64;

    private readonly string file;
    private readonly YamlDotNet.Core.Parser parser;
    private readonly Dictionary<AnchorName, (JsonNode? Node, int Size)> anchors = [];
    private int nodes;

    private YamlReader(string file, string text)
    {
        this.file = file;
        parser = new YamlDotNet.Core.Parser(new StringReader(text));
    }

    /// <exception cref="MalformedInputException">It is not YAML, not one document, or beyond a bound.</exception>
    public static ReadOnlyMemory<byte> ToJson(InputFile file)
    {
        var reader = new YamlReader(file.Name, file.Text());
        try
        {
            reader.parser.Consume<StreamStart>();
            if (!reader.parser.TryConsume<DocumentStart>(out _))
            {
                throw reader.Refuse(reader.parser.Current!.Start, "This file is empty.");
            }

            JsonNode? root = reader.Node(0);
            reader.parser.Consume<DocumentEnd>();
            return reader.parser.TryConsume<StreamEnd>(out _)
                ? Encoding.UTF8.GetBytes(root?.ToJsonString() ?? "null")
                : throw reader.Refuse(reader.parser.Current!.Start, "A file holds one document.");
        }
        catch (YamlException malformed)
        {
            throw reader.Refuse(malformed.Start, malformed.Message);
        }
    }

    private JsonNode? Node(int depth)
    {
        ParsingEvent at = parser.Consume<ParsingEvent>();
        if (depth > DepthMax)
        {
            throw Refuse(at.Start, $"This nests deeper than {DepthMax} levels.");
        }

        Count(at, 1);
        int before = nodes;
        JsonNode? node = at switch
        {
            Scalar scalar => Value(scalar),
            SequenceStart => Sequence(depth),
            MappingStart => Mapping(depth),
            AnchorAlias alias => Alias(alias),
            _ => throw Refuse(at.Start, "A value is missing."),
        };
        if (at is NodeEvent { Anchor.IsEmpty: false } named)
        {
            anchors[named.Anchor] = (node, nodes - before + 1);
        }

        return node;
    }

    private JsonArray Sequence(int depth)
    {
        var items = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(depth + 1));
        }

        return items;
    }

    private JsonObject Mapping(int depth)
    {
        var members = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            ParsingEvent at = parser.Consume<ParsingEvent>();
            if (at is not Scalar key)
            {
                throw Refuse(at.Start, "A key is a string.");
            }

            if (members.ContainsKey(key.Value))
            {
                throw Refuse(at.Start, $"The key `{key.Value}` occurs twice.");
            }

            members.Add(key.Value, Node(depth + 1));
        }

        return members;
    }

    // Few lines of aliases to aliases stand for billions of values.
    private JsonNode? Alias(AnchorAlias alias)
    {
        if (!anchors.TryGetValue(alias.Value, out (JsonNode? Node, int Size) anchor))
        {
            throw Refuse(alias.Start, $"There is no anchor `{alias.Value}` before this.");
        }

        Count(alias, anchor.Size);
        return anchor.Node?.DeepClone();
    }

    private void Count(ParsingEvent at, int more)
    {
        nodes += more;
        if (nodes > NodesMax)
        {
            throw Refuse(at.Start, $"This stands for more than {NodesMax} values, the most that is read.");
        }
    }

    private static JsonValue? Value(Scalar scalar) => scalar switch
    {
        { IsPlainImplicit: false } or { Style: not ScalarStyle.Plain } => JsonValue.Create(scalar.Value),
        { Value: "" or "null" or "~" } => null,
        { Value: "true" } => JsonValue.Create(true),
        { Value: "false" } => JsonValue.Create(false),
        _ => long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? JsonValue.Create(number) : JsonValue.Create(scalar.Value),
    };

    private MalformedInputException Refuse(Mark at, string message) =>
        new([new Finding(Severity.Error, "yaml", file, message) { Line = (int)at.Line, Column = (int)at.Column }]);
}
