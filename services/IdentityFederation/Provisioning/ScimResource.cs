using System.Globalization;
using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>What every resource looks like around its own attributes.</summary>
internal static class ScimResource
{
    public static ScimAnswer Of(
        ScimResourceType type, ScimCall call, string id, JsonObject attributes, DateTimeOffset created, DateTimeOffset changed, long version, ScimProjection shown, int status)
    {
        string location = $"{call.BaseUrl}{type.Endpoint}/{id}";
        string tag = $"W/\"{version}\"";
        var resource = new JsonObject
        {
            ["schemas"] = new JsonArray([type.Core.Urn, .. type.Extensions.Select(schema => schema.Urn).Where(urn => attributes[urn] is not null)]),
            ["id"] = id,
        };
        foreach ((string name, JsonNode? value) in attributes)
        {
            resource[name] = value?.DeepClone();
        }

        resource["meta"] = new JsonObject
        {
            ["resourceType"] = type.Name,
            ["created"] = Written(created),
            ["lastModified"] = Written(changed),
            ["location"] = location,
            ["version"] = tag,
        };
        return new ScimAnswer(status, shown.Apply(resource), location, tag);
    }

    private static string Written(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
