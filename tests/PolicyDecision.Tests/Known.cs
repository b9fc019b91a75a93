using System.Collections.Immutable;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Tests;

/// <summary>Facts that rules are asked with.</summary>
internal static class Known
{
    public static readonly SiteFacts North = new("north", "North", TimeZoneInfo.Utc, [], [], ["north-radiology"], ["orthanc"]);

    public static readonly FactsSnapshot Facts = FactsSnapshot.Empty with
    {
        Roles = FactsSnapshot.Empty.Roles
            .Add("radiologist", new RoleFacts("radiologist", "Reads images", [], false, null))
            .Add("locum", new RoleFacts("locum", "Stands in", [], false, 30)),
        RetiredRoles = FactsSnapshot.Empty.RetiredRoles.Add("scribe"),
        Sites = new SiteDirectory(Of("north"), Of("north-radiology"), Of("orthanc")),
    };

    private static ImmutableDictionary<string, SiteFacts> Of(string id) => ImmutableDictionary<string, SiteFacts>.Empty.Add(id, North);
}
