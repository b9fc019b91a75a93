using System.Collections.Immutable;
using AccessGov.Cedar;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>
/// A patient's attributes as policies see them at one instant, with how long they stay the same: relations begin and end rarely, and making the
/// record anew would be a good part of a decision. Immutable.
/// </summary>
internal sealed class PatientAttributes
{
    private readonly DateTimeOffset from;
    private readonly DateTimeOffset until;

    private PatientAttributes(RecordValue record, DateTimeOffset from, DateTimeOffset until)
    {
        Record = record;
        this.from = from;
        this.until = until;
    }

    public RecordValue Record { get; }

    public bool HoldAt(DateTimeOffset now) => from <= now && now < until;

    public static PatientAttributes Of(PatientFacts patient, DateTimeOffset now)
    {
        DateTimeOffset earliest = DateTimeOffset.MinValue;
        DateTimeOffset latest = DateTimeOffset.MaxValue;
        var record = RecordValue.Of(
            ("careTeam", ActiveUsers(patient.CareTeam, now, ref earliest, ref latest)),
            ("referredTo", ActiveUsers(patient.Referrals, now, ref earliest, ref latest)),
            ("isStaff", Value.Of(patient.IsStaff)));
        return new PatientAttributes(record, earliest, latest);
    }

    /// <summary>The users whose relation is active, with the bounds drawn in to the nearest begin or end on both sides.</summary>
    private static SetValue ActiveUsers(ImmutableArray<TimedUser> relations, DateTimeOffset now, ref DateTimeOffset earliest, ref DateTimeOffset latest)
    {
        if (relations.IsEmpty)
        {
            return SetValue.Empty;
        }

        var users = new List<Value>(relations.Length);
        foreach (TimedUser relation in relations)
        {
            Bound(relation.From, now, ref earliest, ref latest);
            Bound(relation.Until ?? DateTimeOffset.MaxValue, now, ref earliest, ref latest);
            if (relation.IsActive(now))
            {
                users.Add(new EntityUid("User", relation.UserId));
            }
        }

        return new SetValue(users);
    }

    private static void Bound(DateTimeOffset change, DateTimeOffset now, ref DateTimeOffset earliest, ref DateTimeOffset latest)
    {
        if (change <= now)
        {
            earliest = change > earliest ? change : earliest;
        }
        else
        {
            latest = change < latest ? change : latest;
        }
    }
}
