using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.SignIn;
using Npgsql;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>
/// The requests that were sent and wait for their answer, and the messages that came and must not come again: in the database, so that
/// every replica takes the answer, and takes it once. A request is its browser's: the handle that goes along with it (RelayState) is
/// worth nothing without the browser's cookie.
/// </summary>
internal sealed class SentRequests(NpgsqlDataSource database, SealedCookies cookies, TimeProvider clock)
{
    public const string CreateTable =
        """
        create table if not exists saml_request (
            handle bytea primary key, provider text not null, id text not null, sent_at timestamptz not null, fresh boolean not null,
            wish text not null, expires_at timestamptz not null);
        create index if not exists saml_request_by_expiry on saml_request (expires_at);
        create table if not exists used_saml_message (id bytea primary key, expires_at timestamptz not null);
        create index if not exists used_saml_message_by_expiry on used_saml_message (expires_at);
        """;

    /// <summary>How long somebody may take to sign in at the provider.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(15);

    private const int HandleLength = 32;

    // Replicas' clocks differ a little: what has just expired here may be good there.
    private static readonly TimeSpan RememberedAfterExpiry = TimeSpan.FromMinutes(5);

    /// <summary>What the browser keeps of a request.</summary>
    private sealed record Begun(string Handle);

    /// <summary>Remembers a request that is about to be sent.</summary>
    /// <returns>The handle that is to come back with the answer.</returns>
    public async Task<string> RememberAsync(HttpContext http, string provider, SentRequest request, SignInWish wish)
    {
        string handle = RandomNumberGenerator.GetHexString(HandleLength, lowercase: true);
        await using NpgsqlCommand command = database.CreateCommand(
            """
            with expired as (select handle from saml_request where expires_at < $8 limit 10 for update skip locked),
                forgotten as (delete from saml_request using expired where saml_request.handle = expired.handle)
            insert into saml_request (handle, provider, id, sent_at, fresh, wish, expires_at) values ($1, $2, $3, $4, $5, $6, $7)
            """);
        command.Parameters.Add(new() { Value = Hash(handle) });
        command.Parameters.Add(new() { Value = provider });
        command.Parameters.Add(new() { Value = request.Id });
        command.Parameters.Add(new() { Value = request.At });
        command.Parameters.Add(new() { Value = request.Fresh });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(wish, EventTypes.SerializerOptions) });
        command.Parameters.Add(new() { Value = request.At + Lasts });
        command.Parameters.Add(new() { Value = request.At });
        await command.ExecuteNonQueryAsync(http.RequestAborted);
        cookies.Write(http, CookieOf(handle), new Begun(handle), Lasts);
        return handle;
    }

    /// <summary>The request that this browser has sent with this handle; null when it has not, or has had its answer.</summary>
    public async Task<(SentRequest Request, SignInWish Wish)?> TakeAsync(HttpContext http, string provider, string? handle)
    {
        if (handle is null || handle.Length != HandleLength || !handle.All(char.IsAsciiHexDigitLower)
            || cookies.Read<Begun>(http, CookieOf(handle))?.Handle != handle)
        {
            return null;
        }

        cookies.Delete(http, CookieOf(handle));
        await using NpgsqlCommand command = database.CreateCommand(
            "delete from saml_request where handle = $1 and provider = $2 and expires_at > $3 returning id, sent_at, fresh, wish");
        command.Parameters.Add(new() { Value = Hash(handle) });
        command.Parameters.Add(new() { Value = provider });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        return await ReadModelRows.ReadAsync(command, Read, http.RequestAborted) is [var taken, ..] ? taken : null;
    }

    /// <summary>Whether a message comes for the first time. It is remembered as long as it might come again.</summary>
    public async Task<bool> IsFirstAsync(string issuer, string id, DateTimeOffset goodUntil, CancellationToken cancellation)
    {
        // What has expired is forgotten on the way, a few at a time.
        await using NpgsqlCommand command = database.CreateCommand(
            """
            with expired as (select id from used_saml_message where expires_at < $3 limit 10 for update skip locked),
                forgotten as (delete from used_saml_message using expired where used_saml_message.id = expired.id)
            insert into used_saml_message (id, expires_at) values ($1, $2) on conflict (id) do nothing
            """);
        command.Parameters.Add(new() { Value = Hash($"{issuer}\n{id}") });
        command.Parameters.Add(new() { Value = goodUntil + RememberedAfterExpiry });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <summary>Whether a message has done its work already.</summary>
    public async Task<bool> WasUsedAsync(string issuer, string id, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand("select exists (select from used_saml_message where id = $1)");
        command.Parameters.Add(new() { Value = Hash($"{issuer}\n{id}") });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private static (SentRequest Request, SignInWish Wish)? Read(NpgsqlDataReader row) => (
        new SentRequest(row.GetString(0), row.GetFieldValue<DateTimeOffset>(1), row.GetBoolean(2)),
        JsonSerializer.Deserialize<SignInWish>(row.GetString(3), EventTypes.SerializerOptions)!);

    private static string CookieOf(string handle) => $"saml-{handle[..8]}";

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
