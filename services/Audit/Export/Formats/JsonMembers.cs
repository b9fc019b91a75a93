using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessGov.Audit.Export.Formats;

/// <summary>JSON objects without members that have no value.</summary>
internal static class JsonMembers
{
    private static readonly JsonSerializerOptions Text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject Members(params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        var whole = new JsonObject();
        foreach ((string name, JsonNode? value) in members)
        {
            if (value is not null and not JsonArray { Count: 0 })
            {
                whole.Add(name, value);
            }
        }

        return whole;
    }

    /// <summary>An array of those that are there.</summary>
    public static JsonArray List(params ReadOnlySpan<JsonNode?> items)
    {
        var list = new JsonArray();
        foreach (JsonNode? item in items)
        {
            if (item is not null)
            {
                list.Add(item);
            }
        }

        return list;
    }

    /// <summary>UTF-8 on one line.</summary>
    public static byte[] Bytes(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, Text);
}
