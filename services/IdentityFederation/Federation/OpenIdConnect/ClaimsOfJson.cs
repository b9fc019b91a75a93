using System.Buffers.Text;
using System.Text.Json;

namespace AccessGov.IdentityFederation.Federation.OpenIdConnect;

/// <summary>Claims as texts: of a list each, of anything else what JSON writes.</summary>
internal static class ClaimsOfJson
{
    /// <summary>The claims of a token that has been verified.</summary>
    public static IEnumerable<KeyValuePair<string, string>> OfToken(string encodedPayload)
    {
        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(encodedPayload));
        return Of(payload.RootElement);
    }

    /// <summary>The claims of an object.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(JsonElement claims) =>
    [
        .. claims.EnumerateObject()
            .SelectMany(claim => (claim.Value.ValueKind == JsonValueKind.Array ? claim.Value.EnumerateArray().ToArray() : [claim.Value])
            .Where(value => value.ValueKind != JsonValueKind.Null)
            .Select(value => KeyValuePair.Create(claim.Name, value.ValueKind == JsonValueKind.String
                ? value.GetString()! : value.GetRawText()))),
    ];
}
