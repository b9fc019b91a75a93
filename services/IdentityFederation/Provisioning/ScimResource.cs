using System.Globalization;
using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>What every resource looks like around its own attributes.</summary>
internal static class ScimResource
{
    public static ScimAnswer Of(
        ScimResourceType type, ScimCall call, string id, JsonObject attributes, DateTimeOffset created, DateTimeOffset changed,
            long version,
        ScimProjection shown, int status)
    {
        string location = $"{call.BaseUrl}{type.Endpoint}/{id}";
        string tag = $"W/\"{version}\"";

        // Made for this answer, the attributes become the resource: copies of a hundred of them are felt.
        JsonNode[] schemas = [type.Core.Urn, .. type.Extensions.Where(schema => attributes[schema.Urn] is not null).Select(
            schema => schema.Urn)];
        attributes.Insert(0, "schemas", new JsonArray(schemas));
        attributes.Insert(1, "id", id);
        attributes["meta"] = new JsonObject
        {
            ["resourceType"] = type.Name,
            ["created"] = Written(created),
            ["lastModified"] = Written(changed),
            ["location"] = location,
            ["version"] = tag,
        };
        return new ScimAnswer(status, shown.Apply(attributes), location, tag);
    }

    private static string Written(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
