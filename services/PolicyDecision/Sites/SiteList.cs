using System.Collections.Immutable;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Sites;

/// <summary>Reads the sites, in the form in which they are defined.</summary>
internal static class SiteList
{
    public sealed record Item(
        string Id, string Name, string TimeZone, IEnumerable<DefineSite.Hours> WorkingHours, IEnumerable<DefineSite.Network> Networks,
        IEnumerable<DefineSite.Department> Departments, ImmutableArray<string> Archives, long Version);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/sites", (IFacts facts, int? limit, string? after) => Paging.Of(limit, after) is { } paging
            ? Results.Ok(Paging.Page(
                "sites", paging,
                [.. facts.Current.Sites.Sites.Values.OrderBy(site => site.Id, StringComparer.Ordinal)
                    .Where(site => after is null || string.CompareOrdinal(site.Id, after) > 0).Take(paging.Limit).Select(Of)],
                site => site.Id))
            : Commands.Refuse(Paging.Malformed))
        .RequireAuthorization("facts.read");

    private static Item Of(SiteFacts site) => new(
        site.Id, site.Name, site.Zone.Id,
        site.WorkingHours.Select(hours => new DefineSite.Hours([.. hours.Days], $"{hours.Start:HH:mm}", $"{hours.End:HH:mm}")),
        site.Networks.Select(network => new DefineSite.Network(network.Name, network.Network.ToString())),
        site.Departments.Select(id => new DefineSite.Department(id, site.DepartmentNames.GetValueOrDefault(id, id))), site.Archives, site.Version);
}
