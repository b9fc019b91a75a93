using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>What a client can find out of this service (RFC 7644, 4): from the same table that requests are read by.</summary>
internal static class ScimDiscovery
{
    public static void Map(RouteGroupBuilder routes)
    {
        // The second is the name under which Microsoft's reference collection asks.
        Map(routes, "/ServiceProviderConfig", (_, baseUrl) => Configuration(baseUrl));
        Map(routes, "/ServiceConfiguration", (_, baseUrl) => Configuration(baseUrl));
        Map(routes, "/ResourceTypes", (_, baseUrl) => List(ScimSchemas.ResourceTypes.Select(type => ResourceType(type, baseUrl))));
        Map(routes, "/ResourceTypes/{name}", (name, baseUrl) =>
            ScimSchemas.ResourceTypes.FirstOrDefault(type => type.Name == name) is { } found ? ResourceType(found, baseUrl) : null);
        Map(routes, "/Schemas", (_, baseUrl) => List(Schemas.Select(schema => Schema(schema, baseUrl))));
        Map(routes, "/Schemas/{name}", (name, baseUrl) =>
            Schemas.FirstOrDefault(schema => schema.Urn.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found
                ? Schema(found, baseUrl) : null);
    }

    private static IEnumerable<ScimSchema> Schemas =>
        [.. ScimSchemas.ResourceTypes.SelectMany(type => type.Schemas), .. ScimDiscoverySchemas.All];

    private static void Map(RouteGroupBuilder routes, string address, Func<string?, string, JsonObject?> document)
    {
        routes.MapGet(address, (HttpContext http, ProvisioningClients clients) =>
            Answer(http, clients, baseUrl => document(http.GetRouteValue("name") as string, baseUrl)));
        ScimEndpoints.RefuseOthers(routes, address, "GET");
    }

    // What the service can do is the same for all: also for a client that is not configured yet.
    private static ScimAnswer Answer(HttpContext http, ProvisioningClients clients, Func<string, JsonObject?> document) =>
        http.Request.Query.ContainsKey("filter")
        ? ScimError.Of(new ScimException(StatusCodes.Status403Forbidden, null, "These documents are not filtered: there are few of them."))
        : document(clients.BaseUrl) is { } found ? new ScimAnswer(StatusCodes.Status200OK, found)
        : ScimError.Of(new ScimException(StatusCodes.Status404NotFound, null, "There is no such document."));

    private static JsonObject Configuration(string baseUrl) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"),
        ["patch"] = Supported(),
        ["bulk"] = Supported(("maxOperations", ScimBulk.OperationsMax), ("maxPayloadSize", IdentityFederationModule.BodyBytesMax)),
        ["filter"] = Supported(("maxResults", ScimQuery.CountMax)),
        ["changePassword"] = new JsonObject { ["supported"] = false },
        ["sort"] = Supported(),
        ["etag"] = Supported(),
        ["authenticationSchemes"] = new JsonArray(new JsonObject
        {
            ["type"] = "oauthbearertoken",
            ["name"] = "OAuth Bearer Token",
            ["description"] = "An access token with the scope scim, in the Authorization header.",
            ["specUri"] = "https://www.rfc-editor.org/info/rfc6750",
            ["primary"] = true,
        }),
        ["meta"] = Meta("ServiceProviderConfig", $"{baseUrl}/ServiceProviderConfig"),
    };

    private static JsonObject ResourceType(ScimResourceType type, string baseUrl) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ResourceType"),
        ["id"] = type.Name,
        ["name"] = type.Name,
        ["description"] = type.Description,
        ["endpoint"] = type.Endpoint,
        ["schema"] = type.Core.Urn,
        ["schemaExtensions"] = new JsonArray(
            [.. type.Extensions.Select(JsonNode (schema) => new JsonObject { ["schema"] = schema.Urn, ["required"] = false })]),
        ["meta"] = Meta("ResourceType", $"{baseUrl}/ResourceTypes/{type.Name}"),
    };

    private static JsonObject Schema(ScimSchema schema, string baseUrl) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:Schema"),
        ["id"] = schema.Urn,
        ["name"] = schema.Name,
        ["description"] = schema.Description,
        ["attributes"] = new JsonArray([.. schema.Attributes.Select(JsonNode (attribute) => Attribute(attribute))]),
        ["meta"] = Meta("Schema", $"{baseUrl}/Schemas/{schema.Urn}"),
    };

    private static JsonObject Attribute(ScimAttribute attribute)
    {
        var described = new JsonObject
        {
            ["name"] = attribute.Name,
            ["type"] = attribute.Kind switch
            {
                ScimKind.Text => "string",
                ScimKind.Boolean => "boolean",
                ScimKind.Integer => "integer",
                ScimKind.Instant => "dateTime",
                ScimKind.Reference => "reference",
                ScimKind.Binary => "binary",
                ScimKind.Complex => "complex",
                _ => throw new InvalidOperationException($"{attribute.Kind} has no name in SCIM."),
            },
            ["multiValued"] = attribute.Many,
            ["description"] = attribute.Description,
            ["required"] = attribute.Required,
            ["caseExact"] = attribute.CaseExact,
            ["mutability"] = attribute.ReadOnly ? "readOnly" : attribute.Immutable ? "immutable" : "readWrite",
            ["returned"] = attribute.Always ? "always" : "default",
            ["uniqueness"] = attribute.Uniqueness,
        };
        Names(described, "canonicalValues", attribute.CanonicalValues);
        Names(described, "referenceTypes", attribute.ReferenceTypes);
        if (attribute.Parts.Count > 0)
        {
            described["subAttributes"] = new JsonArray([.. attribute.Parts.Select(JsonNode (part) => Attribute(part))]);
        }

        return described;
    }

    private static void Names(JsonObject described, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            described[name] = new JsonArray([.. values.Select(JsonNode (value) => JsonValue.Create(value))]);
        }
    }

    private static JsonObject Supported(params ReadOnlySpan<(string Name, int Value)> limits)
    {
        var supported = new JsonObject { ["supported"] = true };
        foreach ((string name, int value) in limits)
        {
            supported[name] = value;
        }

        return supported;
    }

    private static JsonObject Meta(string kind, string location) => new() { ["resourceType"] = kind, ["location"] = location };

    private static JsonObject List(IEnumerable<JsonObject> documents)
    {
        var items = new JsonArray([.. documents]);
        return new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:ListResponse"),
            ["totalResults"] = items.Count,
            ["startIndex"] = 1,
            ["itemsPerPage"] = items.Count,
            ["Resources"] = items,
        };
    }
}
