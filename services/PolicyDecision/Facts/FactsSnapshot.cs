using System.Collections.Immutable;
using System.Net;
using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.Networks;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>What the evaluator knows from the streams, up to a position: immutable, swapped as a whole.</summary>
internal sealed record FactsSnapshot(
    long Position,
    PublishedPolicies? Policies,
    ShardedMap<SubjectKey, SubjectFacts> Subjects,
    ShardedMap<string, PatientFacts> Patients,
    ImmutableDictionary<string, RoleFacts> Roles,
    SiteDirectory Sites)
{
    public static FactsSnapshot Empty { get; } = new(
        0, null, ShardedMap<SubjectKey, SubjectFacts>.Empty, ShardedMap<string, PatientFacts>.Empty,
        ImmutableDictionary.Create<string, RoleFacts>(StringComparer.Ordinal), SiteDirectory.Empty);

    /// <summary>The roles that may be asked for, in the order of their ids.</summary>
    public ImmutableArray<RoleFacts> RequestableRoles { get; init; } = [];

    /// <summary>The roles that are taken in an emergency, in the order of their ids.</summary>
    public ImmutableArray<RoleFacts> EmergencyRoles { get; init; } = [];

    /// <summary>The network lists, in the order of their ids.</summary>
    public ImmutableArray<NetworkListFacts> NetworkLists { get; init; } = [];

    /// <summary>The rules of separated duties, in the order of their ids.</summary>
    public ImmutableArray<DutySeparationFacts> DutySeparations { get; init; } = [];

    /// <summary>In which country an address is: of a file, and no part of the streams.</summary>
    public CountryTable Countries { get; init; } = CountryTable.Empty;

    /// <summary>Roles that were retired: they are not in <see cref="Roles"/>, and grants of them have no effect.</summary>
    public ImmutableHashSet<string> RetiredRoles { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);
}

/// <summary>A person or a machine, by Cedar type ("User", "Service") and id.</summary>
internal readonly record struct SubjectKey(string Type, string Id);

/// <summary>
/// What is known of one subject. Expired grants may still be in it: whoever reads compares with the time of the decision.
/// </summary>
internal sealed class SubjectFacts(ImmutableArray<GrantFact> grants, ImmutableArray<TimedPatient> family, string? selfPatientId)
{
    // A decision walks all grants of a subject to find the few that cover its resource: it walks these, which lie in a cache line or two.
    private readonly int[] scopes = [.. grants.Select(grant => grant.Scope.GetHashCode())];

    public static SubjectFacts None { get; } = new([], [], null);

    public ImmutableArray<GrantFact> Grants => grants;

    public ImmutableArray<TimedPatient> Family => family;

    public string? SelfPatientId => selfPatientId;

    /// <summary>Whether security keeps them out.</summary>
    public bool Suspended { get; init; }

    /// <summary>Whether they do not work here any more.</summary>
    public bool Left { get; init; }

    /// <summary>Whether their account is locked.</summary>
    public bool Locked { get; init; }

    /// <summary>The same subject with other grants.</summary>
    public SubjectFacts Holding(ImmutableArray<GrantFact> others) =>
        new(others, family, selfPatientId) { Suspended = Suspended, Left = Left, Locked = Locked };

    /// <summary>
    /// The index in <see cref="Grants"/> of the first grant of that scope, at <paramref name="from"/> or after it; -1 when there is none.
    /// </summary>
    public int NextGrant(in GrantScope scope, int from)
    {
        int hash = scope.GetHashCode();
        while (true)
        {
            int found = scopes.AsSpan(from).IndexOf(hash);
            if (found < 0 || grants[from + found].Scope == scope)
            {
                return found < 0 ? found : from + found;
            }

            from += found + 1;
        }
    }
}

/// <summary>A value, so that the grants of a subject lie side by side in memory: a decision walks them all.</summary>
internal readonly record struct GrantFact(string GrantId, string Role, GrantScope Scope, DateTimeOffset From, DateTimeOffset? Until, bool ReadOnly, bool ByEmergency = false)
{
    public bool IsActive(DateTimeOffset now) => From <= now && (Until is null || now < Until);
}

internal enum GrantScopeKind { Everywhere, Site, Department, Patient }

