using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Sites;

namespace AccessGov.PolicyDecision.Networks;

internal abstract record NetworkListEvent;

/// <summary>A list of networks and countries is now this: defined for the first time or anew.</summary>
/// <param name="Description">What the list is for.</param>
/// <param name="Networks">Networks in CIDR notation.</param>
/// <param name="Countries">ISO 3166-1 alpha-2 codes.</param>
[EventName("network_list_defined")]
internal sealed record NetworkListDefined(string Description, IReadOnlyList<SiteNetwork> Networks, IReadOnlyList<string> Countries) : NetworkListEvent;

/// <summary>No address is in the list any more.</summary>
[EventName("network_list_removed")]
internal sealed record NetworkListRemoved : NetworkListEvent;

/// <summary>Where people may come from, by a name that policies use: an allow-list for a reading group, the countries of a fence.</summary>
internal abstract record NetworkList
{
    private NetworkList() { }

    public static StreamKind<NetworkList, NetworkListEvent> Streams { get; } = new("network-list", new NotDefined(), Evolve);

    public static NetworkList Evolve(NetworkList state, NetworkListEvent @event) => (state, @event) switch
    {
        (_, NetworkListDefined e) => new Defined(e),
        (Defined, NetworkListRemoved) => new NotDefined(),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the network list is corrupt."),
    };

    public sealed record NotDefined : NetworkList;

    public sealed record Defined(NetworkListDefined Definition) : NetworkList;
}
