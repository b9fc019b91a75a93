using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>JSON or YAML that was parsed and still knows where everything in it stands.</summary>
internal sealed class InputDocument
{
    /// <summary>The deepest nesting of a file; values in it have a bound of their own.</summary>
    public const int DepthMax = ValueJson.DepthMax * 2;

    private InputDocument(Place root, JsonElement json) => (Root, Json) = (root, json);

    public Place Root { get; }

    /// <summary>Lives as long as somebody holds it.</summary>
    public JsonElement Json { get; }

    /// <exception cref="MalformedInputException">It is not JSON, or a key occurs twice in one object.</exception>
    public static InputDocument OfJson(InputFile file)
    {
        ReadOnlyMemory<byte> utf8 = file.Json();
        return Parse(utf8, PlaceIn(file.Name, utf8));
    }

    /// <summary>All of a file with JSON.</summary>
    public static Place PlaceIn(string file, ReadOnlyMemory<byte> utf8)
    {
        var places = new JsonPlaces(utf8);
        return Place.File(file, path => places.Of(JsonPath.Steps(path)));
    }

    /// <summary>JSON that is one line of a file.</summary>
    /// <exception cref="MalformedInputException">It is not JSON, or a key occurs twice in one object.</exception>
    public static InputDocument OfLine(string file, int line, ReadOnlyMemory<byte> utf8)
    {
        var places = new JsonPlaces(utf8);
        return Parse(utf8, Place.File(file, path => (line, places.Of(JsonPath.Steps(path)).Column)), firstLine: line);
    }

    /// <exception cref="MalformedInputException">It is not YAML.</exception>
    public static InputDocument OfYaml(InputFile file)
    {
        YamlAsJson yaml = YamlReader.Read(file);
        var places = new JsonPlaces(yaml.Json);
        return Parse(yaml.Json, Place.File(file.Name, path => yaml.PlaceOf(places.OffsetOf(JsonPath.Steps(path)))));
    }

    /// <summary>The values in an object or a list, with their places.</summary>
    public static IEnumerable<(Place Place, JsonElement Json)> Children(Place place, JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().Select(member => (JsonText.Key(member) is { } key ? place.Member(key) : place, member.Value)),
        JsonValueKind.Array => json.EnumerateArray().Select((item, index) => (place.Item(index), item)),
        _ => [],
    };

    private static InputDocument Parse(ReadOnlyMemory<byte> utf8, Place root, int firstLine = 1)
    {
        JsonSyntax.Check(root.Name, utf8, DepthMax, firstLine);
        using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = DepthMax });
        return new InputDocument(root, document.RootElement.Clone());
    }
}
