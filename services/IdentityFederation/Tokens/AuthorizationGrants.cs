using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AccessGov.IdentityFederation.Sessions;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// What clients were given for people: one row for each code, to which all refresh tokens and the access tokens that are good still belong.
/// Codes and refresh tokens are 256 random bits of which only the hash is kept; each is good once, whoever is how fast. A refresh token
/// whose answer was lost is good again for moments, until a refresh token that was given for it is used.
/// </summary>
internal sealed class AuthorizationGrants(NpgsqlDataSource database, TimeProvider clock)
{
    public const string CreateTable =
        """
        create table if not exists authorization_grant (
            id text primary key, client text not null, person text not null, session text not null, redirect_uri text not null,
            challenge text not null, scopes text[] not null, audience text not null, nonce text, context text not null,
            methods text[] not null, authenticated_at timestamptz not null,
            code_sha256 bytea not null unique, code_until timestamptz not null, code_used boolean not null default false,
            ended boolean not null default false, keep_until timestamptz not null);
        create index if not exists authorization_grant_of_session on authorization_grant (session);
        create index if not exists authorization_grant_by_end on authorization_grant (keep_until);
        create table if not exists refresh_token (
            sha256 bytea primary key, grant_id text not null references authorization_grant (id) on delete cascade,
            used boolean not null default false);
        alter table refresh_token add column if not exists given_for bytea;
        alter table refresh_token add column if not exists again_until timestamptz;
        create index if not exists refresh_token_of_grant on refresh_token (grant_id);
        create table if not exists granted_token (
            id text primary key, grant_id text not null references authorization_grant (id) on delete cascade,
            expires_at timestamptz not null);
        create index if not exists granted_token_of_grant on granted_token (grant_id);
        """;

    private const string Columns =
        "g.id, g.client, g.person, g.session, g.redirect_uri, g.challenge, g.scopes, g.audience, g.nonce, g.context, g.methods, "
        + "g.authenticated_at, g.code_until, g.code_used, g.ended";

    private static readonly TimeSpan CodesAreGoodFor = TimeSpan.FromSeconds(60);

    // Whoever is told of the session's end is found here, also when the service was away at that time.
    private static readonly TimeSpan KeptAfterTheSession = TimeSpan.FromDays(7);

    /// <summary>What a client was given.</summary>
    public sealed record Grant(
        string Id, string Client, SignedIn SignedIn, string RedirectUri, string Challenge, IReadOnlyList<string> Scopes, string Audience,
        string? Nonce, DateTimeOffset CodeUntil, bool CodeUsed, bool Ended)
    {
        /// <summary>When it began.</summary>
        public DateTimeOffset IssuedAt => CodeUntil - CodesAreGoodFor;
    }

    /// <summary>The code or refresh token by which a grant was found.</summary>
    /// <param name="Sha256">Its hash.</param>
    /// <param name="Used">Whether it is a refresh token that was used before.</param>
    /// <param name="AgainUntil">Until when that may be used again; null when nothing is given for it any more.</param>
    public sealed record Shown(byte[] Sha256, bool Used, DateTimeOffset? AgainUntil)
    {
        /// <summary>Whether somebody has a copy: it was used before, and that is no answer that was lost just now.</summary>
        public bool IsReused(DateTimeOffset now) => Used && !(AgainUntil > now);
    }

    /// <summary>256 random bits as text.</summary>
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Makes a code. What is long over is forgotten on the way, a little at a time.</summary>
    public async Task<string> IssueAsync(AuthorizationRequest request, OpenSession session, CancellationToken cancellation)
    {
        string code = NewSecret();
        DateTimeOffset now = clock.GetUtcNow();
        await using NpgsqlCommand command = database.CreateCommand(
            """
            with past as (select id from authorization_grant where keep_until < $15 limit 10 for update skip locked),
                forgotten as (delete from authorization_grant using past where authorization_grant.id = past.id)
            insert into authorization_grant (id, client, person, session, redirect_uri, challenge, scopes, audience, nonce, context,
                methods, authenticated_at, code_sha256, code_until, keep_until)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $16)
            """);
        object?[] values =
        [
            CommandRunner.NewId(), request.Client.Id, session.State.Person, session.Id, request.RedirectUri, request.Challenge,
            request.Scopes.ToArray(), request.Audience, request.Nonce, session.State.Proof.Context, session.State.Proof.Methods.ToArray(),
            session.State.AuthenticatedAt, HashOf(code), now + CodesAreGoodFor, now, session.State.Bounds.EndsAt + KeptAfterTheSession,
        ];
        foreach (object? value in values)
        {
            command.Parameters.Add(value is null ? ReadModelRows.Optional(null, NpgsqlDbType.Text) : new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellation);
        return code;
    }

    /// <summary>
    /// The grant of a code, locked until it is disposed of; null when there is none. Whoever comes while somebody else works on it does not
    /// wait: a hundred who show the same would keep all connections.
    /// </summary>
    /// <exception cref="PostgresException">Somebody else works on it (<see cref="IsBusy"/>).</exception>
    public Task<GrantInUse?> OfCodeAsync(string code, CancellationToken cancellation) =>
        LockAsync(
            $"select {Columns}, false, null::timestamptz from authorization_grant g where code_sha256 = $1 for update nowait",
            HashOf(code), cancellation);

    /// <summary>The grant of a refresh token, locked with it until it is disposed of; null when there is none.</summary>
    public Task<GrantInUse?> OfRefreshTokenAsync(string token, CancellationToken cancellation) => LockAsync(
        $"""
        select {Columns}, r.used, r.again_until from refresh_token r join authorization_grant g on g.id = r.grant_id where r.sha256 = $1
        for update nowait
        """, HashOf(token), cancellation);

    /// <summary>Whether somebody else works on the same grant at this moment.</summary>
    public static bool IsBusy(PostgresException refused) => refused.SqlState == PostgresErrorCodes.LockNotAvailable;

    private async Task<GrantInUse?> LockAsync(string sql, byte[] sha256, CancellationToken cancellation)
    {
        NpgsqlConnection connection = await database.OpenConnectionAsync(cancellation);
        try
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            command.Parameters.Add(new() { Value = sha256 });
            if (await ReadModelRows.ReadAsync(command, row => (Read(row), ReadShown(row, sha256)), cancellation) is [var (grant, shown)])
            {
                return new GrantInUse(transaction, grant, shown);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    private static Shown ReadShown(NpgsqlDataReader row, byte[] sha256) =>
        new(sha256, row.GetBoolean(15), row.IsDBNull(16) ? null : row.GetFieldValue<DateTimeOffset>(16));

    private static Grant Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1),
        new SignedIn(
            row.GetString(2), row.GetString(3), row.GetString(9), row.GetFieldValue<string[]>(10), row.GetFieldValue<DateTimeOffset>(11)),
        row.GetString(4), row.GetString(5), row.GetFieldValue<string[]>(6), row.GetString(7), ReadModelRows.Text(row, 8),
        row.GetFieldValue<DateTimeOffset>(12), row.GetBoolean(13), row.GetBoolean(14));
}
