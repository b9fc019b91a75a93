using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.People;
using Npgsql;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>
/// Many operations in one request (RFC 7644, 3.7). Each is carried out by itself, and several side by side where that makes no difference.
/// </summary>
internal static class ScimBulk
{
    public const int OperationsMax = 1_000;

    private const int AtOnceMax = 8;

    public static void Map(RouteGroupBuilder routes, IReadOnlyList<IScimResources> resources)
    {
        routes.MapPost("/Bulk", (HttpContext http, ProvisioningClients clients, NpgsqlDataSource database) =>
            ScimEndpoints.AnswerAsync(http, clients, async call =>
                await AnswerAsync(call, await ScimEndpoints.BodyAsync(http), resources, database)));
        ScimEndpoints.RefuseOthers(routes, "/Bulk", "POST");
    }

    private static async Task<ScimAnswer> AnswerAsync(
        ScimCall call, JsonObject body, IReadOnlyList<IScimResources> resources, NpgsqlDataSource database)
    {
        if (body["Operations"] is not JsonArray given || given.Any(operation => operation is not JsonObject))
        {
            throw new ScimException("invalidSyntax", "A bulk request has a list of Operations.");
        }

        if (given.Count > OperationsMax)
        {
            throw new ScimException(
                StatusCodes.Status413PayloadTooLarge, null,
                $"A bulk request has at most {OperationsMax} operations; this one has {given.Count}.");
        }

        int errorsMax = body["failOnErrors"] is { } limit && int.TryParse(ScimText.Of(limit), out int most) && most > 0 ? most
            : int.MaxValue;
        ScimBulkOperation[] operations = [.. given.Select((operation, place) => ScimBulkOperation.Of((JsonObject)operation!, place))];
        if (operations.Where(operation => operation.BulkId is not null).GroupBy(operation => operation.BulkId, StringComparer.Ordinal)
            .FirstOrDefault(same => same.Count() > 1) is { Key: { } twice })
        {
            throw new ScimException("invalidSyntax", $"The bulkId {twice} stands there more than once: which of them is meant?");
        }

        ILookup<string, string> keys = await KeysAsync(operations, database, call.Cancellation);
        IReadOnlyList<Done> done = await RunAsync(call, ScimBulkOrder.Of(operations, keys), errorsMax, resources);
        Tell(call.Http, done);
        return new ScimAnswer(StatusCodes.Status200OK, new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:BulkResponse"),
            ["Operations"] = new JsonArray([.. done.OrderBy(one => one.Operation.Place).Select(one => Described(one, call.BaseUrl))]),
        });
    }

    /// <summary>What the resources are called that are named, and as what the names are compared that are given.</summary>
    private static async Task<ILookup<string, string>> KeysAsync(
        ScimBulkOperation[] operations, NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"""
            select id, user_name_key from person_directory where id = any ($1)
            union all select id, {PersonDirectory.Key("external_id")} from person_directory where id = any ($1) and external_id is not null
            union all select id, display_name_key from group_directory where id = any ($1)
            union all select name, {PersonDirectory.Key("name")} from unnest($2) name
            """);
        command.Parameters.Add(new() { Value = operations.Select(operation => operation.Resource).OfType<string>().Distinct().ToArray() });
        command.Parameters.Add(new() { Value = operations.SelectMany(operation => operation.Names).Distinct().ToArray() });
        return (await ReadModelRows.ReadAsync(command, row => (Of: row.GetString(0), Key: row.GetString(1)), cancellation))
            .ToLookup(row => row.Of, row => row.Key, StringComparer.Ordinal);
    }

    private static async Task<IReadOnlyList<Done>> RunAsync(
        ScimCall call, IReadOnlyList<ScimBulkOrder.Step> order, int errorsMax, IReadOnlyList<IScimResources> resources)
    {
        var ids = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var begun = new Dictionary<int, Task<Done>>();
        List<Task<Done>> underWay = [];
        int errors = 0;
        try
        {
            foreach (ScimBulkOrder.Step step in order)
            {
                // No more at once than may still fail: what follows the last error that is allowed is not even begun.
                while (underWay.Count > 0 && underWay.Count >= Math.Min(AtOnceMax, errorsMax - errors))
                {
                    Task<Done> ended = await Task.WhenAny(underWay);
                    underWay.Remove(ended);
                    errors += (await ended).Failed ? 1 : 0;
                }

                if (errors >= errorsMax)
                {
                    break;
                }

                Task before = Task.WhenAll(step.After.Select(place => begun[place]));
                underWay.Add(begun[step.Operation.Place] = RunAsync(call, step.Operation, before, ids, resources));
            }
        }
        finally
        {
            // Whoever has gone away leaves nothing under way that would use the request after its end.
            await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await Task.WhenAll(begun.Values);
    }

    private static async Task<Done> RunAsync(
        ScimCall call, ScimBulkOperation operation, Task before, ConcurrentDictionary<string, string> ids,
        IReadOnlyList<IScimResources> resources)
    {
        await before;
        ScimCall own = OwnCall(call, operation);
        ScimAnswer answer;
        try
        {
            answer = await CarryOutAsync(own, operation, ids, resources);
        }
        catch (ScimException wrong)
        {
            answer = ScimError.Of(wrong);
        }

        if (operation is { Method: "POST", BulkId: { } made } && answer.Body?["id"]?.GetValue<string>() is { } id)
        {
            ids[made] = id;
        }

        return new(operation, operation.PathWith(ids), answer, own.Http.Response.Headers);
    }

    /// <summary>A request of its own: what a command reads and says in headers is not that of those beside it.</summary>
    private static ScimCall OwnCall(ScimCall call, ScimBulkOperation operation)
    {
        HttpContext whole = call.Http;
        var own = new DefaultHttpContext
        {
            User = whole.User, RequestServices = whole.RequestServices, RequestAborted = whole.RequestAborted,
            TraceIdentifier = whole.TraceIdentifier,
        };
        own.Connection.RemoteIpAddress = whole.Connection.RemoteIpAddress;
        (own.Request.Method, own.Request.Path) = (whole.Request.Method, whole.Request.Path);
        own.Features.Set(whole.Features.Get<CommandBody>());
        if (Caller.IdempotencyKey(whole, operation.Place) is { } key)
        {
            own.Request.Headers["Idempotency-Key"] = key;
        }

        ScimCall.Normalise(own, operation.Version);
        return call with { Http = own };
    }

    private static Task<ScimAnswer> CarryOutAsync(
        ScimCall call, ScimBulkOperation operation, ConcurrentDictionary<string, string> ids, IReadOnlyList<IScimResources> resources)
    {
        if (operation.Wrong is { } wrong)
        {
            throw wrong;
        }

        if (operation.Refers.FirstOrDefault(bulkId => !ids.ContainsKey(bulkId)) is { } unknown)
        {
            throw new ScimException(StatusCodes.Status409Conflict, "invalidValue", $"Nothing was created under the bulkId {unknown}.");
        }

        string[] path = ScimBulkOperation.Segments((string)ScimBulkOperation.Resolved(operation.Path, ids)!);
        IScimResources kind = resources.FirstOrDefault(one => path.Length > 0 && one.Type.Endpoint.AsSpan(1).SequenceEqual(path[0]))
            ?? throw new ScimException(StatusCodes.Status404NotFound, null, "path is /Users, /Groups, or one of these with an id.");
        ScimProjection shown = ScimProjection.Of(null, null, kind.Type);
        JsonNode? data = ScimBulkOperation.Resolved(operation.Data, ids);
        JsonObject Body() => data as JsonObject
            ?? throw new ScimException("invalidSyntax", "data is the resource, or the body of the PATCH.");
        return (operation.Method, path) switch
        {
            ("POST", [_]) when operation.BulkId is null => throw new ScimException("invalidSyntax", "A POST has a bulkId."),
            ("POST", [_]) => kind.CreateAsync(call, Body(), shown),
            ("PUT", [_, var id]) => kind.ReplaceAsync(call, id, Body(), shown),

            // The example of RFC 7644, 3.7.3 has the operations alone.
            ("PATCH", [_, var id]) => kind.PatchAsync(
                call, id, data is JsonArray alone ? new JsonObject { ["Operations"] = alone } : Body(), shown),
            ("DELETE", [_, var id]) => kind.DeleteAsync(call, id),
            _ => throw new ScimException(
                "invalidSyntax", "An operation is a POST to a kind of resource, or a PUT, PATCH or DELETE of one resource."),
        };
    }

    /// <summary>Says at which position everything is known, where that is known, and when to try again what may pass.</summary>
    private static void Tell(HttpContext http, IReadOnlyList<Done> done)
    {
        long[] positions =
        [
            .. done.Select(one => long.TryParse(one.Headers[CommandRunner.PositionHeader], CultureInfo.InvariantCulture, out long position)
                ? position : one.Failed ? 0 : long.MaxValue),
        ];
        if (positions.DefaultIfEmpty().Max() is > 0 and < long.MaxValue and var reached)
        {
            http.Response.Headers[CommandRunner.PositionHeader] = $"{reached}";
        }

        http.Response.Headers.RetryAfter = done.Select(one => one.Headers.RetryAfter).FirstOrDefault(after => after.Count > 0);
    }

    private static JsonObject Described(Done done, string baseUrl)
    {
        (ScimBulkOperation operation, string? path, ScimAnswer answer, _) = done;
        var described = new JsonObject { ["method"] = operation.Method, ["status"] = $"{answer.Status}" };
        ScimValues.Assign(described, "bulkId", operation.BulkId);

        // What was not made is nowhere (RFC 7644, 3.7.3).
        ScimValues.Assign(described, "location", answer.Location ?? (operation.Method == "POST" || path is null ? null : $"{baseUrl}{path}"));
        ScimValues.Assign(described, "version", answer.Version);
        if (done.Failed)
        {
            described["response"] = answer.Body?.DeepClone();
        }

        return described;
    }

    /// <param name="Operation">What was to be done.</param>
    /// <param name="Path">To what; null when that was not made.</param>
    /// <param name="Answer">How it ended.</param>
    /// <param name="Headers">What was said beside it.</param>
    private sealed record Done(ScimBulkOperation Operation, string? Path, ScimAnswer Answer, IHeaderDictionary Headers)
    {
        public bool Failed => Answer.Status >= StatusCodes.Status400BadRequest;
    }
}
