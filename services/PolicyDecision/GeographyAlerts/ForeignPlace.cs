using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.GeographyAlerts;

/// <summary>A site or a country in which a person is not at home.</summary>
/// <param name="Kind">site or country.</param>
/// <param name="Id">The site's id, or the country's code.</param>
internal sealed record ForeignPlace(string Kind, string Id)
{
    /// <summary>
    /// The place from which somebody asked, where that is not their home; null where it is, or where nobody can say. At home are people at
    /// the sites that their grants name (at all sites when none is named, or one grant holds everywhere), and in the network lists that
    /// have the id of such a site or of their organisation. A country that is not known is no match, and no reason for an alert. Pure.
    /// </summary>
    /// <param name="origin">From where the person asked.</param>
    /// <param name="person">What the person holds.</param>
    /// <param name="organisation">Where the person comes from; null when that is not known.</param>
    /// <param name="facts">Sites and network lists.</param>
    /// <param name="at">When the person asked.</param>
    public static ForeignPlace? Of(
        DecisionOrigin origin, SubjectFacts person, string? organisation, FactsSnapshot facts, DateTimeOffset at)
    {
        HashSet<string>? named = SitesOf(person, facts.Sites, at);
        if (origin.Site is { } site)
        {
            return named is null || named.Contains(site) ? null : new ForeignPlace("site", site);
        }

        if (origin.Country is not { } country || origin.NetworkLists.Any(IsHome))
        {
            return null;
        }

        // Where no list says in which countries the person is at home, none is foreign.
        string[] countries = [.. facts.NetworkLists.Where(list => IsHome(list.Id)).SelectMany(list => list.Countries)];
        return countries.Length == 0 || countries.Contains(country, StringComparer.Ordinal) ? null : new ForeignPlace("country", country);

        bool IsHome(string list) => string.Equals(list, organisation, StringComparison.Ordinal)
            || (named?.Contains(list) ?? facts.Sites.Sites.ContainsKey(list));
    }

    /// <summary>The sites that the grants in force name; null when they stand for all.</summary>
    private static HashSet<string>? SitesOf(SubjectFacts person, SiteDirectory sites, DateTimeOffset at)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (GrantFact grant in person.Grants.Where(grant => grant.IsActive(at)))
        {
            string? site = grant.Scope switch
            {
                { Kind: GrantScopeKind.Site, Id: { } id } => id,
                { Kind: GrantScopeKind.Department, Id: { } id } => sites.SiteOfDepartment.GetValueOrDefault(id)?.Id,
                _ => null,
            };
            if (grant.Scope.Kind == GrantScopeKind.Everywhere)
            {
                return null;
            }

            if (site is not null)
            {
                named.Add(site);
            }
        }

        return named.Count == 0 ? null : named;
    }
}
