using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessGov.Cedar.Tests;

/// <summary>Values, entities and requests as JSON, with every escape.</summary>
internal static class Json
{
    public static string Write(Value value) => Written(writer => ValueJson.Write(writer, value));

    public static string Write(IEnumerable<Entity> entities) => Written(writer => EntitiesJson.Write(writer, entities));

    /// <summary>A request as the official engine takes it.</summary>
    public static JsonObject Write(Request request) => new()
    {
        ["principal"] = Uid(request.Principal), ["action"] = Uid(request.Action), ["resource"] = Uid(request.Resource),
        ["context"] = JsonNode.Parse(Write(request.Context)),
    };

    public static Value RoundTrip(Value value) => ValueJson.Parse(Write(value));

    private static JsonObject Uid(EntityUid uid) => new() { ["type"] = uid.Type, ["id"] = uid.Id };

    private static string Written(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
