using System.Security.Cryptography;
using System.Text;
using AccessGov.IdentityFederation.Clients;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Tokens that clients sign to show who they are (private_key_jwt: RFC 7523, 3). Each is good once, over all replicas: its jti is
/// remembered in the database until it has expired. Thread-safe.
/// </summary>
internal sealed class ClientAssertions(Issuance issuance, NpgsqlDataSource database, TimeProvider clock) : IDisposable
{
    public const string CreateTable =
        """
        create table if not exists used_assertion (id bytea primary key, expires_at timestamptz not null);
        create index if not exists used_assertion_by_expiry on used_assertion (expires_at);
        """;

    private const int BytesMax = 8192;
    private static readonly TimeSpan AheadMax = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ClockDifferenceMax = TimeSpan.FromSeconds(30);

    // Replicas' clocks differ a little: what has just expired here may be good there.
    private static readonly TimeSpan RememberedAfterExpiry = TimeSpan.FromMinutes(5);

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = BytesMax };

    // Whoever is not known is checked with a key that nobody signs with, so that it takes as long.
    private readonly ECDsa nobody = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Which client an assertion says it is of; null when it is no token.</summary>
    public static string? SubjectOf(string assertion)
    {
        try
        {
            return assertion.Length <= BytesMax && new JsonWebToken(assertion) is { Subject: { Length: > 0 } subject } ? subject : null;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether the assertion was signed by this client for this issuer, is good now and is shown for the first time.</summary>
    public async Task<bool> AreOfAsync(string clientId, IReadOnlyList<SecurityKey> keys, string assertion, CancellationToken cancellation)
    {
        TokenValidationResult result = await handler.ValidateTokenAsync(assertion, new TokenValidationParameters
        {
            ValidIssuer = clientId,
            ValidAudiences = [issuance.Issuer, issuance.Issuer + GrantToken.Path],
            ValidAlgorithms = [ClientKey.Es256, ClientKey.Rs256],
            IssuerSigningKeys = keys.Count > 0 ? keys : [new ECDsaSecurityKey(nobody)],
            TryAllIssuerSigningKeys = true,

            // By the clock that was injected, below.
            ValidateLifetime = false,
        });
        return result.IsValid && keys.Count > 0 && result.SecurityToken is JsonWebToken token && token.Subject == clientId
            && IsTimely(token) && !token.TryGetHeaderValue("crit", out object _) && token.Id is { Length: > 0 and <= Identifiers.LengthMax }
            && await IsFirstAsync(clientId, token, cancellation);
    }

    public void Dispose() => nobody.Dispose();

    private bool IsTimely(JsonWebToken token)
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        return token.TryGetPayloadValue("exp", out long _) && token.ValidTo > now && token.ValidTo <= now + AheadMax
            && token.ValidFrom <= now + ClockDifferenceMax && token.IssuedAt <= now + ClockDifferenceMax;
    }

    // What has expired is forgotten on the way, a few at a time.
    private async Task<bool> IsFirstAsync(string clientId, JsonWebToken token, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            with expired as (select id from used_assertion where expires_at < $3 limit 10 for update skip locked),
                forgotten as (delete from used_assertion using expired where used_assertion.id = expired.id)
            insert into used_assertion (id, expires_at) values ($1, $2) on conflict (id) do nothing
            """);
        command.Parameters.Add(new() { Value = SHA256.HashData(Encoding.UTF8.GetBytes($"{clientId}\n{token.Id}")) });
        command.Parameters.Add(new() { Value = token.ValidTo });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() - RememberedAfterExpiry });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }
}
