using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// What a half-done sign-in and an enrolment rest on, in a word that they carry along: it is another one when the password is, when
/// something to sign in with is gone, and when the person was let out in between. Then they count no more.
/// </summary>
internal sealed class CredentialStamps(IEventStore store, AccountCommands accounts)
{
    /// <summary>The word at this moment; null when the person is let out; whoever is locked is told so at the door.</summary>
    public async Task<string?> OfAsync(string person, CancellationToken cancellation) =>
        Person.Streams.Fold(await store.LoadAsync(Person.Streams.StreamId(person), cancellation))
            is Person.Provisioned { Active: true, Suspended: false } known
            ? $"{(await accounts.FindAsync(person, cancellation)).Stamp} {known.LetOut}"
            : null;

    /// <summary>Whether what carries this word counts still.</summary>
    public async Task<bool> HoldsAsync(string person, string stamp, CancellationToken cancellation) =>
        await OfAsync(person, cancellation) == stamp;
}
