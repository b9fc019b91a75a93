using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Relations;

internal enum RelationKind
{
    /// <summary>The person treats the patient.</summary>
    [JsonStringEnumMemberName("care-team")]
    CareTeam,

    /// <summary>The patient was referred by the person.</summary>
    [JsonStringEnumMemberName("referral")]
    Referral,

    /// <summary>The patient is the person's relative.</summary>
    [JsonStringEnumMemberName("family")]
    Family,

    /// <summary>The patient is the person.</summary>
    [JsonStringEnumMemberName("self")]
    Self,
}

internal abstract record RelationEvent;

/// <summary>A person is related to a patient from now on, in these bounds; told again, the bounds are replaced.</summary>
[EventName("relation_started")]
internal sealed record RelationStarted(RelationKind Kind, string User, string Patient, DateTimeOffset From, DateTimeOffset? Until) : RelationEvent;

/// <summary>The relation holds no more. Whose it was is said again, so that nobody has to look it up.</summary>
[EventName("relation_ended")]
internal sealed record RelationEnded(RelationKind Kind, string User, string Patient) : RelationEvent;

/// <summary>What a relation is.</summary>
internal abstract record Relation
{
    private Relation() { }

    public static StreamKind<Relation, RelationEvent> Streams { get; } = new("relation", new NotStarted(), Evolve);

    /// <summary>
    /// One stream for each kind, person and patient, and for self one for each person: so the same relation cannot be started twice, and nobody is two patients.
    /// Hashed, because the ids of patients are not ours to put into URLs and logs.
    /// </summary>
    public static string IdOf(RelationKind kind, string user, string patient)
    {
        string identity = kind == RelationKind.Self ? $"self\n{user}" : $"{kind}\n{user}\n{patient}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 16));
    }

    public static Relation Evolve(Relation state, RelationEvent @event) => (state, @event) switch
    {
        (_, RelationStarted e) => new Started(e.Kind, e.User, e.Patient, e.From, e.Until),
        (Started, RelationEnded) => new Ended(),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the relation is corrupt."),
    };

    public sealed record NotStarted : Relation;

    public sealed record Started(RelationKind Kind, string User, string Patient, DateTimeOffset From, DateTimeOffset? Until) : Relation;

    public sealed record Ended : Relation;
}
