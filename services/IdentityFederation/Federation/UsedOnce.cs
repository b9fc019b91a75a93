using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>
/// What identity providers send is good once, over all replicas: it is remembered until nobody would believe it anyway. Only hashes are
/// kept.
/// </summary>
internal sealed class UsedOnce(NpgsqlDataSource database, TimeProvider clock)
{
    public const string CreateTable =
        """
        create table if not exists provider_answer_used (id bytea primary key, expires_at timestamptz not null);
        create index if not exists provider_answer_used_by_expiry on provider_answer_used (expires_at);
        """;

    /// <summary>An assertion, or a request of a provider, by its ID.</summary>
    public const string SamlMessage = "saml message";

    // Replicas' clocks differ a little: what has just expired here may be good there.
    private static readonly TimeSpan RememberedAfterExpiry = TimeSpan.FromMinutes(5);

    /// <summary>Whether this was used before.</summary>
    public async Task<bool> IsUsedAsync(string kind, string of, string id, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand("select exists (select from provider_answer_used where id = $1)");
        command.Parameters.Add(new() { Value = HashOf(kind, of, id) });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Uses it; false when somebody has before.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="of">Whose.</param>
    /// <param name="id">Which.</param>
    /// <param name="expiresAt">When nobody believes it any more.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<bool> UseAsync(string kind, string of, string id, DateTimeOffset expiresAt, CancellationToken cancellation)
    {
        // What has expired is forgotten on the way, a few at a time.
        await using NpgsqlCommand command = database.CreateCommand(
            """
            with expired as (select id from provider_answer_used where expires_at < $3 limit 10 for update skip locked),
                forgotten as (delete from provider_answer_used using expired where provider_answer_used.id = expired.id)
            insert into provider_answer_used (id, expires_at) values ($1, $2) on conflict (id) do nothing
            """);
        command.Parameters.Add(new() { Value = HashOf(kind, of, id) });
        command.Parameters.Add(new() { Value = expiresAt.ToUniversalTime() });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() - RememberedAfterExpiry });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    private static byte[] HashOf(string kind, string of, string id) => SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{of}\n{id}"));
}
