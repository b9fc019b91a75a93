using System.Collections.Immutable;
using System.Runtime.InteropServices;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Relations;
using AccessGov.PolicyDecision.Users;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>The people and machines that the events since the last snapshot touched.</summary>
internal sealed class OpenSubjects
{
    private readonly OpenEntries<SubjectKey, SubjectFacts, Open> open = new(
        FactsSnapshot.Empty.Subjects, static facts => new Open(facts ?? SubjectFacts.None), static subject => subject.IsEmpty ? null : subject.Close());
    private readonly Dictionary<string, string> shared = new(StringComparer.Ordinal);
    private readonly HashSet<string> retiredRoles = new(StringComparer.Ordinal);

    public void Apply(string grantId, GrantEvent grant)
    {
        switch (grant)
        {
            case GrantGiven e when retiredRoles.Contains(e.Role):
                // Given while the role was being retired elsewhere: it has no effect.
                break;
            case GrantGiven e:
                Of(new SubjectKey(e.SubjectType, e.SubjectId)).Grants[grantId] =
                    new GrantFact(grantId, Shared(e.Role), new GrantScope(e.ScopeKind, e.ScopeId is { } scope ? Shared(scope) : null), e.From, e.Until, e.ReadOnly, e.ByEmergency);
                break;
            case GrantRevoked e:
                Of(new SubjectKey(e.SubjectType, e.SubjectId)).Grants.Remove(grantId);
                break;
            default:
                throw new InvalidOperationException($"The facts do not know the event {grant.GetType().Name}.");
        }
    }

    /// <summary>One instance of each role's and scope's name: there are few, and each event brings its own.</summary>
    private string Shared(string name)
    {
        ref string? known = ref CollectionsMarshal.GetValueRefOrAddDefault(shared, name, out _);
        return known ??= name;
    }

    /// <summary>Grants of a retired role have no effect from now on; roles are not revived.</summary>
    public void Retire(string role)
    {
        retiredRoles.Add(role);
        foreach ((SubjectKey key, SubjectFacts subject) in open.Closed)
        {
            if (subject.Grants.Any(grant => grant.Role == role))
            {
                Of(key);
            }
        }

        foreach (Open subject in open.Opened)
        {
            foreach (GrantFact grant in subject.Grants.Values.Where(grant => grant.Role == role))
            {
                subject.Grants.Remove(grant.GrantId);
            }
        }
    }

    public void Apply(string relationId, RelationEvent relation)
    {
        switch (relation)
        {
            case RelationStarted { Kind: RelationKind.Family } e:
                Of(Person(e.User)).Family[relationId] = new TimedPatient(relationId, e.Patient, e.From, e.Until);
                break;
            case RelationEnded { Kind: RelationKind.Family } e:
                Of(Person(e.User)).Family.Remove(relationId);
                break;
            case RelationStarted { Kind: RelationKind.Self } e:
                Of(Person(e.User)).Self = e.Patient;
                break;
            case RelationEnded { Kind: RelationKind.Self } e:
                Of(Person(e.User)).Self = null;
                break;
            case RelationStarted or RelationEnded:
                // Care teams and referrals are facts of the patient.
                break;
            default:
                throw new InvalidOperationException($"The facts do not know the event {relation.GetType().Name}.");
        }
    }

    public void Apply(string user, SuspensionEvent suspension) => Of(Person(user)).Suspended = suspension is UserSuspended;

    public void Apply(string user, DepartureEvent departure) => Of(Person(user)).Left = departure is UserLeft;

    public void Apply(string user, AccountLockEvent change) => Of(Person(user)).Locked = change is UserLocked;

    /// <summary>Writes what was opened into the facts so far, each list in the order of ids, so that a rebuild gives the same.</summary>
    public ShardedMap<SubjectKey, SubjectFacts> CloseInto(ShardedMap<SubjectKey, SubjectFacts> facts) => open.CloseInto(facts);

    private static SubjectKey Person(string id) => new("User", id);

    private Open Of(SubjectKey key) => open.Of(key);

    private sealed class Open(SubjectFacts facts)
    {
        public Dictionary<string, GrantFact> Grants { get; } = facts.Grants.ToDictionary(grant => grant.GrantId, StringComparer.Ordinal);

        public Dictionary<string, TimedPatient> Family { get; } = facts.Family.ToDictionary(relation => relation.RelationId, StringComparer.Ordinal);

        public string? Self { get; set; } = facts.SelfPatientId;

        public bool Suspended { get; set; } = facts.Suspended;

        public bool Left { get; set; } = facts.Left;

        public bool Locked { get; set; } = facts.Locked;

        public bool IsEmpty => Grants.Count == 0 && Family.Count == 0 && Self is null && !Suspended && !Left && !Locked;

        public SubjectFacts Close() => new(
            [.. Grants.Values.OrderBy(grant => grant.GrantId, StringComparer.Ordinal)],
            [.. Family.Values.OrderBy(relation => relation.RelationId, StringComparer.Ordinal)], Self)
        {
            Suspended = Suspended,
            Left = Left,
            Locked = Locked,
        };
    }
}
