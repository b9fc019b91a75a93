using System.Globalization;
using AccessGov.EventSourcing;
using AccessGov.Mail;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Tokens;

namespace AccessGov.IdentityFederation.Dormancy;

/// <summary>
/// Writes to whoever will be locked. What the server took is said in the person's history, and so is that nobody could be written to: then
/// somebody else has to tell them. A stop between the two sends the same mail again, under the same Message-ID.
/// </summary>
internal sealed class MailWarnings(
    DueWarnings due, PersonDirectory directory, PersonCommands people, Mailer mailer, Issuance issuance,
    IEventStore store, WorkerStates states, TimeProvider clock, ILogger<MailWarnings> logger)
    : UnattendedWork(
        "warning-mails", "People who will be locked cannot be written to", pause: TimeSpan.FromSeconds(5), store, states, clock, logger)
{
    public const string NoAddress = "no_address";
    public const string AddressRefused = "address_refused";
    public const string NoMailServer = "no_mail_server";
    public const string TooLate = "too_late";

    private static readonly EventMetadata ByItself = new(Actor: Refusals.Service, Source: "warning by mail");

    /// <param name="state">The person.</param>
    /// <param name="notMailed">Why they were not written to; null when they were.</param>
    /// <param name="now">The time.</param>
    public static Outcome<PersonEvent> Decide(Person state, string? notMailed, DateTimeOffset now) => state switch
    {
        Person.Provisioned when notMailed is not null => new PersonWarningNotMailed(notMailed, now),
        Person.Provisioned => new PersonWarningMailed(now),
        _ => Outcome.NothingToDo<PersonEvent>(),
    };

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        if (await due.TakeAsync(cancellation) is not { } warning)
        {
            return false;
        }

        string? notMailed = await SendAsync(warning, cancellation);
        await people.RunAsync(
            ByItself, warning.Person, state => Decide(state, notMailed, Clock.GetUtcNow()), cancellation,
            (transaction, _, ending) => DueWarnings.ForgetAsync(warning, transaction, ending));
        return true;
    }

    /// <summary>Why they are not written to; null when they are.</summary>
    private async Task<string?> SendAsync(DueWarnings.Warning warning, CancellationToken cancellation)
    {
        if (Clock.GetUtcNow() >= warning.LockedFrom)
        {
            return TooLate;
        }

        if (!mailer.IsGiven)
        {
            return NoMailServer;
        }

        if ((await directory.FindAsync(warning.Person, cancellation))?.Profile.PreferredEmail() is not { } address)
        {
            return NoAddress;
        }

        string since = warning.ActiveAt.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        string until = warning.LockedFrom.UtcDateTime.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture);
        bool taken = await mailer.SendAsync(
            $"warning-{warning.Person}-{warning.LockedFrom.ToUnixTimeSeconds()}", address, "Your account will be locked unless you sign in",
            $"""
            You have not signed in since {since}. An account that nobody uses is locked.

            To keep yours, sign in before {until} (UTC):
            {issuance.Issuer}/sign-in

            When you are away, you need do nothing: what you may do is kept, and an administrator unlocks your account when you are back.
            """, cancellation);
        return taken ? null : AddressRefused;
    }
}
