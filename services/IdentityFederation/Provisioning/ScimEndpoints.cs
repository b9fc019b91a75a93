using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>The addresses of SCIM: one set for each kind of resource.</summary>
internal static class ScimEndpoints
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    private delegate Task<ScimAnswer> Answers(ScimCall call, string id);

    public static void Map(RouteGroupBuilder routes, IScimResources resources)
    {
        ScimResourceType type = resources.Type;
        Map(HttpMethods.Get, "", async (call, _) =>
            new ScimAnswer(StatusCodes.Status200OK, await resources.ListAsync(call, ScimQuery.Of(call.Http.Request.Query, type))));
        Map(HttpMethods.Post, "/.search", async (call, _) =>
            new ScimAnswer(StatusCodes.Status200OK, await resources.ListAsync(call, ScimQuery.Of(await BodyAsync(call.Http), type))));
        Map(HttpMethods.Post, "", async (call, _) => await resources.CreateAsync(call, await BodyAsync(call.Http), Shown(call)));
        Map(HttpMethods.Get, "/{id}", (call, id) => resources.GetAsync(call, id, Shown(call)));
        Map(HttpMethods.Put, "/{id}", async (call, id) => await resources.ReplaceAsync(call, id, await BodyAsync(call.Http), Shown(call)));
        Map(HttpMethods.Patch, "/{id}", async (call, id) => await resources.PatchAsync(call, id, await BodyAsync(call.Http), Shown(call)));
        Map(HttpMethods.Delete, "/{id}", resources.DeleteAsync);
        RefuseOthers(routes, type.Endpoint, "GET, POST");
        RefuseOthers(routes, $"{type.Endpoint}/.search", "POST");
        RefuseOthers(routes, $"{type.Endpoint}/{{id}}", "GET, PUT, PATCH, DELETE");

        void Map(string method, string address, Answers answers) => routes.MapMethods(
            $"{type.Endpoint}{address}", [method], (HttpContext http, ProvisioningClients clients) =>
                AnswerAsync(http, clients, call => answers(call, http.GetRouteValue("id") as string ?? "")));

        ScimProjection Shown(ScimCall call) => ScimProjection.Of(call.Http.Request.Query, type);
    }

    /// <summary>
    /// Says what an address takes to whoever sends it anything else: the route of unknown addresses would call it unknown.
    /// </summary>
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
            ScimCall.Normalise(http, http.Request.Headers.IfMatch);
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
        if (!media.Equals(ScimError.ContentType, StringComparison.OrdinalIgnoreCase)
            && !media.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            throw new ScimException(
                StatusCodes.Status415UnsupportedMediaType, null, $"Send the body as {ScimError.ContentType} or application/json.");
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
            throw new ScimException(
                "invalidSyntax", wrong.LineNumber is { } line
                    ? $"The body is not JSON: line {line + 1}, byte {wrong.BytePositionInLine + 1}."
                    : "The body is not JSON: an object has a name twice.");
        }
    }
}
