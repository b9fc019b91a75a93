using System.Security.Cryptography;
using System.Text;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.SignIn;
using Npgsql;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>
/// What identity providers have ended a moment ago, over all replicas: a sign-in that is half done has no session yet that could be ended,
/// so it is remembered until nothing half done is left that rests on it. Only hashes are kept.
/// </summary>
/// <remarks>
/// Whoever ends remembers first and looks for sessions then; whoever begins a session looks here before and after it is written. So one of
/// the two sees the other, whatever the order.
/// </remarks>
internal sealed class ProviderLogouts(NpgsqlDataSource database, IEventStore store, ICommandReach reach, TimeProvider clock)
{
    public const string CreateTable =
        """
        create table if not exists provider_logout (id bytea primary key, ended_at timestamptz not null);
        create index if not exists provider_logout_by_time on provider_logout (ended_at);
        """;

    /// <summary>How long after a provider's word a session may begin that rests on it.</summary>
    public static readonly TimeSpan WordLasts = TimeSpan.FromMinutes(15);

    // Replicas' clocks differ a little.
    private static readonly TimeSpan RememberedFor = WordLasts + TimeSpan.FromMinutes(5);

    /// <summary>Remembers that a provider has ended what goes by these names.</summary>
    /// <returns>
    /// Whether all sessions are known here that began before; the provider is to come again where they are not.
    /// </returns>
    public async Task<bool> RememberAsync(string issuer, IEnumerable<string> names, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();

        // What is too old is forgotten on the way, a few at a time.
        await using (NpgsqlCommand command = database.CreateCommand(
            """
            with old as (select id from provider_logout where ended_at < $3 limit 10 for update skip locked),
                forgotten as (delete from provider_logout using old where provider_logout.id = old.id)
            insert into provider_logout (id, ended_at) select distinct unnest($1), $2
            on conflict (id) do update set ended_at = greatest(provider_logout.ended_at, excluded.ended_at)
            """))
        {
            command.Parameters.Add(new() { Value = HashesOf(issuer, names) });
            command.Parameters.Add(new() { Value = now });
            command.Parameters.Add(new() { Value = now - RememberedFor });
            await command.ExecuteNonQueryAsync(cancellation);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(reach.Patience);
        try
        {
            await reach.ReachedAsync(await store.HeadAsync(patience.Token), patience.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Why no session may rest on a provider's word any more; null when one may.</summary>
    public async Task<Refusal?> RefusalOfAsync(string issuer, Statement word, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (word.At + WordLasts <= now)
        {
            return PageRefusals.TicketSpent;
        }

        await using NpgsqlCommand command = database.CreateCommand(
            "select exists (select from provider_logout where id = any ($1) and ended_at >= $2)");
        command.Parameters.Add(new() { Value = HashesOf(issuer, word.Names) });
        command.Parameters.Add(new() { Value = word.At });
        return word.Until <= now || await command.ExecuteScalarAsync(cancellation) is true ? FederationRefusals.SignedOutThere : null;
    }

    private static byte[][] HashesOf(string issuer, IEnumerable<string> names) =>
        [.. names.Select(name => SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\n{name}")))];
}
