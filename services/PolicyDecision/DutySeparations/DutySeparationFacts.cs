using System.Collections.Immutable;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.DutySeparations;

/// <summary>A moment at which a subject holds more of a rule's roles than it may.</summary>
internal sealed record DutyViolation(DateTimeOffset At, IReadOnlyList<string> Roles, IReadOnlyList<string> Grants);

/// <summary>A rule of separated duties.</summary>
internal sealed record DutySeparationFacts(string Id, string Description, ImmutableArray<string> Roles, int AtMost, GrantScope Scope, long Version)
{
    public bool Names(string role) => Roles.Contains(role);

    /// <summary>The first moment from now on at which the grants break the rule; null when they never do. What is over is over.</summary>
    /// <param name="grants">Grants of one subject.</param>
    /// <param name="sites">Which departments lie at which site.</param>
    /// <param name="now">Now.</param>
    /// <param name="during">Only moments of this grant count; null for all.</param>
    public DutyViolation? FirstViolation(IEnumerable<GrantFact> grants, SiteDirectory sites, DateTimeOffset now, GrantFact? during = null)
    {
        GrantFact[] concerned = [.. grants.Where(grant => Names(grant.Role) && Meets(grant.Scope, sites) && (grant.Until is null || now < grant.Until))];

        // The number of roles held grows only when a grant begins.
        foreach (DateTimeOffset at in concerned.Select(grant => grant.From > now ? grant.From : now).Distinct().Order())
        {
            GrantFact[] active = during is null || during.Value.IsActive(at) ? [.. concerned.Where(grant => grant.IsActive(at))] : [];
            string[] roles = [.. active.Select(grant => grant.Role).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            if (roles.Length > AtMost)
            {
                return new DutyViolation(at, roles, [.. active.Select(grant => grant.GrantId).Order(StringComparer.Ordinal)]);
            }
        }

        return null;
    }

    /// <summary>Whether a grant of that scope may hold where the rule does. A patient's studies may lie at any site and in any department.</summary>
    public bool Meets(GrantScope grant, SiteDirectory sites) => (Scope.Kind, grant.Kind) switch
    {
        (GrantScopeKind.Everywhere, _) or (_, GrantScopeKind.Everywhere) => true,
        _ when Scope.Kind == grant.Kind => Scope.Id == grant.Id,
        (GrantScopeKind.Patient, _) or (_, GrantScopeKind.Patient) => true,
        (GrantScopeKind.Site, _) => SiteOf(grant.Id, sites) == Scope.Id,
        _ => SiteOf(Scope.Id, sites) == grant.Id,
    };

    private static string? SiteOf(string? department, SiteDirectory sites) => department is null ? null : sites.SiteOfDepartment.GetValueOrDefault(department)?.Id;
}
