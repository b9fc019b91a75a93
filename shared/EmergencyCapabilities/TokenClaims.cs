using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.EmergencyCapabilities;

/// <summary>
/// The claims of both tokens: each is there, once, of its type, and in the one way to write it. There is no other reader of them, so that
/// whoever looks at a token later sees what was seen when it was taken.
/// </summary>
internal static class TokenClaims
{
    private const int DurationSecondsMax = 12 * 60 * 60;

    /// <summary>Null when it is no capability.</summary>
    public static EmergencyCapability? Capability(string text)
    {
        if (Read(text, TokenClaimsJson.Default.CapabilityClaims) is not { } claims || Instant(claims.Nbf) is not { } from
            || Instant(claims.Exp) is not { } until || claims.Jti.Length == 0 || claims.Sub.Length == 0
            || claims.Duration is < 1 or > DurationSecondsMax || claims.Uses < 1
            || claims.Holder is not (CapabilityHolder.Person or CapabilityHolder.Station))
        {
            return null;
        }

        KeyClaims held = claims.Cnf.Jwk;
        var key = new JsonWebKey { Kty = held.Kty, Crv = held.Crv, X = held.X, Y = held.Y };
        return !CapabilityTokens.IsUsable(key) ? null : new EmergencyCapability(
            claims.Jti, claims.Iss, claims.Aud, new CapabilityHolder(claims.Holder, claims.Sub), claims.Role, claims.InvokerRole,
            TimeSpan.FromSeconds(claims.Duration), claims.Uses, key, claims.Excluded, from, until);
    }

    /// <summary>Null when it is no use.</summary>
    public static EmergencyUse? Use(string text) =>
        // An id in upper case or in braces would be another text for the same id.
        Read(text, TokenClaimsJson.Default.UseClaims) is { } claims && Instant(claims.Iat) is { } at
        && Guid.TryParse(claims.Jti, out Guid id) && id.ToString() == claims.Jti
        && claims.SaidToBe.ValueKind is JsonValueKind.Undefined or JsonValueKind.String
            ? new EmergencyUse(
                id, claims.Capability, claims.Aud, claims.Patient, claims.ReasonCode, claims.Reason,
                claims.SaidToBe.ValueKind == JsonValueKind.String ? claims.SaidToBe.GetString() : null, claims.Practice, at)
            : null;

    private static TClaims? Read<TClaims>(string text, JsonTypeInfo<TClaims> type)
        where TClaims : class
    {
        try
        {
            return text.Split('.') is [_, var payload, _] ? JsonSerializer.Deserialize(Base64Url.DecodeFromChars(payload), type) : null;
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Null when there is no such time.</summary>
    private static DateTimeOffset? Instant(long seconds) =>
        seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}

/// <summary>Claims of a capability: the holder is person or station, the duration in seconds.</summary>
internal sealed record CapabilityClaims(
    string Iss, string Aud, string Jti, string Sub, string Holder, string Role, string InvokerRole, long Duration, int Uses,
    IReadOnlyList<string> Excluded, long Nbf, long Exp, ConfirmationClaims Cnf);

internal sealed record ConfirmationClaims(KeyClaims Jwk);

internal sealed record KeyClaims(string Kty, string Crv, string X, string Y);

/// <summary>Claims of a use: who somebody said to be is a text where it is there, for null is none.</summary>
internal sealed record UseClaims(
    string Aud, string Jti, long Iat, string Capability, string Patient, string ReasonCode, string Reason, bool Practice,
    JsonElement SaidToBe = default);

/// <summary>Strict: nothing missing, null or twice. Claims of other names are not looked at (RFC 7519, 4).</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(CapabilityClaims))]
[JsonSerializable(typeof(UseClaims))]
internal sealed partial class TokenClaimsJson : JsonSerializerContext;
