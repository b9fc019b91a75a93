using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Clients;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>Something happened to the keys that tokens are signed with.</summary>
internal abstract record SigningKeyEvent;

/// <summary>A key will sign: those who check tokens may read it already.</summary>
/// <param name="Key">The key.</param>
/// <param name="SignsFrom">When it begins to sign.</param>
[EventName("signing_key_announced")]
internal sealed record SigningKeyAnnounced(KeyMaterial Key, DateTimeOffset SignsFrom) : SigningKeyEvent;

/// <summary>Tokens are signed with this key from now on.</summary>
[EventName("signing_key_activated")]
internal sealed record SigningKeyActivated(string KeyId, DateTimeOffset At) : SigningKeyEvent;

/// <summary>A key signs nothing more. It is shown until the last token that it signed is over.</summary>
[EventName("signing_key_retired")]
internal sealed record SigningKeyRetired(string KeyId, DateTimeOffset ShownUntil, string Reason) : SigningKeyEvent;

/// <summary>A key is worth nothing any more, nor is any token that it signed.</summary>
[EventName("signing_key_revoked")]
internal sealed record SigningKeyRevoked(string KeyId, string Reason) : SigningKeyEvent;

/// <summary>A key on the curve P-256 for ES256, or an RSA key for RS256, as it is stored.</summary>
/// <param name="KeyId">Its RFC 7638 thumbprint.</param>
/// <param name="X">A coordinate of the public point, as a JWK writes it; null for an RSA key.</param>
/// <param name="Y">The other coordinate.</param>
/// <param name="Sealed">The private key, encrypted under the key-encryption key.</param>
internal sealed record KeyMaterial(string KeyId, string? X, string? Y, string Sealed)
{
    /// <summary>The modulus of an RSA key.</summary>
    public string? N { get; init; }

    /// <summary>Its exponent.</summary>
    public string? E { get; init; }

    /// <summary>What it signs with.</summary>
    [JsonIgnore]
    public string Algorithm => N is null ? ClientKey.Es256 : ClientKey.Rs256;

    /// <summary>Its public part.</summary>
    [JsonIgnore]
    public ClientKey Public => N is null
        ? new("EC", KeyId, Algorithm, "P-256", X, Y)
        : new("RSA", KeyId, Algorithm, N: N, E: E);
}

internal enum KeyPhase
{
    Announced,
    Signing,
    Retired,
}

/// <param name="Key">The key.</param>
/// <param name="Phase">What it is good for.</param>
/// <param name="SignsFrom">When it begins, or began, to sign.</param>
/// <param name="ShownUntil">How long a retired one is shown.</param>
internal sealed record SigningKey(KeyMaterial Key, KeyPhase Phase, DateTimeOffset SignsFrom, DateTimeOffset? ShownUntil);

/// <summary>
/// The keys that tokens are signed with: of each algorithm one signs, one may be announced, others are retired. Revoked keys are gone.
/// </summary>
internal sealed record SigningKeyRing(ImmutableList<SigningKey> Keys)
{
    /// <summary>There is one ring, and so one stream: signing-keys.</summary>
    public const string Id = "keys";

    public static StreamKind<SigningKeyRing, SigningKeyEvent> Streams { get; } = new("signing", new SigningKeyRing([]), Evolve);

    /// <summary>
    /// ES256 for access tokens, which are checked all the time; RS256 for what clients are told of people, unless they choose ES256.
    /// </summary>
    public static IReadOnlyList<string> Algorithms { get; } = [ClientKey.Es256, ClientKey.Rs256];

    public SigningKey? SigningWith(string algorithm) => In(KeyPhase.Signing, algorithm);

    public SigningKey? AnnouncedFor(string algorithm) => In(KeyPhase.Announced, algorithm);

    /// <summary>What those who check tokens are shown.</summary>
    public IEnumerable<SigningKey> ShownAt(DateTimeOffset now) => Keys.Where(key => key.ShownUntil is null || key.ShownUntil > now);

    /// <summary>Whether a key is among them.</summary>
    public bool IsShownAt(string keyId, DateTimeOffset now) => ShownAt(now).Any(key => key.Key.KeyId == keyId);

    public static SigningKeyRing Evolve(SigningKeyRing state, SigningKeyEvent @event) => @event switch
    {
        SigningKeyAnnounced e => new(state.Keys.Add(new SigningKey(e.Key, KeyPhase.Announced, e.SignsFrom, null))),
        SigningKeyActivated e => state.Change(e.KeyId, key => key with { Phase = KeyPhase.Signing, SignsFrom = e.At }),
        SigningKeyRetired e => state.Change(e.KeyId, key => key with { Phase = KeyPhase.Retired, ShownUntil = e.ShownUntil }),
        SigningKeyRevoked e => new(state.Keys.Remove(state.Find(e.KeyId))),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not known: the stream of the signing keys is corrupt."),
    };

    private SigningKey? In(KeyPhase phase, string algorithm) => Keys.Find(key => key.Phase == phase && key.Key.Algorithm == algorithm);

    private SigningKeyRing Change(string keyId, Func<SigningKey, SigningKey> change)
    {
        SigningKey key = Find(keyId);
        return new(Keys.Replace(key, change(key)));
    }

    private SigningKey Find(string keyId) =>
        Keys.Find(key => key.Key.KeyId == keyId)
        ?? throw new InvalidOperationException($"There is no key {keyId}: the stream of the signing keys is corrupt.");
}
