using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Sites;

namespace AccessGov.PolicyDecision.Networks;

/// <summary>Says which networks and countries a list names, for the first time or anew.</summary>
internal static class DefineNetworkList
{
    private const int CountriesMax = 300;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Description, IReadOnlyList<DefineSite.Network>? Networks = null, IReadOnlyList<string>? Countries = null);

    public static Outcome<NetworkListEvent> Decide(NetworkList state, string id, Command command)
    {
        IReadOnlyList<DefineSite.Network> networks = command.Networks ?? [];
        IReadOnlyList<string> countries = command.Countries ?? [];
        if ((Malformed(id, command, countries) ?? DefineSite.MalformedNetworks(networks)) is { } refusal)
        {
            return refusal;
        }

        var defined = new NetworkListDefined(
            command.Description, [.. networks.Select(network => new SiteNetwork(network.Name, network.Cidr))], [.. countries.Order(StringComparer.Ordinal)]);
        return state is NetworkList.Defined { Definition: var before } && before.Description == defined.Description
            && before.Networks.SequenceEqual(defined.Networks) && before.Countries.SequenceEqual(defined.Countries, StringComparer.Ordinal)
            ? Outcome.NothingToDo<NetworkListEvent>()
            : defined;
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/network-lists/{id}", (string id, Command command, Commands commands, HttpContext http) =>
            commands.RunAsync(http, NetworkList.Streams, id, state => Decide(state, id, command)))
        .RequireAuthorization("sites.manage");

    private static Refusal? Malformed(string id, Command command, IReadOnlyList<string> countries) => command switch
    {
        _ when !Identifiers.IsOwn(id) =>
            new Refusal("network_list_malformed", "A network list's id is 1 to 64 lower case letters, digits and inner hyphens."),
        _ when !Identifiers.IsText(command.Description, 1000) =>
            new Refusal("network_list_malformed", "A network list needs a description of at most 1000 characters."),
        _ when countries.Count == 0 && (command.Networks ?? []).Count == 0 =>
            new Refusal("network_list_malformed", "A network list names a network or a country at least: delete the list if nothing is to be in it."),
        _ when countries.Count > CountriesMax || !countries.All(CountryTable.IsCode) || countries.Distinct(StringComparer.Ordinal).Count() != countries.Count =>
            new Refusal("country_malformed", "A country is its ISO 3166-1 code of two capital letters, for example AT, named once."),
        _ => null,
    };
}
