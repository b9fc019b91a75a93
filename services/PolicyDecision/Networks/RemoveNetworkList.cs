using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Networks;

/// <summary>Takes a list away: no address is in it from then on.</summary>
internal static class RemoveNetworkList
{
    public static Outcome<NetworkListEvent> Decide(NetworkList state) => state switch
    {
        NetworkList.Defined => new NetworkListRemoved(),
        _ => new Refusal("network_list_unknown", "There is no network list with this id."),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapDelete("/network-lists/{id}", (string id, Commands commands, HttpContext http) => commands.RunAsync(http, NetworkList.Streams, id, Decide))
        .RequireAuthorization("sites.manage");
}
