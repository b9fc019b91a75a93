using System.Collections.Immutable;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Clearances;

namespace AccessGov.IdentityFederation.People;

/// <summary>Something happened to a person.</summary>
internal abstract record PersonEvent;

/// <summary>A person is known.</summary>
/// <param name="Organisation">Where the person comes from.</param>
/// <param name="Profile">What is known of them.</param>
/// <param name="Active">Whether they work here already.</param>
/// <param name="Source">Who says so: console, scim, directory, or federation where an identity provider introduced them.</param>
[EventName("person_provisioned")]
internal sealed record PersonProvisioned(string Organisation, PersonProfile Profile, bool Active, string Source) : PersonEvent;

/// <summary>What is known of a person is another than before.</summary>
[EventName("person_changed")]
internal sealed record PersonChanged(PersonProfile Profile, string Source) : PersonEvent;

/// <summary>The provisioning system says that the person does not work here any more, or not at present.</summary>
[EventName("person_deactivated")]
internal sealed record PersonDeactivated(string Reason, string Source) : PersonEvent;

/// <summary>The provisioning system says that the person works here again. What was taken away does not come back by itself.</summary>
[EventName("person_reactivated")]
internal sealed record PersonReactivated(string Source) : PersonEvent;

/// <summary>Security keeps the person out, whatever the provisioning system says.</summary>
[EventName("person_suspended")]
internal sealed record PersonSuspended(string Reason) : PersonEvent;

/// <summary>Security lets the person in again.</summary>
[EventName("person_reinstated")]
internal sealed record PersonReinstated(string Reason) : PersonEvent;

/// <summary>The person has not signed in for long and will be locked when they do not.</summary>
/// <param name="ActiveAt">When they were active last.</param>
/// <param name="LockedFrom">When they will be locked.</param>
/// <param name="At">When they are warned.</param>
[EventName("person_warned_of_lock")]
internal sealed record PersonWarnedOfLock(DateTimeOffset ActiveAt, DateTimeOffset LockedFrom, DateTimeOffset At) : PersonEvent;

/// <summary>The mail server took the warning for the person.</summary>
[EventName("person_warning_mailed")]
internal sealed record PersonWarningMailed(DateTimeOffset At) : PersonEvent;

/// <summary>The person was not written to: somebody else has to tell them.</summary>
/// <param name="Reason">Why, in a word: no_address, address_refused, no_mail_server, too_late.</param>
/// <param name="At">When that was clear.</param>
[EventName("person_warning_not_mailed")]
internal sealed record PersonWarningNotMailed(string Reason, DateTimeOffset At) : PersonEvent;

/// <summary>The person may not sign in until somebody unlocks them. They keep what they were given.</summary>
/// <param name="Reason">Why, in a word: dormant.</param>
/// <param name="ActiveAt">When they were active last.</param>
[EventName("person_locked")]
internal sealed record PersonLocked(string Reason, DateTimeOffset ActiveAt) : PersonEvent;

/// <summary>The person may sign in again, and has so long for it as whoever signed in at this moment.</summary>
[EventName("person_unlocked")]
internal sealed record PersonUnlocked(string Reason, DateTimeOffset At) : PersonEvent;

/// <summary>The person is gone for good: the id is never given to somebody else, the user name may be.</summary>
[EventName("person_deprovisioned")]
internal sealed record PersonDeprovisioned(string Reason, string Source) : PersonEvent;

/// <summary>A person signs in as this subject of an identity provider.</summary>
[EventName("identity_linked")]
internal sealed record IdentityLinked(string Issuer, string Subject) : PersonEvent;

/// <summary>A subject of an identity provider is nobody here any more.</summary>
[EventName("identity_unlinked")]
internal sealed record IdentityUnlinked(string Issuer, string Subject) : PersonEvent;

/// <summary>The person's access ends by itself at a time.</summary>
/// <param name="EndsAt">When; null when it does not any more.</param>
/// <param name="Source">Who says so.</param>
[EventName("person_access_limited")]
internal sealed record PersonAccessLimited(DateTimeOffset? EndsAt, string Source) : PersonEvent;

/// <summary>It is on file that the person was checked, or has agreed; what was on file of that kind before is replaced.</summary>
/// <param name="Kind">Which: background_check, privacy_agreement.</param>
/// <param name="CompletedOn">The day on which it was done.</param>
/// <param name="ValidUntil">The last day on which it counts; null when it does not end.</param>
/// <param name="Reference">Where the paper lies.</param>
[EventName("clearance_filed")]
internal sealed record ClearanceFiled(string Kind, DateOnly CompletedOn, DateOnly? ValidUntil, string Reference) : PersonEvent;

/// <summary>What is on file of that kind counts no more.</summary>
[EventName("clearance_withdrawn")]
internal sealed record ClearanceWithdrawn(string Kind, string Reason) : PersonEvent;

