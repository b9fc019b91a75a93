using System.Collections.Immutable;
using AccessGov.PolicyDecision.Relations;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>The patients that the events since the last snapshot touched.</summary>
internal sealed class OpenPatients
{
    private readonly OpenEntries<string, PatientFacts, Open> open = new(
        FactsSnapshot.Empty.Patients, static facts => new Open(facts ?? PatientFacts.None), static patient => patient.IsEmpty ? null : patient.Close());

    /// <summary>Who says of themselves to be which patient. Two people may, wrongly; the patient is staff while one of them does.</summary>
    private readonly Dictionary<string, HashSet<string>> staff = new(StringComparer.Ordinal);

    public void Apply(string relationId, RelationEvent relation)
    {
        switch (relation)
        {
            case RelationStarted { Kind: RelationKind.CareTeam } e:
                Of(e.Patient).CareTeam[relationId] = new TimedUser(relationId, e.User, e.From, e.Until);
                break;
            case RelationEnded { Kind: RelationKind.CareTeam } e:
                Of(e.Patient).CareTeam.Remove(relationId);
                break;
            case RelationStarted { Kind: RelationKind.Referral } e:
                Of(e.Patient).Referrals[relationId] = new TimedUser(relationId, e.User, e.From, e.Until);
                break;
            case RelationEnded { Kind: RelationKind.Referral } e:
                Of(e.Patient).Referrals.Remove(relationId);
                break;
            case RelationStarted { Kind: RelationKind.Self } e:
                SelvesOf(e.Patient).Add(e.User);
                Of(e.Patient).IsStaff = true;
                break;
            case RelationEnded { Kind: RelationKind.Self } e:
                SelvesOf(e.Patient).Remove(e.User);
                Of(e.Patient).IsStaff = SelvesOf(e.Patient).Count > 0;
                break;
            case RelationStarted or RelationEnded:
                // Families are facts of the person.
                break;
            default:
                throw new InvalidOperationException($"The facts do not know the event {relation.GetType().Name}.");
        }
    }

    /// <summary>Writes what was opened into the facts so far, each list in the order of ids, so that a rebuild gives the same.</summary>
    public ShardedMap<string, PatientFacts> CloseInto(ShardedMap<string, PatientFacts> facts) => open.CloseInto(facts);

    private HashSet<string> SelvesOf(string patient)
    {
        if (!staff.TryGetValue(patient, out HashSet<string>? users))
        {
            staff.Add(patient, users = new HashSet<string>(StringComparer.Ordinal));
        }

        return users;
    }

    private Open Of(string id) => open.Of(id);

    private sealed class Open(PatientFacts facts)
    {
        public Dictionary<string, TimedUser> CareTeam { get; } = facts.CareTeam.ToDictionary(user => user.RelationId, StringComparer.Ordinal);

        public Dictionary<string, TimedUser> Referrals { get; } = facts.Referrals.ToDictionary(user => user.RelationId, StringComparer.Ordinal);

        public bool IsStaff { get; set; } = facts.IsStaff;

        public bool IsEmpty => CareTeam.Count == 0 && Referrals.Count == 0 && !IsStaff;

        public PatientFacts Close() => new(Sorted(CareTeam), Sorted(Referrals), IsStaff);

        private static ImmutableArray<TimedUser> Sorted(Dictionary<string, TimedUser> users) =>
            [.. users.Values.OrderBy(user => user.RelationId, StringComparer.Ordinal)];
    }
}
