using System.Buffers.Text;
using System.Text.Json;
using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Uses;

namespace AccessGov.Edge.Journal;

/// <summary>What a line about a use says, read from the tokens in it, which were found good before the line was written.
/// Immutable.</summary>
/// <param name="Capability">The capability's id.</param>
/// <param name="Expires">Until when it may be used.</param>
/// <param name="Access">What was begun.</param>
internal sealed record PresentedUse(string Capability, DateTimeOffset Expires, ActiveAccess Access)
{
    public static PresentedUse Of(EmergencyCapability capability, EmergencyUse use) => new(
        capability.Id, capability.Expires,
        new ActiveAccess(
            use.Id.ToString(), HolderOf(capability.Holder.Kind, capability.Holder.Id), use.SaidToBe ?? capability.Holder.Id, use.Patient,
            use.Practice, use.At + capability.Duration));

    /// <exception cref="FormatException">It is no such line.</exception>
    public static PresentedUse Of(EdgeJournalEntry entry)
    {
        try
        {
            using JsonDocument capability = Payload(entry.Capability);
            using JsonDocument use = Payload(entry.Use);
            (JsonElement promised, JsonElement asked) = (capability.RootElement, use.RootElement);
            string holder = promised.GetProperty("sub").GetString()!;
            return new PresentedUse(
                promised.GetProperty("jti").GetString()!, Instant(promised, "exp"),
                new ActiveAccess(
                    asked.GetProperty("jti").GetString()!, HolderOf(promised.GetProperty("holder").GetString()!, holder),
                    asked.TryGetProperty("said_to_be", out JsonElement said) ? said.GetString()! : holder,
                    asked.GetProperty("patient").GetString()!, asked.GetProperty("practice").GetBoolean(),
                    Instant(asked, "iat") + TimeSpan.FromSeconds(promised.GetProperty("duration").GetInt64())));
        }
        catch (Exception malformed) when (malformed is KeyNotFoundException or JsonException or InvalidOperationException
            or FormatException)
        {
            throw new FormatException($"Line {entry.Sequence} holds no use of a capability.", malformed);
        }
    }

    private static string HolderOf(string kind, string id) => $"{kind}:{id}";

    private static JsonDocument Payload(string? token) => token?.Split('.') is [_, var payload, _]
        ? JsonDocument.Parse(Base64Url.DecodeFromChars(payload))
        : throw new FormatException("This is no token.");

    private static DateTimeOffset Instant(JsonElement claims, string name) =>
        DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty(name).GetInt64());
}
