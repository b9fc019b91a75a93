using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.EmergencyCapabilities;

/// <summary>
/// A capability as it is handed over: a JWT (RFC 7519) of the type <c>emergency-capability+jwt</c>, signed with ES256 (RFC 7518), bound to
/// the holder's key by <c>cnf.jwk</c> (RFC 7800, 3.2). Thread-safe.
/// </summary>
public static class CapabilityTokens
{
    /// <summary>The header's typ.</summary>
    public const string TokenType = "emergency-capability+jwt";

    private const int BytesMax = 16 * 1024;
    private static readonly JsonWebTokenHandler Handler = new()
    {
        SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false, MaximumTokenSizeInBytes = BytesMax,
    };

    /// <summary>Signs a capability.</summary>
    /// <param name="capability">What it says.</param>
    /// <param name="key">The issuer's key, on the curve P-256; its <c>KeyId</c> is set.</param>
    public static string Sign(EmergencyCapability capability, ECDsaSecurityKey key) => Handler.CreateToken(new SecurityTokenDescriptor
    {
        TokenType = TokenType,
        Issuer = capability.Issuer,
        Audience = capability.Edge,
        IssuedAt = capability.IssuedAt.UtcDateTime,
        NotBefore = capability.IssuedAt.UtcDateTime,
        Expires = capability.Expires.UtcDateTime,
        SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256),
        Claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["jti"] = capability.Id, ["sub"] = capability.Holder.Id, ["holder"] = capability.Holder.Kind, ["role"] = capability.Role,
            ["invoker_role"] = capability.InvokerRole, ["duration"] = (long)capability.Duration.TotalSeconds, ["uses"] = capability.UsesMax,
            ["excluded"] = capability.Excluded.ToArray(),
            ["cnf"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["jwk"] = Members(capability.Key) },
        },
    });

    /// <summary>Reads a capability that is good at a time; answers why not otherwise.</summary>
    /// <param name="text">The token, at most 16 KB.</param>
    /// <param name="issuer">Whose capabilities are taken.</param>
    /// <param name="keys">The issuer's keys.</param>
    /// <param name="edge">Which edge asks.</param>
    /// <param name="at">When it is used.</param>
    /// <param name="skew">How much the clocks of issuer and edge may differ, zero or more.</param>
    public static async Task<(EmergencyCapability? Capability, CapabilityFault? Fault)> ReadAsync(
        string text, string issuer, IEnumerable<SecurityKey> keys, string edge, DateTimeOffset at, TimeSpan skew)
    {
        TokenValidationResult result = await Handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidTypes = [TokenType],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidIssuer = issuer,
            ValidAudience = edge,
            IssuerSigningKeys = keys,
            LifetimeValidator = (from, until, _, _) => from is { } first && until is { } last
                && at.UtcDateTime >= Earlier(first, skew) && at.UtcDateTime < last,
        });
        return result switch
        {
            // Signed by us, and yet no capability: another kind of token under the same type.
            { IsValid: true } => TokenClaims.Capability(text) is { } capability ? (capability, null) : (null, CapabilityFaults.Forged),
            { Exception: SecurityTokenInvalidAudienceException } => (null, CapabilityFaults.OtherEdge),
            { Exception: SecurityTokenInvalidLifetimeException } => (null, CapabilityFaults.Expired),
            _ => (null, CapabilityFaults.Forged),
        };
    }

    /// <summary>What a capability says that was found good before: nobody's signature is looked at.</summary>
    /// <param name="text">The token.</param>
    /// <returns>Null when it is none.</returns>
    public static EmergencyCapability? Unproved(string text) => TokenClaims.Capability(text);

    /// <summary>The public part of a key as a JWK (RFC 7517).</summary>
    /// <param name="key">On the curve P-256.</param>
    public static JsonWebKey PublicKeyOf(ECDsa key)
    {
        ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
        return new JsonWebKey
        {
            Kty = JsonWebAlgorithmsKeyTypes.EllipticCurve, Crv = JsonWebKeyECTypes.P256,
            X = Base64UrlEncoder.Encode(parameters.Q.X), Y = Base64UrlEncoder.Encode(parameters.Q.Y),
        };
    }

    /// <summary>Whether a JWK is a public key that a capability can be bound to: a point on P-256 and no private part.</summary>
    /// <param name="key">What a holder sent.</param>
    public static bool IsUsable(JsonWebKey key)
    {
        if (key is not { Kty: JsonWebAlgorithmsKeyTypes.EllipticCurve, Crv: JsonWebKeyECTypes.P256, X: not null, Y: not null, D: null })
        {
            return false;
        }

        try
        {
            using var _ = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) },
            });
            return true;
        }
        catch (Exception unusable) when (unusable is CryptographicException or FormatException)
        {
            return false;
        }
    }

    private static DateTime Earlier(DateTime at, TimeSpan by) => at - DateTime.MinValue > by ? at - by : DateTime.MinValue;

    private static Dictionary<string, object> Members(JsonWebKey key) =>
        new(StringComparer.Ordinal) { ["kty"] = key.Kty, ["crv"] = key.Crv, ["x"] = key.X, ["y"] = key.Y };
}
