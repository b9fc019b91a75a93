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

    /// <summary>What access tokens are signed with; null while there is no key, or it cannot be decrypted.</summary>
    public SigningCredentials? Signer => SignerWith(ClientKey.Es256);

    /// <summary>Whether everything can be signed.</summary>
    public bool Signs => keys.Signers.Count == SigningKeyRing.Algorithms.Count;

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

    /// <summary>What is signed with that algorithm; null while there is no key, or it cannot be decrypted.</summary>
    public SigningCredentials? SignerWith(string algorithm) => keys.Signers.GetValueOrDefault(algorithm);

    /// <summary>What a client's ID tokens and logout tokens are signed with.</summary>
    public SigningCredentials? SignerFor(KnownClient client) => SignerWith(client.State.Definition.IdTokenAlgorithm);

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
    private readonly Lazy<IReadOnlyList<JsonWebKey>> keys = new(() => [.. state.Definition.Keys.Select(JwkOf)]);

    public string Id { get; } = id;

    public Client.Registered State { get; } = state;

    public IReadOnlyList<JsonWebKey> Keys => keys.Value;

    public static JsonWebKey JwkOf(ClientKey key) => new()
    {
        Kty = key.Kty, KeyId = key.Kid, Alg = key.Algorithm, Crv = key.Crv, X = key.X, Y = key.Y, N = key.N, E = key.E,
    };
}

/// <summary>The ring in the shape that tokens are signed and checked with.</summary>
/// <param name="Ring">The ring.</param>
/// <param name="Signers">What signs, by its algorithm.</param>
/// <param name="Public">All keys that are in it.</param>
/// <param name="Fault">Why one of the keys does not sign.</param>
internal sealed record IssuerKeys(
    SigningKeyRing Ring, IReadOnlyDictionary<string, SigningCredentials> Signers, IReadOnlyList<SecurityKey> Public, string? Fault)
{
    public static IssuerKeys None { get; } =
        new(SigningKeyRing.Streams.Initial, ImmutableDictionary<string, SigningCredentials>.Empty, [], null);

    public static IssuerKeys Of(SigningKeyRing ring, IssuerKeys before, KeyVault vault)
    {
        var signers = new Dictionary<string, SigningCredentials>(StringComparer.Ordinal);
        string? fault = null;
        foreach (string algorithm in SigningKeyRing.Algorithms)
        {
            if (ring.SigningWith(algorithm) is not { Key: var material })
            {
                continue;
            }

            try
            {
                signers[algorithm] = before.Signers.GetValueOrDefault(algorithm) is { } signer && signer.Kid == material.KeyId
                    ? signer
                    : new SigningCredentials(vault.Open(material), algorithm);
            }
            catch (System.Security.Cryptography.CryptographicException)
            {
                fault = "The signing key was encrypted under another key than KeyEncryptionKeyFile holds.";
            }
        }

        return new(ring, signers, [.. ring.Keys.Select(key => KnownClient.JwkOf(key.Key.Public))], fault);
    }
}
