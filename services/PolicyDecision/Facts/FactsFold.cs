using System.Collections.Immutable;
using System.Net;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Networks;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.PolicyDrafts;
using AccessGov.PolicyDecision.Relations;
using AccessGov.PolicyDecision.Roles;
using AccessGov.PolicyDecision.Sites;
using AccessGov.PolicyDecision.Users;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>
/// Folds events into snapshots. Whom a batch touches is opened once, changed in place and closed again when the snapshot is taken, so that
/// reading a whole store costs as much as its events. Used by one thread; the snapshots are immutable.
/// </summary>
/// <param name="policySet">The name of the policy set in force; others are kept in the store only.</param>
internal sealed class FactsFold(string policySet)
{
    private readonly OpenSubjects subjects = new();
    private readonly OpenPatients patients = new();
    private readonly SortedDictionary<string, SiteFacts> sites = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, NetworkListFacts> networkLists = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, DutySeparationFacts> dutySeparations = new(StringComparer.Ordinal);
    private FactsSnapshot last = FactsSnapshot.Empty;
    private ImmutableDictionary<string, RoleFacts> roles = FactsSnapshot.Empty.Roles;
    private ImmutableHashSet<string> retired = FactsSnapshot.Empty.RetiredRoles;
    private (int Version, string Hash, ParsedPolicies Parsed)? published;
    private bool sitesChanged;
    private bool policiesChanged;

    /// <summary>The position of the last event folded.</summary>
    public long Position { get; private set; }

    /// <summary>Why the policies of the last snapshot are not the newest; null when they are.</summary>
    public string? PoliciesFault { get; private set; }

    /// <exception cref="InvalidOperationException">
    /// An event that cannot be there: from here on nothing may be concluded from this fold.
    /// </exception>
    public void Apply(StoredEvent stored)
    {
        switch (stored.Data)
        {
            case GrantEvent grant:
                subjects.Apply(Grant.Streams.IdOf(stored.StreamId), grant);
                break;
            case RelationEvent relation:
                string relationId = Relation.Streams.IdOf(stored.StreamId);
                subjects.Apply(relationId, relation);
                patients.Apply(relationId, relation);
                break;
            case RoleEvent role:
                Apply(Role.Streams.IdOf(stored.StreamId), role, stored.Version);
                break;
            case SiteDefined site:
                string siteId = Site.Streams.IdOf(stored.StreamId);
                sites[siteId] = Facts(siteId, site, stored.Version);
                sitesChanged = true;
                break;
            case SuspensionEvent suspension:
                subjects.Apply(Suspension.Streams.IdOf(stored.StreamId), suspension);
                break;
            case DepartureEvent departure:
                subjects.Apply(Departure.Streams.IdOf(stored.StreamId), departure);
                break;
            case AccountLockEvent change:
                subjects.Apply(AccountLock.Streams.IdOf(stored.StreamId), change);
                break;
            case AccessRequestEvent:
                // What was asked for is no fact; what was given is a grant.
                break;
            case NetworkListEvent networks:
                Apply(NetworkList.Streams.IdOf(stored.StreamId), networks, stored.Version);
                break;
            case DutySeparationEvent duties:
                Apply(DutySeparation.Streams.IdOf(stored.StreamId), duties, stored.Version);
                break;
            case PolicySetEvent policies:
                Apply(PolicyVersions.Streams.IdOf(stored.StreamId), policies);
                break;
            case PolicyDraftEvent:
                // What is only proposed decides nothing.
                break;
            default:
                throw new InvalidOperationException($"The facts do not know the event {stored.Name} at position {stored.Position}.");
        }

        Position = stored.Position;
    }

    /// <summary>Everything folded so far. Policies are compiled here, and only when a policy or a role has changed.</summary>
    public FactsSnapshot Snapshot()
    {
        last = last with
        {
            Position = Position,
            Subjects = subjects.CloseInto(last.Subjects),
            Patients = patients.CloseInto(last.Patients),
            NetworkLists = [.. networkLists.Values],
            DutySeparations = [.. dutySeparations.Values],
            Roles = roles,
            RequestableRoles = policiesChanged
                ? [.. roles.Values.Where(role => role.RequestHoursMax is not null).OrderBy(role => role.Id, StringComparer.Ordinal)]
                : last.RequestableRoles,
            EmergencyRoles = policiesChanged
                ? [.. roles.Values.Where(role => role.EmergencyHoursMax is not null).OrderBy(role => role.Id, StringComparer.Ordinal)]
                : last.EmergencyRoles,
            RetiredRoles = retired,
            Sites = sitesChanged ? Directory() : last.Sites,
            Policies = policiesChanged ? Compile() : last.Policies,
        };
        sitesChanged = policiesChanged = false;
        return last;
    }