/// <summary>Who somebody is at an identity provider. Never an e-mail address: those are given to others.</summary>
internal sealed record LinkedIdentity(string Issuer, string Subject);

/// <summary>What a person is here.</summary>
internal abstract record Person
{
    private Person() { }

    /// <summary>The source of what an identity provider says at a sign-in.</summary>
    public const string Federation = "federation";

    public static StreamKind<Person, PersonEvent> Streams { get; } = new("person", new Unknown(), Evolve);

    public static Person Evolve(Person state, PersonEvent @event) => (state, @event) switch
    {
        (Unknown, PersonProvisioned e) =>
            new Provisioned(e.Organisation, e.Profile, e.Active, Suspended: false, []) { JustInTime = e.Source == Federation },
        (Provisioned person, PersonChanged e) => Changed(person, e),
        (Provisioned person, PersonDeactivated) => person with { Active = false, LetOut = person.LetOut + 1 },
        (Provisioned person, PersonReactivated) => person with { Active = true },
        (Provisioned person, PersonSuspended) => person with { Suspended = true, LetOut = person.LetOut + 1 },
        (Provisioned person, PersonReinstated) => person with { Suspended = false },
        (Provisioned person, PersonWarnedOfLock e) => person with { WarnedOfLockAt = e.At },
        (Provisioned person, PersonWarningMailed or PersonWarningNotMailed) => person,
        (Provisioned person, PersonLocked) => person with { Locked = true, LetOut = person.LetOut + 1 },
        (Provisioned person, PersonUnlocked) => person with { Locked = false },
        (Provisioned person, IdentityLinked e) =>
            person with { Identities = person.Identities.Add(new LinkedIdentity(e.Issuer, e.Subject)) },
        (Provisioned person, IdentityUnlinked e) =>
            person with { Identities = person.Identities.Remove(new LinkedIdentity(e.Issuer, e.Subject)) },
        (Provisioned person, PersonAccessLimited e) => person with { AccessEndsAt = e.EndsAt },
        (Provisioned person, ClearanceFiled e) => person with
        {
            Clearances = person.Clearances.SetItem(e.Kind, new Clearance(e.CompletedOn, e.ValidUntil, e.Reference)),
        },
        (Provisioned person, ClearanceWithdrawn e) => person with
        {
            Clearances = person.Clearances.SetItem(e.Kind, person.Clearances[e.Kind] with { Withdrawn = true }),
        },
        (Provisioned, PersonDeprovisioned) => new Deprovisioned(),
        _ => throw new InvalidOperationException(
            $"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the person is corrupt."),
    };

    /// <summary>The refusal for whoever is not here.</summary>
    public static Refusal Absent(Person state) => state is Deprovisioned
        ? new Refusal("person_gone", "The person is deprovisioned: somebody who comes back is a new person.")
        : new Refusal("person_unknown", "There is no person with this id.");

    // Whom a provisioning system takes over is what that says from now on, for as long as it says so.
    private static Provisioned Changed(Provisioned person, PersonChanged change) =>
        person.JustInTime && change.Source is not (Federation or PersonCommands.Console)
            ? person with { Profile = change.Profile, JustInTime = false, AccessEndsAt = null }
            : person with { Profile = change.Profile };

    public sealed record Unknown : Person;

    /// <param name="Organisation">Where the person comes from.</param>
    /// <param name="Profile">What is known of them.</param>
    /// <param name="Active">What the provisioning system says.</param>
    /// <param name="Suspended">What security says.</param>
    /// <param name="Identities">Who they are at identity providers.</param>
    public sealed record Provisioned(string Organisation, PersonProfile Profile, bool Active, bool Suspended,
        ImmutableList<LinkedIdentity> Identities) : Person
    {
        /// <summary>How often they were let out: what they began before counts no more when they are back.</summary>
        public int LetOut { get; init; }

        /// <summary>Whether nobody has signed in as them for too long.</summary>
        public bool Locked { get; init; }

        public DateTimeOffset? WarnedOfLockAt { get; init; }

        /// <summary>Whether the person may sign in.</summary>
        public bool MaySignIn => Active && !Suspended && !Locked;

        /// <summary>When their access ends by itself; null when it does not.</summary>
        public DateTimeOffset? AccessEndsAt { get; init; }

        /// <summary>Whether an identity provider introduced them, and no provisioning system has taken them over since.</summary>
        public bool JustInTime { get; init; }

        /// <summary>What is on file of them, by its kind.</summary>
        public ImmutableDictionary<string, Clearance> Clearances { get; init; } =
            ImmutableDictionary.Create<string, Clearance>(StringComparer.Ordinal);
    }

    public sealed record Deprovisioned : Person;
}
