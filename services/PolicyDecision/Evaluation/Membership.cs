using AccessGov.Cedar;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>Where a resource lies, as far as grants are concerned; what does not apply is null.</summary>
internal readonly record struct ResourcePlace(SiteFacts? Site, string? Department, string? PatientId);

/// <summary>An emergency access (break-glass) that is active.</summary>
/// <param name="Id">The emergency access; its grant has the same id.</param>
/// <param name="Until">Until when (exclusive).</param>
internal sealed record EmergencySession(string Id, DateTimeOffset Until);

/// <summary>
/// The roles that a subject has for one resource at one instant: a full grant whose scope covers the resource makes it a member of Role::"r" (and so of
/// Reader::"r"), a read-only grant of Reader::"r" alone.
/// </summary>
internal sealed class Membership
{
    public const string RoleType = "Role";
    public const string ReaderType = "Reader";

    private readonly List<EntityUid> groups = new(4);

    /// <summary>Role and Reader entities that the subject is in now, each once.</summary>
    public IReadOnlyList<EntityUid> Groups => groups;

    /// <summary>Whether an active grant names the resource's patient.</summary>
    public bool HasExplicitGrant { get; private set; }

    /// <summary>The emergency access to the resource's patient that is active, the one that lasts longest; null when none is.</summary>
    public EmergencySession? Emergency { get; private set; }

    public static Membership Of(SubjectFacts subject, in ResourcePlace place, DateTimeOffset now, RoleEntities entities)
    {
        var membership = new Membership();
        membership.Add(subject, new GrantScope(GrantScopeKind.Everywhere, null), now, entities);
        if (place.Site is { } site)
        {
            membership.Add(subject, new GrantScope(GrantScopeKind.Site, site.Id), now, entities);
        }

        if (place.Department is { } department)
        {
            membership.Add(subject, new GrantScope(GrantScopeKind.Department, department), now, entities);
        }

        if (place.PatientId is { } patient)
        {
            membership.Add(subject, new GrantScope(GrantScopeKind.Patient, patient), now, entities);
        }

        return membership;
    }

    public bool Contains(EntityUid group) => groups.Contains(group);

    /// <summary>Adds a role as a grant for the resource's patient would.</summary>
    public void AddExplicit(RoleFacts role, RoleEntities entities)
    {
        (EntityUid full, EntityUid reader) = entities.Of(role.Id);
        Add(reader);
        Add(full);
        HasExplicitGrant = true;
    }

    /// <summary>The roles of the subject's active grants of one scope.</summary>
    private void Add(SubjectFacts subject, in GrantScope scope, DateTimeOffset now, RoleEntities entities)
    {
        for (int next = subject.NextGrant(scope, 0); next >= 0; next = subject.NextGrant(scope, next + 1))
        {
            ref readonly GrantFact grant = ref subject.Grants.ItemRef(next);
            if (!grant.IsActive(now))
            {
                continue;
            }

            (EntityUid role, EntityUid reader) = entities.Of(grant.Role);
            Add(reader);
            if (!grant.ReadOnly)
            {
                Add(role);
            }

            HasExplicitGrant |= scope.Kind == GrantScopeKind.Patient;
            if (grant is { ByEmergency: true, Until: { } until } && !(Emergency?.Until >= until))
            {
                Emergency = new EmergencySession(grant.GrantId, until);
            }
        }
    }

    private void Add(EntityUid group)
    {
        if (!groups.Contains(group))
        {
            groups.Add(group);
        }
    }
}

/// <summary>The Role and Reader entities by role id, made once each. Thread-safe; bounded by the number of roles that grants name.</summary>
internal sealed class RoleEntities
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, (EntityUid Role, EntityUid Reader)> known = new(StringComparer.Ordinal);

    public (EntityUid Role, EntityUid Reader) Of(string role) =>
        known.GetOrAdd(role, static id => (new EntityUid(Membership.RoleType, id), new EntityUid(Membership.ReaderType, id)));
}
