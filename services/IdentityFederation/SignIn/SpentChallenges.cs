using Npgsql;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// Which challenges of passkeys were answered. The challenge itself waits in the browser, so whoever copies an answer with its cookie could
/// show both again: here each is good once, over all replicas, until it is too old anyway.
/// </summary>
internal sealed class SpentChallenges(NpgsqlDataSource database, TimeProvider clock)
{
    public const string CreateTable =
        """
        create table if not exists spent_challenge (id text collate "C" primary key, expires_at timestamptz not null);
        create index if not exists spent_challenge_by_expiry on spent_challenge (expires_at);
        """;

    // Replicas' clocks differ a little: what has just expired here may be good there.
    private static readonly TimeSpan RememberedAfterExpiry = TimeSpan.FromMinutes(5);

    /// <summary>Spends a challenge that was answered rightly: nobody fills the table with wrong answers.</summary>
    /// <returns>Whether this was the first time.</returns>
    public async Task<bool> SpendAsync(string id, TimeSpan lasts, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            with expired as (select id from spent_challenge where expires_at < $3 limit 10 for update skip locked),
                forgotten as (delete from spent_challenge using expired where spent_challenge.id = expired.id)
            insert into spent_challenge (id, expires_at) values ($1, $2) on conflict (id) do nothing
            """);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() + lasts });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() - RememberedAfterExpiry });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }
}
