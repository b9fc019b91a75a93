using AccessGov.IdentityFederation.Clearances;
using Npgsql;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// A grant that one request works on: the row is locked, so that of two who show the same code or refresh token one comes after the other.
/// </summary>
/// <param name="transaction">Ends with this.</param>
/// <param name="grant">What the client was given.</param>
/// <param name="shown">By which it was found.</param>
internal sealed class GrantInUse(NpgsqlTransaction transaction, AuthorizationGrants.Grant grant, AuthorizationGrants.Shown shown)
    : IAsyncDisposable
{
    private readonly NpgsqlConnection connection = transaction.Connection!;
    private bool released;

    public AuthorizationGrants.Grant Grant => grant;

    public AuthorizationGrants.Shown Shown => shown;

    /// <summary>What the person may at this moment.</summary>
    /// <param name="Scopes">The scopes that they have by groups.</param>
    /// <param name="Clearances">The kinds of clearances that count for them today.</param>
    /// <param name="AccessEndsAt">When their access ends by itself; null when it does not.</param>
    public sealed record Standing(IReadOnlyList<string> Scopes, IReadOnlyList<string> Clearances, DateTimeOffset? AccessEndsAt);

    /// <summary>
    /// What the person may now; null when they may not sign in. The person is locked until the end: whoever is let out at this moment gets
    /// nothing more.
    /// </summary>
    public async Task<Standing?> StandingOfPersonAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select array(
                select distinct unnest(scopes) from group_member join group_directory on group_directory.id = group_id where person = $1),
                array(select kind from person_clearance where person = $1 and valid_until >= $3), access_ends_at
            from person_directory
            where id = $1 and active and not suspended and not locked and coalesce(access_ends_at > $2, true) for share
            """, connection, transaction);
        command.Parameters.Add(new() { Value = grant.SignedIn.Person });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = Clearance.DayOf(now) });
        return await ReadModelRows.ReadAsync(
            command,
            row => new Standing(row.GetFieldValue<string[]>(0), row.GetFieldValue<string[]>(1), ReadModelRows.Instant(row, 2)),
            cancellation) is [var one] ? one : null;
    }

    /// <summary>
    /// The code, or the refresh token, is used up; this was given for it. So are all others of the grant but what was given for the same
    /// before: which of these answers arrived is known when one of them is used.
    /// </summary>
    /// <param name="token">The access token.</param>
    /// <param name="refreshToken">The refresh token.</param>
    /// <param name="againUntil">Until when the same may be shown again, if it was not shown before.</param>
    /// <param name="cancellation">When the client has gone.</param>
    public async Task GaveAsync(AccessTokens.Minted token, string? refreshToken, DateTimeOffset againUntil, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                ReadModelRows.Statement("update authorization_grant set code_used = true where id = $1", grant.Id),
                ReadModelRows.Statement(
                    """
                    update refresh_token set used = true, again_until = case when sha256 = $2 then coalesce(again_until, $3) end
                    where grant_id = $1 and given_for is distinct from $2 and (not used or again_until is not null)
                    """, grant.Id, shown.Sha256, againUntil),
                ReadModelRows.Statement(
                    "delete from granted_token where grant_id = $1 and expires_at < now() - interval '1 day'", grant.Id),
                ReadModelRows.Statement(
                    "insert into granted_token (id, grant_id, expires_at) values ($1, $2, $3)", token.Id, grant.Id, token.ExpiresAt),
            },
        };
        if (refreshToken is not null)
        {
            batch.BatchCommands.Add(ReadModelRows.Statement(
                "insert into refresh_token (sha256, grant_id, given_for) values ($1, $2, $3)",
                AuthorizationGrants.HashOf(refreshToken), grant.Id, shown.Sha256));
        }

        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private async Task<IReadOnlyList<(string Id, DateTimeOffset ExpiresAt)>> TokensAsync(CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "select id, expires_at from granted_token where grant_id = $1", connection, transaction);
        command.Parameters.Add(new() { Value = grant.Id });
        return await ReadModelRows.ReadAsync(command, row => (row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)), cancellation);
    }

    /// <summary>
    /// Nothing more is given for it from now on, and lock and connection are given back: who holds them asks for no second connection.
    /// </summary>
    /// <returns>The access tokens that were given in it and may be good still.</returns>
    public async Task<IReadOnlyList<(string Id, DateTimeOffset ExpiresAt)>> EndAsync(CancellationToken cancellation)
    {
        IReadOnlyList<(string Id, DateTimeOffset ExpiresAt)> tokens = await TokensAsync(cancellation);
        await using var command = new NpgsqlCommand("update authorization_grant set ended = true where id = $1", connection, transaction);
        command.Parameters.Add(new() { Value = grant.Id });
        await command.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        await DisposeAsync();
        return tokens;
    }

    public async ValueTask DisposeAsync()
    {
        if (!released)
        {
            released = true;
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
