using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Sites;

internal abstract record SiteEvent;

/// <summary>A site is now this: defined for the first time or anew.</summary>
[EventName("site_defined")]
internal sealed record SiteDefined(
    string Name, string TimeZone, IReadOnlyList<SiteHours> WorkingHours, IReadOnlyList<SiteNetwork> Networks,
    IReadOnlyList<SiteDepartment> Departments, IReadOnlyList<string> Archives) : SiteEvent;

/// <summary>Working hours on some days (1 = Monday .. 7 = Sunday); an end that is not after the start lies on the next day.</summary>
internal sealed record SiteHours(IReadOnlyList<int> Days, TimeOnly Start, TimeOnly End);

/// <summary>A network of the site in CIDR notation.</summary>
internal sealed record SiteNetwork(string Name, string Cidr);

internal sealed record SiteDepartment(string Id, string Name);

/// <summary>What a site is.</summary>
internal abstract record Site
{
    private Site() { }

    public static StreamKind<Site, SiteEvent> Streams { get; } = new("site", new NotDefined(), Evolve);

    public static Site Evolve(Site state, SiteEvent @event) => @event switch
    {
        SiteDefined e => new Defined(e),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the site is corrupt."),
    };

    public sealed record NotDefined : Site;

    public sealed record Defined(SiteDefined Definition) : Site;
}
