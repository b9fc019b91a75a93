using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.EmergencyCapabilities;

/// <summary>That the holder of a capability takes one patient's images now, and why. Immutable.</summary>
/// <param name="Id">A UUID that was never used before: the id of the emergency access, and what a second copy is known by.</param>
/// <param name="Capability">The id of the capability that is used.</param>
/// <param name="Edge">The edge that is asked.</param>
/// <param name="Patient">The patient's id at the hospital, 1 to 64 characters.</param>
/// <param name="ReasonCode">ETREAT (emergency treatment) or BTG (break the glass), of HL7's PurposeOfUse.</param>
/// <param name="Reason">Why, in the clinician's own words, 1 to 1,000 characters.</param>
/// <param name="SaidToBe">At a station, who the clinician says they are, 1 to 64 characters; null where it is a clinician's.</param>
/// <param name="Practice">Whether it is a drill, which only test patients are for.</param>
/// <param name="At">When it was made, on the clock of the holder; in whole seconds.</param>
public sealed record EmergencyUse(
    Guid Id, string Capability, string Edge, string Patient, string ReasonCode, string Reason, string? SaidToBe, bool Practice,
    DateTimeOffset At);

/// <summary>
/// A use as it is handed over: a JWT of the type <c>emergency-use+jwt</c>, signed with ES256 and the key that the capability names, as a
/// DPoP proof is (RFC 9449): whoever finds a capability cannot use it, and a use that was seen once is not taken again. Thread-safe.
/// </summary>
public static class UseTokens
{
    /// <summary>The header's typ.</summary>
    public const string TokenType = "emergency-use+jwt";

    /// <summary>How long a reason may be.</summary>
    public const int ReasonLengthMax = 1_000;

    /// <summary>How long an id may be.</summary>
    public const int IdLengthMax = 64;

    private const int BytesMax = 16 * 1024;
    private static readonly JsonWebTokenHandler Handler = new()
    {
        SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false, MaximumTokenSizeInBytes = BytesMax,
    };

    /// <summary>Signs a use.</summary>
    /// <param name="use">What is asked for.</param>
    /// <param name="key">The holder's key, on the curve P-256.</param>
    public static string Sign(EmergencyUse use, ECDsa key)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["jti"] = use.Id.ToString(), ["capability"] = use.Capability, ["patient"] = use.Patient, ["reason_code"] = use.ReasonCode,
            ["reason"] = use.Reason, ["practice"] = use.Practice,
        };
        if (use.SaidToBe is { } said)
        {
            claims["said_to_be"] = said;
        }

        // The cache of signature providers would keep a key that its owner disposes of.
        var signing = new SigningCredentials(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256)
        {
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        };
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = TokenType, Audience = use.Edge, IssuedAt = use.At.UtcDateTime, SigningCredentials = signing, Claims = claims,
        });
    }

    /// <summary>Reads a use of a capability that was made at about a time; answers why it is not taken otherwise.</summary>
    /// <param name="text">The token, at most 16 KB.</param>
    /// <param name="capability">The capability, which was read and is good.</param>
    /// <param name="at">When it reached the edge.</param>
    /// <param name="skew">How far its time may be from that, zero or more.</param>
    public static async Task<(EmergencyUse? Use, CapabilityFault? Fault)> ReadAsync(
        string text, EmergencyCapability capability, DateTimeOffset at, TimeSpan skew)
    {
        TokenValidationResult result = await Handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidTypes = [TokenType],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidAudience = capability.Edge,
            IssuerSigningKey = capability.Key,
            TryAllIssuerSigningKeys = true,
            ValidateIssuer = false,
            // Its time is looked at below: there is no end in it.
            ValidateLifetime = false,
            RequireExpirationTime = false,
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        });
        if (!result.IsValid)
        {
            return (null, CapabilityFaults.UseForged);
        }

        if (TokenClaims.Use(text) is not { } use)
        {
            return (null, CapabilityFaults.UseMalformed);
        }

        if (use.Capability != capability.Id)
        {
            return (null, CapabilityFaults.UseForged);
        }

        CapabilityFault? fault = Malformed(use, capability.Holder.IsStation) ? CapabilityFaults.UseMalformed
            : (use.At - at).Duration() > skew ? CapabilityFaults.UseStale
            : capability.Excludes(use.Patient) ? CapabilityFaults.PatientExcluded
            : null;
        return fault is null ? (use, null) : (null, fault);
    }

    /// <summary>What a use says that was found good before: nobody's signature is looked at.</summary>
    /// <param name="text">The token.</param>
    /// <returns>Null when it is none.</returns>
    public static EmergencyUse? Unproved(string text) => TokenClaims.Use(text);

    private static bool Malformed(EmergencyUse use, bool station) =>
        !IsId(use.Patient) || use.ReasonCode is not ("ETREAT" or "BTG") || string.IsNullOrWhiteSpace(use.Reason)
        || use.Reason.Length > ReasonLengthMax || (station ? !IsId(use.SaidToBe) : use.SaidToBe is not null);

    private static bool IsId(string? text) =>
        text is { Length: > 0 and <= IdLengthMax } && !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl);
}