/// <summary>Where a grant holds; <see cref="Id"/> is absent for everywhere.</summary>
internal readonly record struct GrantScope(GrantScopeKind Kind, string? Id)
{
    public bool Equals(GrantScope other) => Kind == other.Kind && string.Equals(Id, other.Id, StringComparison.Ordinal);

    public override int GetHashCode() => (Id is null ? 0 : Id.GetHashCode(StringComparison.Ordinal)) ^ (int)Kind;
}

internal sealed record TimedPatient(string RelationId, string PatientId, DateTimeOffset From, DateTimeOffset? Until);

internal sealed record TimedUser(string RelationId, string UserId, DateTimeOffset From, DateTimeOffset? Until)
{
    public bool IsActive(DateTimeOffset now) => From <= now && (Until is null || now < Until);
}

internal sealed record PatientFacts(ImmutableArray<TimedUser> CareTeam, ImmutableArray<TimedUser> Referrals, bool IsStaff)
{
    public static PatientFacts None { get; } = new([], [], false);

    /// <summary>The patient as policies see it, until a relation begins or ends.</summary>
    public PatientAttributes AttributesAt(DateTimeOffset now)
    {
        PatientAttributes? known = attributes;
        return known is not null && known.HoldAt(now) ? known : attributes = PatientAttributes.Of(this, now);
    }

    private PatientAttributes? attributes;
}

internal sealed record RoleFacts(string Id, string Description, ImmutableArray<string> Permissions, bool ReadOnly, int? GrantDaysMax)
{
    /// <summary>The version of the role's stream, for <c>If-Match</c>.</summary>
    public long Version { get; init; }

    /// <summary>The longest a grant may run that was asked for; null when the role cannot be asked for.</summary>
    public int? RequestHoursMax { get; init; }

    /// <summary>The role of those who decide requests.</summary>
    public string? RequestApprover { get; init; }

    /// <summary>The longest a grant may run that was taken in an emergency; null when the role is not taken so.</summary>
    public int? EmergencyHoursMax { get; init; }

    /// <summary>The roles whose holders may take it in an emergency.</summary>
    public ImmutableArray<string> EmergencyInvokers { get; init; } = [];
}

/// <summary>Sites with their zones, hours, networks, departments and archives, with the look-ups that a decision needs.</summary>
internal sealed record SiteDirectory(
    ImmutableDictionary<string, SiteFacts> Sites,
    ImmutableDictionary<string, SiteFacts> SiteOfDepartment,
    ImmutableDictionary<string, SiteFacts> SiteOfArchive)
{
    /// <summary>The networks of all sites, in the order of the sites' ids.</summary>
    public ImmutableArray<(SiteFacts Site, NamedNetwork Named)> Networks { get; } =
        [.. Sites.Values.OrderBy(site => site.Id, StringComparer.Ordinal).SelectMany(site => site.Networks.Select(network => (site, network)))];

    public static SiteDirectory Empty { get; } = new(
        ImmutableDictionary.Create<string, SiteFacts>(StringComparer.Ordinal), ImmutableDictionary.Create<string, SiteFacts>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, SiteFacts>(StringComparer.Ordinal));
}

internal sealed record SiteFacts(
    string Id, string Name, TimeZoneInfo Zone, ImmutableArray<WorkingHours> WorkingHours, ImmutableArray<NamedNetwork> Networks,
    ImmutableArray<string> Departments, ImmutableArray<string> Archives)
{
    /// <summary>What the departments are called, by id.</summary>
    public ImmutableDictionary<string, string> DepartmentNames { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The version of the site's stream, for <c>If-Match</c>.</summary>
    public long Version { get; init; }
}

/// <summary>Hours on some days (1 = Monday .. 7 = Sunday), at the site; an end that is not after the start lies on the next day.</summary>
internal sealed record WorkingHours(ImmutableArray<int> Days, TimeOnly Start, TimeOnly End);

internal sealed record NamedNetwork(string Name, IPNetwork Network)
{
    public bool Contains(IPAddress address) => Network.BaseAddress.AddressFamily == address.AddressFamily && Network.Contains(address);
}

/// <summary>Where people may come from, by a name that policies use.</summary>
internal sealed record NetworkListFacts(string Id, string Description, ImmutableArray<NamedNetwork> Networks, ImmutableArray<string> Countries, long Version)
{
    public bool Contains(IPAddress address, string? country)
    {
        foreach (NamedNetwork network in Networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return country is not null && Countries.Contains(country);
    }
}
