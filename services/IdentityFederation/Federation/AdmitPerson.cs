using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>
/// Lets a person in for whom an identity provider vouches: links who they are there, introduces them where that is wanted, and takes over
/// what it says.
/// </summary>
internal static class AdmitPerson
{
    /// <summary>An end is moved no oftener than this: a stream does not grow with each sign-in.</summary>
    private static readonly TimeSpan RenewalMin = TimeSpan.FromDays(1);

    /// <param name="Organisation">Whose people the provider vouches for.</param>
    /// <param name="Identity">Who the person is there.</param>
    /// <param name="Profile">What it says of them.</param>
    /// <param name="ExternalId">Under which id they would be provisioned.</param>
    /// <param name="AccountsLast">How long the access of whoever it introduces lasts; null where it introduces nobody.</param>
    /// <param name="Renews">Whether that begins anew.</param>
    public sealed record Command(
        string Organisation, LinkedIdentity Identity, ClaimedProfile Profile, string? ExternalId, TimeSpan? AccountsLast, bool Renews);

    public static Outcome<PersonEvent> Decide(Person state, Command command, DateTimeOffset now) => state switch
    {
        Person.Provisioned person when person.Organisation != command.Organisation || person.Suspended => FederationRefusals.MayNot,
        Person.Provisioned person when person.AccessEndsAt <= now => FederationRefusals.AccessEnded,
        Person.Provisioned { Active: false } => FederationRefusals.MayNot,

        // An id that the provider gives to somebody else does not make them the person who had it.
        Person.Provisioned person when person.Identities.Any(
            one => one.Issuer == command.Identity.Issuer && one.Subject != command.Identity.Subject) => FederationRefusals.MayNot,
        Person.Provisioned person => Known(person, command, now),
        Person.Unknown when command.AccountsLast is null => FederationRefusals.PersonUnknown,
        Person.Unknown => Introduced(command, now),
        _ => FederationRefusals.MayNot,
    };

    private static Outcome<PersonEvent> Known(Person.Provisioned person, Command command, DateTimeOffset now)
    {
        Outcome<PersonEvent>[] outcomes =
        [
            LinkIdentity.Link(person, new LinkIdentity.Command(command.Identity.Issuer, command.Identity.Subject)),

            // Whoever is provisioned is what the provisioning system says.
            person.JustInTime ? ChangePerson.Decide(person, command.Profile.Over(person.Profile), Person.Federation)
                : Outcome.NothingToDo<PersonEvent>(),
            person is { JustInTime: true, AccessEndsAt: { } end } && command is { Renews: true, AccountsLast: { } lasts }
                && now + lasts - end >= RenewalMin
                ? new PersonAccessLimited(now + lasts, Person.Federation)
                : Outcome.NothingToDo<PersonEvent>(),
        ];
        return outcomes.FirstOrDefault(outcome => outcome is Outcome<PersonEvent>.Refused)
            ?? Outcome.Of([.. outcomes.OfType<Outcome<PersonEvent>.Accepted>().SelectMany(accepted => accepted.Events)]);
    }

    private static Outcome<PersonEvent> Introduced(Command command, DateTimeOffset now)
    {
        if (command.Profile.UserName is not { } userName)
        {
            return FederationRefusals.ClaimsIncomplete;
        }

        PersonProfile profile = command.Profile.Over(new PersonProfile(userName) { ExternalId = command.ExternalId });
        var provisioned = new PersonProvisioned(command.Organisation, profile, Active: true, Person.Federation);
        return PersonProfile.Malformed(profile) is { } malformed
            ? malformed
            : LinkIdentity.Link(Person.Evolve(new Person.Unknown(), provisioned),
                new LinkIdentity.Command(command.Identity.Issuer, command.Identity.Subject)) switch
            {
                Outcome<PersonEvent>.Accepted { Events: var linked } =>
                    Outcome.Of([provisioned, .. linked, new PersonAccessLimited(now + command.AccountsLast!.Value, Person.Federation)]),
                var refused => refused,
            };
    }
}
