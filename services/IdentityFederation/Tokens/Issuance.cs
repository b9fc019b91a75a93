using System.Collections.Concurrent;
using System.Collections.Immutable;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Clients;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// What tokens are issued and judged from, in memory: clients, signing keys, revoked tokens. Written by <see cref="IssuanceFollower"/>,
/// read by everybody.
/// </summary>
internal sealed class Issuance(IOptions<IdentityFederationOptions> options, KeyVault vault, TimeProvider clock) : ISigningKeySource
{
    private const int ForgottenFrom = 1_000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> revoked = new(StringComparer.Ordinal);
    private volatile ImmutableDictionary<string, KnownClient> clients =
        ImmutableDictionary.Create<string, KnownClient>(StringComparer.Ordinal);
    private volatile IssuerKeys keys = IssuerKeys.None;
    private int forgetAt = ForgottenFrom;

    /// <summary>Whether everything that was written before this process started is known.</summary>
    public bool IsRead { get; set; }

    public string Issuer { get; } = options.Value.PublicUrl!.OriginalString.TrimEnd('/');

    public IReadOnlyDictionary<string, KnownClient> Clients => clients;

    public SigningKeyRing Ring => keys.Ring;

    /// <summary>What tokens are signed with; null while there is no key, or it cannot be decrypted.</summary>
    public SigningCredentials? Signer => keys.Signer;

    /// <summary>Why nothing can be signed.</summary>
    public string? SigningFault => keys.Fault;

    // Before it is known which keys, tokens and clients are worth nothing any more, nobody can be recognised.
    IReadOnlyList<SecurityKey> ISigningKeySource.Keys => IsRead ? PublicKeys : [];

    /// <summary>The keys that are shown at this moment: what left the JWKS is not good here either.</summary>
    public IReadOnlyList<SecurityKey> PublicKeys
    {
        get
        {
            IssuerKeys known = keys;
            DateTimeOffset now = clock.GetUtcNow();
            return [.. known.Public.Where(key => known.Ring.IsShownAt(key.KeyId, now))];
        }
    }

    public bool IsRevoked(string tokenId) => revoked.ContainsKey(tokenId);

    public void Apply(StoredEvent stored)
    {
        switch (stored.Data)
        {
            case ClientEvent @event:
                string id = Client.Streams.IdOf(stored.StreamId);
                Client before = clients.TryGetValue(id, out KnownClient? known) ? known.State : Client.Streams.Initial;
                clients = clients.SetItem(id, new KnownClient(id, (Client.Registered)Client.Evolve(before, @event)));
                break;
            case SigningKeyEvent @event:
                keys = IssuerKeys.Of(SigningKeyRing.Evolve(keys.Ring, @event), keys, vault);
                break;
            case TokenRevoked @event:
                Revoke(IssuedToken.Streams.IdOf(stored.StreamId), @event.ExpiresAt);
                break;
        }
    }

    public void Revoke(string tokenId, DateTimeOffset expiresAt)
    {
        DateTimeOffset now = clock.GetUtcNow();
        revoked[tokenId] = expiresAt;
        if (revoked.Count >= forgetAt)
        {
            foreach (KeyValuePair<string, DateTimeOffset> over in revoked.Where(pair => pair.Value <= now))
            {
                revoked.TryRemove(over);
            }

            forgetAt = Math.Max(ForgottenFrom, 2 * revoked.Count);
        }
    }
}

/// <summary>A client with its keys in the shape that signatures are checked with.</summary>
internal sealed class KnownClient(string id, Client.Registered state)
{
    private readonly Lazy<IReadOnlyList<JsonWebKey>> keys = new(() => [.. state.Definition.Keys.Select(key => new JsonWebKey
    {
        Kty = key.Kty, KeyId = key.Kid, Alg = key.Algorithm, Crv = key.Crv, X = key.X, Y = key.Y, N = key.N, E = key.E,
    })]);

    public string Id { get; } = id;

    public Client.Registered State { get; } = state;

    public IReadOnlyList<JsonWebKey> Keys => keys.Value;
}

/// <summary>The ring in the shape that tokens are signed and checked with.</summary>
internal sealed record IssuerKeys(SigningKeyRing Ring, SigningCredentials? Signer, IReadOnlyList<SecurityKey> Public, string? Fault)
{
    public static IssuerKeys None { get; } = new(SigningKeyRing.Streams.Initial, null, [], null);

    public static IssuerKeys Of(SigningKeyRing ring, IssuerKeys before, KeyVault vault)
    {
        SecurityKey[] shown = [.. ring.Keys.Select(key => new JsonWebKey
        {
            Kty = "EC", Crv = "P-256", Alg = "ES256", KeyId = key.Key.KeyId, X = key.Key.X, Y = key.Key.Y,
        })];
        if (ring.Signing is not { Key: var material })
        {
            return new(ring, null, shown, null);
        }

        if (before.Signer?.Kid == material.KeyId)
        {
            return new(ring, before.Signer, shown, null);
        }

        try
        {
            var key = new ECDsaSecurityKey(vault.Open(material)) { KeyId = material.KeyId };
            return new(ring, new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256), shown, null);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return new(ring, null, shown, "The signing key was encrypted under another key than KeyEncryptionKeyFile holds.");
        }
    }
}
