using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>
/// Many operations in one request (RFC 7644, 3.7). Each is carried out by itself; one that refers to another waits for it.
/// </summary>
internal static class ScimBulk
{
    public const int OperationsMax = 1_000;

    private const string Reference = "bulkId:";

    public static void Map(RouteGroupBuilder routes, IReadOnlyList<IScimResources> resources)
    {
        routes.MapPost("/Bulk", (HttpContext http, ProvisioningClients clients) => ScimEndpoints.AnswerAsync(http, clients, async call =>
            await RunAsync(call, await ScimEndpoints.BodyAsync(http), resources)));
        ScimEndpoints.RefuseOthers(routes, "/Bulk", "POST");
    }

    private static async Task<ScimAnswer> RunAsync(ScimCall call, JsonObject body, IReadOnlyList<IScimResources> resources)
    {
        if (body["Operations"] is not JsonArray operations || operations.Any(operation => operation is not JsonObject))
        {
            throw new ScimException("invalidSyntax", "A bulk request has a list of Operations.");
        }

        if (operations.Count > OperationsMax)
        {
            throw new ScimException(
                StatusCodes.Status413PayloadTooLarge, null,
                $"A bulk request has at most {OperationsMax} operations; this one has {operations.Count}.");
        }

        int errorsMax = body["failOnErrors"] is { } limit && int.TryParse(ScimText.Of(limit), out int given) && given > 0 ? given
            : int.MaxValue;
        Operation[] waiting = [.. operations.Select((operation, place) => Operation.Of((JsonObject)operation!, place))];
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        var answers = new SortedDictionary<int, JsonObject>();
        string idempotencyKey = call.Http.Request.Headers["Idempotency-Key"].ToString();
        int errors = 0;
        while (waiting.Length > 0 && errors < errorsMax)
        {
            // Those that refer to a later one come after it; those that refer to each other in a ring never can.
            Operation next = waiting.FirstOrDefault(operation => operation.Refers.All(ids.ContainsKey) || !operation.Refers.Any(Expected))
                ?? waiting[0];
            waiting = [.. waiting.Where(operation => operation != next)];
            if (idempotencyKey.Length > 0)
            {
                call.Http.Request.Headers["Idempotency-Key"] = $"{idempotencyKey}:{next.Place}";
            }

            ScimAnswer answer = await AnswerAsync(call, next, ids, resources);
            errors += answer.Status >= StatusCodes.Status400BadRequest ? 1 : 0;
            if (next is { Method: "POST", BulkId: { } made } && answer.Body?["id"]?.GetValue<string>() is { } id)
            {
                ids[made] = id;
            }

            answers[next.Place] = Described(next, answer, call.BaseUrl);
        }

        return new ScimAnswer(StatusCodes.Status200OK, new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:BulkResponse"),
            ["Operations"] = new JsonArray([.. answers.Values]),
        });

