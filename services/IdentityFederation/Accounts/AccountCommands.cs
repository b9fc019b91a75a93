using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>Reads accounts, and carries out what people do with their own on pages.</summary>
internal sealed class AccountCommands(IEventStore store, ICommandReach reach, TimeProvider clock)
{
    public DateTimeOffset Now => clock.GetUtcNow();

    public async Task<Account> FindAsync(string person, CancellationToken cancellation) =>
        Account.Streams.Fold(await store.LoadAsync(Account.Streams.StreamId(person), cancellation));

    /// <summary>Runs a command of a person on their account.</summary>
    /// <param name="http">The request.</param>
    /// <param name="person">Whose account, and who acts.</param>
    /// <param name="decide">The rule.</param>
    /// <param name="alongside">What is written in the same transaction.</param>
    /// <returns>Null, or why not.</returns>
    public async Task<Refusal?> RunAsync(HttpContext http, string person, Func<Account, Outcome<AccountEvent>> decide, Alongside? alongside = null)
    {
        if (reach.Refused is { } refused)
        {
            return refused;
        }

        try
        {
            CommandResult<Account> result = await store.RunAsync(Account.Streams, person, decide,
                Caller.Metadata(http) with { Actor = person }, alongside: alongside, cancellation: http.RequestAborted);
            return (result as CommandResult<Account>.Refused)?.Reason;
        }
        catch (RefusedAlongsideException e)
        {
            return e.Refusal;
        }
        catch (Exception e) when (CommandRunner.NotWritten(e) is { } refusal)
        {
            return refusal;
        }
    }
}
