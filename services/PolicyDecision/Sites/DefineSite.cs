using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Networks;

namespace AccessGov.PolicyDecision.Sites;

/// <summary>Says what a site is, for the first time or anew.</summary>
internal static class DefineSite
{
    private const int ItemsMax = 1000;
    private const int IPv4PrefixMin = 8;
    private const int IPv6PrefixMin = 16;

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(
        string Name, string TimeZone, IReadOnlyList<Hours>? WorkingHours = null, IReadOnlyList<Network>? Networks = null,
        IReadOnlyList<Department>? Departments = null, IReadOnlyList<string>? Archives = null);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Hours(IReadOnlyList<int> Days, string Start, string End);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Network(string Name, string Cidr);

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Department(string Id, string Name);

    public static Outcome<SiteEvent> Decide(Site state, string id, Command command, SiteDirectory sites)
    {
        IReadOnlyList<Hours> hours = command.WorkingHours ?? [];
        IReadOnlyList<Network> networks = command.Networks ?? [];
        IReadOnlyList<Department> departments = command.Departments ?? [];
        IReadOnlyList<string> archives = command.Archives ?? [];
        Refusal? refusal = MalformedSite(id, command) ?? MalformedHours(hours) ?? MalformedNetworks(networks)
            ?? RefusedDepartments(id, departments, sites) ?? RefusedArchives(id, archives, sites);
        if (refusal is not null)
        {
            return refusal;
        }

        var defined = new SiteDefined(
            command.Name, command.TimeZone,
            [.. hours.Select(item => new SiteHours([.. item.Days.Order()], TimeOfDay(item.Start)!.Value, TimeOfDay(item.End)!.Value))],
            [.. networks.Select(item => new SiteNetwork(item.Name, item.Cidr))],
            [.. departments.Select(item => new SiteDepartment(item.Id, item.Name))], [.. archives]);
        return state is Site.Defined { Definition: var before } && Same(before, defined) ? Outcome.NothingToDo<SiteEvent>() : defined;
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/sites/{id}", (string id, Command command, Commands commands, HttpContext http) => commands.RunAsync(
            http, Site.Streams, id, state => Decide(state, id, command, commands.Facts.Sites),
            alongside: SitePlaces.Claim(id, (command.Departments ?? []).Select(department => department.Id), command.Archives ?? [])))
        .RequireAuthorization("sites.manage");

    private static Refusal? MalformedSite(string id, Command command) => command switch
    {
        _ when !Identifiers.IsOwn(id) => new Refusal("site_malformed", "A site's id is 1 to 64 lower case letters, digits and inner hyphens."),
        _ when !Identifiers.IsText(command.Name, 200) => new Refusal("site_malformed", "A site needs a name of at most 200 characters."),
        _ when !TimeZoneInfo.TryFindSystemTimeZoneById(command.TimeZone, out TimeZoneInfo? zone) || !zone.HasIanaId =>
            new Refusal("zone_unknown", "timeZone is the IANA name of a time zone, for example Europe/Vienna."),
        _ => null,
    };

    private static Refusal? MalformedHours(IReadOnlyList<Hours> hours) =>
        hours.Count <= ItemsMax && hours.All(item =>
            item.Days is { Count: > 0 } days && days.All(day => day is >= 1 and <= 7) && days.Distinct().Count() == days.Count
            && TimeOfDay(item.Start) is not null && TimeOfDay(item.End) is not null)
            ? null
            : new Refusal("hours_malformed", "Working hours name days from 1 (Monday) to 7 (Sunday), each once, and a start and an end like 07:00.");

    /// <summary>What is wrong with networks, of a site or of a list.</summary>
    internal static Refusal? MalformedNetworks(IReadOnlyList<Network> networks) => networks switch
    {
        _ when networks.Count > ItemsMax || !networks.All(item => Identifiers.IsText(item.Name, 200)) =>
            new Refusal("network_malformed", $"Networks are at most {ItemsMax}, each with a name of at most 200 characters."),
        _ when networks.FirstOrDefault(item => !Cidr.TryParse(item.Cidr, out _)) is { } bad =>
            new Refusal("network_malformed", $"The network {bad.Name} is not in CIDR notation without host bits, for example 10.1.0.0/16."),
        _ when networks.FirstOrDefault(item => IsTooWide(IPNetwork.Parse(item.Cidr))) is { } wide => new Refusal(
            "network_too_wide",
            $"The network {wide.Name} ({wide.Cidr}) is wider than any hospital's: name the networks that are meant, "
            + $"each /{IPv4PrefixMin} or longer for IPv4 and /{IPv6PrefixMin} or longer for IPv6."),
        _ when networks.DistinctBy(item => item.Name, StringComparer.Ordinal).Count() != networks.Count =>
            new Refusal("network_malformed", "Two of the networks have one name."),
        _ => null,
    };

    private static Refusal? RefusedDepartments(string id, IReadOnlyList<Department> departments, SiteDirectory sites) => departments switch
    {
        _ when departments.Count > ItemsMax || !departments.All(item => Identifiers.IsOwn(item.Id) && Identifiers.IsText(item.Name, 200)) =>
            new Refusal("department_malformed", "A department has a name, and an id of 1 to 64 lower case letters, digits and inner hyphens."),
        _ when departments.DistinctBy(item => item.Id, StringComparer.Ordinal).Count() != departments.Count =>
            new Refusal("department_malformed", "A department is named twice."),
        _ when departments.FirstOrDefault(item => sites.SiteOfDepartment.TryGetValue(item.Id, out SiteFacts? other) && other.Id != id) is { } taken =>
            new Refusal("department_taken", $"The department {taken.Id} belongs to another site: ids of departments are unique over all sites."),
        _ => null,
    };

    private static Refusal? RefusedArchives(string id, IReadOnlyList<string> archives, SiteDirectory sites) => archives switch
    {
        _ when archives.Count > ItemsMax || !archives.All(Identifiers.IsOwn) || archives.Distinct(StringComparer.Ordinal).Count() != archives.Count =>
            new Refusal("archive_malformed", "An archive's id is 1 to 64 lower case letters, digits and inner hyphens, named once."),
        _ when archives.FirstOrDefault(item => sites.SiteOfArchive.TryGetValue(item, out SiteFacts? other) && other.Id != id) is { } taken =>
            new Refusal("archive_taken", $"The archive {taken} belongs to another site."),
        _ => null,
    };

    /// <summary>One typing error such as 0.0.0.0/0 would make the whole internet a known network, and lift every rule that asks for one.</summary>
    private static bool IsTooWide(IPNetwork network) =>
        network.PrefixLength < (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? IPv4PrefixMin : IPv6PrefixMin);

    private static TimeOnly? TimeOfDay(string text) => text switch
    {
        "24:00" => TimeOnly.MinValue,
        _ => TimeOnly.TryParseExact(text, "HH:mm", null, System.Globalization.DateTimeStyles.None, out TimeOnly time) ? time : null,
    };

    private static bool Same(SiteDefined a, SiteDefined b) =>
        a.Name == b.Name && a.TimeZone == b.TimeZone && a.Networks.SequenceEqual(b.Networks) && a.Departments.SequenceEqual(b.Departments)
        && a.Archives.SequenceEqual(b.Archives, StringComparer.Ordinal) && a.WorkingHours.Count == b.WorkingHours.Count
        && a.WorkingHours.Zip(b.WorkingHours).All(pair =>
            pair.First.Start == pair.Second.Start && pair.First.End == pair.Second.End && pair.First.Days.SequenceEqual(pair.Second.Days));
}
