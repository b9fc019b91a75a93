using System.Text.Json;

namespace AccessGov.PolicyDecision.GeographyAlerts;

/// <summary>From where a person asked, as the decision's context said it; who asked from nowhere that is known has none.</summary>
/// <param name="Site">The site whose network it was; null outside of all sites.</param>
/// <param name="Country">The country of the address; null when it is not known.</param>
/// <param name="NetworkLists">The network lists that held the address.</param>
internal sealed record DecisionOrigin(string? Site, string? Country, IReadOnlyList<string> NetworkLists)
{
    /// <summary>Reads it from a record of the journal; null for machines, and where neither site nor country is known.</summary>
    /// <exception cref="InvalidOperationException">The record is none of ours.</exception>
    public static DecisionOrigin? Of(JsonElement record)
    {
        if (!record.GetProperty("subject"u8).GetProperty("type"u8).ValueEquals("User"u8)
            || !record.TryGetProperty("context"u8, out JsonElement context) || context.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        (string? site, string? country) = (Text("networkSite"u8), Text("country"u8));
        return site is null && country is null ? null : new DecisionOrigin(site, country, Lists());

        string? Text(ReadOnlySpan<byte> name) => context.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

        string[] Lists() => context.TryGetProperty("networkLists"u8, out JsonElement lists)
            ? [.. lists.EnumerateArray().Select(list => list.GetString()!)]
            : [];
    }
}
