using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Sites;

namespace AccessGov.PolicyDecision.Networks;

/// <summary>Reads the network lists, in the form in which they are defined.</summary>
internal static class NetworkListView
{
    public sealed record Item(string Id, string Description, IEnumerable<DefineSite.Network> Networks, IEnumerable<string> Countries, long Version);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/network-lists", (IFacts facts, int? limit, string? after) => Paging.Of(limit, after) is { } paging
            ? Results.Ok(Paging.Page(
                "networkLists", paging,
                [.. facts.Current.NetworkLists.Where(list => after is null || string.CompareOrdinal(list.Id, after) > 0).Take(paging.Limit).Select(Of)],
                list => list.Id))
            : Commands.Refuse(Paging.Malformed))
        .RequireAuthorization("facts.read");

    private static Item Of(NetworkListFacts list) => new(
        list.Id, list.Description, list.Networks.Select(network => new DefineSite.Network(network.Name, network.Network.ToString())), list.Countries, list.Version);
}
