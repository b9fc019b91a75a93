using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>What somebody signs in with: what there is and since when, and nothing that opens anything.</summary>
internal static class CredentialsOfPerson
{
    /// <param name="Name">What its owner calls it.</param>
    /// <param name="RegisteredAt">Since when there is it.</param>
    /// <param name="UsedAt">When it was used last; null for never.</param>
    /// <param name="Synced">Whether it may be on several devices.</param>
    public sealed record Passkey(string Name, DateTimeOffset RegisteredAt, DateTimeOffset? UsedAt, bool Synced);

    /// <param name="PasswordSetAt">Since when there is the password; null without one.</param>
    /// <param name="AppEnrolledAt">Since when an authenticator app gives codes; null without one.</param>
    /// <param name="Passkeys">The passkeys, oldest first.</param>
    /// <param name="RecoveryCodesLeft">How many recovery codes are good.</param>
    /// <param name="EnrolmentLinkUntil">Until when an enrolment link is good that nobody has followed; null without one.</param>
    /// <param name="AcknowledgedAt">When they acknowledged that every action is logged.</param>
    public sealed record View(
        DateTimeOffset? PasswordSetAt, DateTimeOffset? AppEnrolledAt, IReadOnlyList<Passkey> Passkeys, int RecoveryCodesLeft,
        DateTimeOffset? EnrolmentLinkUntil, DateTimeOffset? AcknowledgedAt);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/people/{id}/credentials", ReadAsync).RequireAuthorization("people.read");

    private static async Task<IResult> ReadAsync(
        string id, PersonDirectory people, AccountSecrets secrets, IEventStore store, TimeProvider clock, HttpContext http,
        CancellationToken cancellation)
    {
        if (await people.FindAsync(id, cancellation) is null)
        {
            return Refusals.Answer(Person.Absent(Person.Streams.Initial));
        }

        EventStream stream = await store.LoadAsync(Account.Streams.StreamId(id), cancellation);
        Account account = Account.Streams.Fold(stream);
        IReadOnlyList<AccountSecrets.Passkey> passkeys = await secrets.PasskeysAsync(id, cancellation);

        // The version of the account: a command on it may name it in If-Match.
        http.Response.Headers.ETag = $"\"{stream.Version}\"";
        return Results.Ok(new View(
            account.PasswordSetAt, account.AppEnrolledAt,
            [.. passkeys.Select(one => new Passkey(one.Name, one.Known.CreatedAt, one.UsedAt, one.Known.IsBackupEligible))],
            account.RecoveryCodesLeft, account.Link is { } link && link.ExpiresAt > clock.GetUtcNow() ? link.ExpiresAt : null,
            account.AcknowledgedAt));
    }
}