    private void Apply(string id, RoleEvent role, long version)
    {
        policiesChanged = true;
        switch (role)
        {
            case RoleDefined e:
                roles = roles.SetItem(id, new RoleFacts(id, e.Description, [.. e.Permissions], e.ReadOnly, e.GrantDaysMax)
                {
                    Version = version, RequestHoursMax = e.RequestHoursMax, RequestApprover = e.RequestApprover,
                    EmergencyHoursMax = e.EmergencyHoursMax, EmergencyInvokers = [.. e.EmergencyInvokers ?? []],
                });
                break;
            case RoleRetired:
                roles = roles.Remove(id);
                retired = retired.Add(id);
                subjects.Retire(id);
                break;
            default:
                throw new InvalidOperationException($"The facts do not know the event {role.GetType().Name}.");
        }
    }

    private void Apply(string id, NetworkListEvent networks, long version)
    {
        switch (networks)
        {
            case NetworkListDefined e:
                networkLists[id] = new NetworkListFacts(
                    id, e.Description, [.. e.Networks.Select(network => new NamedNetwork(network.Name, IPNetwork.Parse(network.Cidr)))], [.. e.Countries], version);
                break;
            case NetworkListRemoved:
                networkLists.Remove(id);
                break;
            default:
                throw new InvalidOperationException($"The facts do not know the event {networks.GetType().Name}.");
        }
    }

    private void Apply(string id, DutySeparationEvent duties, long version)
    {
        switch (duties)
        {
            case DutySeparationDefined e:
                dutySeparations[id] = new DutySeparationFacts(
                    id, e.Description, [.. e.Roles], e.AtMost, new GrantScope(e.ScopeKind ?? GrantScopeKind.Everywhere, e.ScopeId), version);
                break;
            case DutySeparationRemoved:
                dutySeparations.Remove(id);
                break;
            default:
                throw new InvalidOperationException($"The facts do not know the event {duties.GetType().Name}.");
        }
    }

    private void Apply(string name, PolicySetEvent policies)
    {
        if (name != policySet)
        {
            return;
        }

        policiesChanged = true;
        published = policies switch
        {
            PolicySetPublished e => (e.Version, e.Hash, PolicyCompiler.Parse(e.Files)),
            PolicySetRolledBack e => (e.Version, e.Hash, PolicyCompiler.Parse(e.Files)),
            _ => throw new InvalidOperationException($"The facts do not know the event {policies.GetType().Name}."),
        };
    }

    /// <summary>A set was sound when it was published. If it is not so for the engine of today, the last good one stays in force.</summary>
    private PublishedPolicies? Compile()
    {
        if (published is not { } set)
        {
            return null;
        }

        if (set.Parsed.Faults is [var fault, ..])
        {
            PoliciesFault = $"Version {set.Version} of the policy set {policySet} cannot be used: {fault.Place}: {fault.Sentence}";
            return last.Policies;
        }

        PoliciesFault = null;
        return PolicyCompiler.Compile(policySet, set.Version, set.Hash, set.Parsed, roles.Values);
    }

    private static SiteFacts Facts(string id, SiteDefined site, long version) => new(
        id, site.Name, TimeZoneInfo.FindSystemTimeZoneById(site.TimeZone),
        [.. site.WorkingHours.Select(hours => new WorkingHours([.. hours.Days], hours.Start, hours.End))],
        [.. site.Networks.Select(network => new NamedNetwork(network.Name, IPNetwork.Parse(network.Cidr)))],
        [.. site.Departments.Select(department => department.Id)], [.. site.Archives])
    {
        Version = version,
        DepartmentNames = site.Departments.ToImmutableDictionary(department => department.Id, department => department.Name, StringComparer.Ordinal),
    };

    private SiteDirectory Directory()
    {
        var departments = SiteDirectory.Empty.SiteOfDepartment.ToBuilder();
        var archives = SiteDirectory.Empty.SiteOfArchive.ToBuilder();
        foreach (SiteFacts site in sites.Values)
        {
            foreach (string department in site.Departments)
            {
                departments[department] = site;
            }

            foreach (string archive in site.Archives)
            {
                archives[archive] = site;
            }
        }

        return new SiteDirectory(sites.ToImmutableDictionary(StringComparer.Ordinal), departments.ToImmutable(), archives.ToImmutable());
    }
}