        bool Expected(string bulkId) => !ids.ContainsKey(bulkId)
            && waiting.Any(operation => operation.Method == "POST" && operation.BulkId == bulkId);
    }

    private static async Task<ScimAnswer> AnswerAsync(
        ScimCall call, Operation operation, Dictionary<string, string> ids, IReadOnlyList<IScimResources> resources)
    {
        try
        {
            if (operation.Refers.FirstOrDefault(bulkId => !ids.ContainsKey(bulkId)) is { } unknown)
            {
                throw new ScimException(StatusCodes.Status409Conflict, "invalidValue", $"Nothing was created under the bulkId {unknown}.");
            }

            string[] path = ((string)Resolved(operation.Path, ids)!).Split('/', StringSplitOptions.RemoveEmptyEntries);
            IScimResources kind = resources.FirstOrDefault(one => path.Length > 0 && one.Type.Endpoint.AsSpan(1).SequenceEqual(path[0]))
                ?? throw new ScimException(StatusCodes.Status404NotFound, null, "path is /Users, /Groups, or one of these with an id.");
            ScimCall.Normalise(call.Http, operation.Version);
            ScimProjection shown = ScimProjection.Of(null, null, kind.Type);
            JsonObject Body() => Resolved(operation.Data, ids) as JsonObject
                ?? throw new ScimException("invalidSyntax", "data is the resource, or the body of the PATCH.");
            return (operation.Method, path) switch
            {
                ("POST", [_]) when operation.BulkId is null => throw new ScimException("invalidSyntax", "A POST has a bulkId."),
                ("POST", [_]) => await kind.CreateAsync(call, Body(), shown),
                ("PUT", [_, var id]) => await kind.ReplaceAsync(call, id, Body(), shown),

                // The example of RFC 7644, 3.7.3 has the operations alone.
                ("PATCH", [_, var id]) => await kind.PatchAsync(
                    call, id, Resolved(operation.Data, ids) is JsonArray alone ? new JsonObject { ["Operations"] = alone } : Body(), shown),
                ("DELETE", [_, var id]) => await kind.DeleteAsync(call, id),
                _ => throw new ScimException(
                    "invalidSyntax", "An operation is a POST to a kind of resource, or a PUT, PATCH or DELETE of one resource."),
            };
        }
        catch (ScimException wrong)
        {
            return ScimError.Of(wrong);
        }
    }

    private static JsonObject Described(Operation operation, ScimAnswer answer, string baseUrl)
    {
        var described = new JsonObject { ["method"] = operation.Method, ["status"] = $"{answer.Status}" };
        ScimValues.Assign(described, "bulkId", operation.BulkId);

        // Only what a POST could not make is nowhere (RFC 7644, 3.7.3).
        ScimValues.Assign(described, "location", answer.Location ?? (operation.Method == "POST" ? null : $"{baseUrl}{operation.Path}"));
        ScimValues.Assign(described, "version", answer.Version);
        if (answer.Status >= StatusCodes.Status400BadRequest)
        {
            described["response"] = answer.Body?.DeepClone();
        }

        return described;
    }

    private static JsonNode? Resolved(JsonNode? node, Dictionary<string, string> ids) => node switch
    {
        JsonObject parts => new JsonObject(parts.Select(part => KeyValuePair.Create(part.Key, Resolved(part.Value, ids)))),
        JsonArray items => new JsonArray([.. items.Select(item => Resolved(item, ids))]),
        _ when node?.GetValueKind() == System.Text.Json.JsonValueKind.String =>
            string.Join('/', ScimText.Of(node).Split('/').Select(part =>
                part.StartsWith(Reference, StringComparison.Ordinal) && ids.TryGetValue(part[Reference.Length..], out string? id) ? id
                    : part)),
        _ => node?.DeepClone(),
    };

    /// <param name="Place">Where it stands in the request.</param>
    /// <param name="Method">POST, PUT, PATCH or DELETE.</param>
    /// <param name="Path">What it is done to.</param>
    /// <param name="BulkId">What other operations call what it makes.</param>
    /// <param name="Version">The entity tag that it is meant for.</param>
    /// <param name="Data">The body.</param>
    /// <param name="Refers">The bulkIds that it names.</param>
    private sealed record Operation(
        int Place, string Method, string Path, string? BulkId, string? Version, JsonNode? Data, IReadOnlyList<string> Refers)
    {
        public static Operation Of(JsonObject given, int place)
        {
            string path = Text("path") ?? "";
            JsonNode? data = given["data"];
            return new(place, (Text("method") ?? "").ToUpperInvariant(), path, Text("bulkId"), Text("version"), data,
                [.. Found(JsonValue.Create(path)).Concat(Found(data)).Distinct()]);

            string? Text(string name) => given[name] is { } value ? ScimText.Of(value) : null;
        }

        private static IEnumerable<string> Found(JsonNode? node) => node switch
        {
            JsonObject parts => parts.SelectMany(part => Found(part.Value)),
            JsonArray items => items.SelectMany(Found),
            _ when node?.GetValueKind() == System.Text.Json.JsonValueKind.String => ScimText.Of(node).Split('/')
                .Where(part => part.StartsWith(Reference, StringComparison.Ordinal)).Select(part => part[Reference.Length..]),
            _ => [],
        };
    }
}
