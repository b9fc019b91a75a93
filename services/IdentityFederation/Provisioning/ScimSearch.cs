using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>
/// A search over all kinds of resources (RFC 7644, 3.4.3): one kind after the other; what a kind does not have, nothing of it has.
/// </summary>
internal static class ScimSearch
{
    public static void Map(RouteGroupBuilder routes, IReadOnlyList<IScimResources> resources)
    {
        routes.MapPost("/.search", (HttpContext http, ProvisioningClients clients) => ScimEndpoints.AnswerAsync(http, clients, async call =>
            new ScimAnswer(StatusCodes.Status200OK, await RunAsync(call, await ScimEndpoints.BodyAsync(http), resources))));
        ScimEndpoints.RefuseOthers(routes, "/.search", "POST");
    }

    private static async Task<JsonObject> RunAsync(ScimCall call, JsonObject search, IReadOnlyList<IScimResources> resources)
    {
        var queries = new List<(IScimResources Resources, ScimQuery Query)>();
        ScimException? wrong = null;
        foreach (IScimResources kind in resources)
        {
            try
            {
                queries.Add((kind, ScimQuery.Of(search, kind.Type)));
            }
            catch (ScimException unreadable)
            {
                wrong = unreadable;
            }
        }

        if (queries.Count == 0)
        {
            throw wrong!;
        }

        ScimQuery whole = queries[0].Query;
        var found = new List<JsonObject>();
        long total = 0;
        foreach ((IScimResources kind, ScimQuery query) in queries)
        {
            // The page goes on in the next kind where the one before ends.
            int start = (int)Math.Max(1, whole.Start - total);
            JsonObject list = await kind.ListAsync(call, query with { Start = start, Count = whole.Count - found.Count });
            total += list["totalResults"]!.GetValue<long>();
            found.AddRange(list["Resources"]!.AsArray().Select(one => (JsonObject)one!.DeepClone()));
        }

        return whole.Page(total, found);
    }
}
