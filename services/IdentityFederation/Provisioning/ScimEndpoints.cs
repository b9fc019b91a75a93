using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>The addresses of SCIM: one set for each kind of resource.</summary>
internal static class ScimEndpoints
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    public static void Map(RouteGroupBuilder routes, IScimResources resources)
    {
        ScimResourceType type = resources.Type;
        routes.MapGet(type.Endpoint, (HttpContext http, ProvisioningClients clients) => AnswerAsync(http, clients, async call =>
            new ScimAnswer(StatusCodes.Status200OK, await resources.ListAsync(call, ScimQuery.Of(http.Request.Query, type)))));
        routes.MapPost($"{type.Endpoint}/.search", (HttpContext http, ProvisioningClients clients) => AnswerAsync(http, clients, async call =>
            new ScimAnswer(StatusCodes.Status200OK, await resources.ListAsync(call, ScimQuery.Of(await BodyAsync(http), type)))));
        routes.MapPost(type.Endpoint, (HttpContext http, ProvisioningClients clients) => AnswerAsync(http, clients, async call =>
            await resources.CreateAsync(call, await BodyAsync(http), Shown(http, type))));
        routes.MapGet($"{type.Endpoint}/{{id}}", (string id, HttpContext http, ProvisioningClients clients) => AnswerAsync(http, clients, call =>
            resources.GetAsync(call, id, Shown(http, type))));
        routes.MapPut($"{type.Endpoint}/{{id}}", (string id, HttpContext http, ProvisioningClients clients) => AnswerAsync(http, clients, async call =>
            await resources.ReplaceAsync(call, id, await BodyAsync(http), Shown(http, type))));
        routes.MapPatch($"{type.Endpoint}/{{id}}", (string id, HttpContext http, ProvisioningClients clients) => AnswerAsync(http, clients, async call =>
            await resources.PatchAsync(call, id, await BodyAsync(http), Shown(http, type))));
        routes.MapDelete($"{type.Endpoint}/{{id}}", (string id, HttpContext http, ProvisioningClients clients) => AnswerAsync(http, clients, call =>
            resources.DeleteAsync(call, id)));
        RefuseOthers(routes, type.Endpoint, "GET, POST");
        RefuseOthers(routes, $"{type.Endpoint}/.search", "POST");
        RefuseOthers(routes, $"{type.Endpoint}/{{id}}", "GET, PUT, PATCH, DELETE");
    }

    /// <summary>Says what an address takes to whoever sends it anything else: the route of unknown addresses would call it unknown.</summary>
    public static void RefuseOthers(RouteGroupBuilder routes, string address, string taken) => routes.Map(address, (HttpContext http) =>
    {
        http.Response.Headers.Allow = taken;
        return ScimError.Of(new ScimException(StatusCodes.Status405MethodNotAllowed, null, $"This address takes {taken}."));
    }).ExcludeFromDescription();

    /// <summary>Answers a call of a client that provisions an organisation, and what is wrong with it in SCIM's words.</summary>
    public static async Task<IResult> AnswerAsync(HttpContext http, ProvisioningClients clients, Func<ScimCall, Task<ScimAnswer>> answer)
    {
        try
        {
            ScimCall call = clients.CallOf(http);
            ScimCall.Normalise(http, http.Request.Headers.IfMatch.Count > 0 ? http.Request.Headers.IfMatch.ToString() : null);
            return await answer(call);
        }
        catch (ScimException wrong)
        {
            return ScimError.Of(wrong);
        }
    }

    /// <exception cref="ScimException">It is not an object of JSON.</exception>
    public static async Task<JsonObject> BodyAsync(HttpContext http)
    {
        string media = (http.Request.ContentType ?? "").Split(';')[0].Trim();
        if (!media.Equals(ScimError.ContentType, StringComparison.OrdinalIgnoreCase) && !media.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            throw new ScimException(StatusCodes.Status415UnsupportedMediaType, null, $"Send the body as {ScimError.ContentType} or application/json.");
        }

        try
        {
            return await JsonNode.ParseAsync(http.Request.Body, null, Strict, http.RequestAborted) as JsonObject
                ?? throw new ScimException("invalidSyntax", "The body is an object of JSON.");
        }
        catch (InvalidOperationException)
        {
            throw new ScimException("invalidSyntax", "A name in the body holds half a character (a surrogate without the other).");
        }
        catch (JsonException wrong)
        {
            throw new ScimException("invalidSyntax", $"The body is not JSON: line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}.");
        }
    }

    private static ScimProjection Shown(HttpContext http, ScimResourceType type) => ScimProjection.Of(http.Request.Query, type);
}
