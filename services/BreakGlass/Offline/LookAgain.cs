using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EmergencyCapabilities;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.BreakGlass.Offline;

/// <summary>
/// Reads what was presented at an edge once more, as of then and with what only AccessGov knows. It drops nothing: whatever is wrong is a
/// fault of the case. Thread-safe.
/// </summary>
internal sealed class LookAgain(
    CapabilityKeys keys, Capabilities capabilities, EdgeJournals journals, IOptions<OfflineOptions> offline,
    IOptions<BreakGlassOptions> options)
{
    private const int IdLengthMax = 64;
    private const string Unknown = "unknown";
    private const string CaseMismatch = "case_mismatch";

    // Whoever uses a capability without its key is not whose it is, and nobody signed a case that bears another's use.
    private static readonly string[] NotHolders = [CapabilityFaults.Forged.Code, CapabilityFaults.UseForged.Code, CaseMismatch];

    // An edge takes a use that was made within a minute of its clock, and the journal has the edge's own time.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>Whether the holder of the capability has taken the case, by what is wrong with it.</summary>
    public static bool IsHolders(IEnumerable<string> faults) => !faults.Intersect(NotHolders, StringComparer.Ordinal).Any();

    /// <param name="edge">Whose journal it is.</param>
    /// <param name="entry">A line that tells of a use.</param>
    /// <param name="receivedAt">When it came here.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<OfflineUse> AtAsync(string edge, EdgeJournalEntry entry, DateTimeOffset receivedAt, CancellationToken cancellation)
    {
        (JsonWebToken? presented, JsonWebToken? said) = (Unproved(entry.Capability), Unproved(entry.Use));
        var faults = new List<string>();
        EmergencyCapability? capability = await CapabilityAsync(edge, entry, presented, faults);
        if (capability is not null)
        {
            (EmergencyUse? use, CapabilityFault? fault) = await UseTokens.ReadAsync(entry.Use ?? "", capability, entry.At, Skew);
            faults.AddRange(fault is null ? [] : [fault.Code]);
            faults.AddRange(use is not null && use.Id.ToString() != entry.Case ? [CaseMismatch] : []);
            faults.AddRange(await KnownHereAsync(capability, entry.At, cancellation));
        }

        string patient = Cleaned(said, "patient", IdLengthMax) ?? Unknown;
        bool practises = Flag(said, "practice");
        bool practice = practises && options.Value.PracticePatients.Contains(patient, StringComparer.Ordinal);
        faults.AddRange(practises && !practice ? ["practice_patient_required"] : []);

        CapabilityHolder? holder = IsHolders(faults) ? capability?.Holder : null;
        string person = holder switch
        {
            null => OfflineOrigin.PersonOfEdge(edge),
            { IsStation: true } => OfflineOrigin.PersonOfStation(holder.Id),
            _ => holder.Id,
        };
        return new OfflineUse(
            person, patient, capability?.Role ?? Unknown, capability?.InvokerRole ?? Unknown,
            Cleaned(said, "reason_code", IdLengthMax) is "ETREAT" ? "ETREAT" : "BTG",
            Cleaned(said, "reason", InvokeEmergencyAccess.TextLengthMax) ?? Unknown, practice, entry.At,
            entry.At + (capability?.Duration ?? options.Value.Duration),
            new OfflineOrigin(
                edge, capability?.Id ?? Cleaned(presented, "jti", IdLengthMax) ?? Unknown, receivedAt,
                holder is { IsStation: true } ? holder.Id : null, faults,
                holder is { IsStation: true } ? Cleaned(said, "said_to_be", IdLengthMax) : null));
    }

    /// <summary>The capability, with what is wrong with it; null where nobody can know what it says.</summary>
    private async Task<EmergencyCapability?> CapabilityAsync(
        string edge, EdgeJournalEntry entry, JsonWebToken? presented, List<string> faults)
    {
        (EmergencyCapability? capability, CapabilityFault? fault) = await ReadAsync(edge, entry.At);
        if (fault is null)
        {
            return capability;
        }

        faults.Add(fault.Code);
        if (presented is null || fault == CapabilityFaults.Forged)
        {
            return null;
        }

        // Ours, and yet not for this edge or this time: as of its own ones it says whose it is.
        return (await ReadAsync(
            presented.Audiences.FirstOrDefault() ?? edge,
            new DateTimeOffset(DateTime.SpecifyKind(presented.ValidFrom, DateTimeKind.Utc)))).Capability;

        Task<(EmergencyCapability? Capability, CapabilityFault? Fault)> ReadAsync(string at, DateTimeOffset when) =>
            CapabilityTokens.ReadAsync(
            entry.Capability ?? "", offline.Value.Issuer?.AbsoluteUri.TrimEnd('/') ?? "", keys.All, at, when, Skew);
    }

    /// <summary>What an edge could not know then. What was taken back only afterwards was good.</summary>
    private async Task<IEnumerable<string>> KnownHereAsync(
        EmergencyCapability capability, DateTimeOffset at, CancellationToken cancellation)
    {
        Capabilities.Item? issued = await capabilities.FindAsync(capability.Id, cancellation);
        return
        [
            .. issued is null ? ["capability_unknown"] : issued.RevokedAt <= at ? ["capability_revoked"] : (string[])[],
            .. await journals.UsesOfAsync(capability.Id, cancellation) >= capability.UsesMax ? ["capability_overused"] : (string[])[],
        ];
    }

    /// <summary>What a token says, which nobody may rely on.</summary>
    private static JsonWebToken? Unproved(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : new JsonWebToken(text);
        }
        catch (Exception unreadable)
            when (unreadable is ArgumentException or SecurityTokenException or FormatException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static bool Flag(JsonWebToken? token, string name) =>
        token is not null && token.TryGetPayloadValue(name, out bool flag) && flag;

    /// <summary>A text that can be kept; null when there is none.</summary>
    private static string? Cleaned(JsonWebToken? token, string name, int lengthMax)
    {
        if (token is null || !token.TryGetPayloadValue(name, out string? text) || text is null)
        {
            return null;
        }

        string kept = string.Concat(text.Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter))).Trim();
        return kept.Length == 0 ? null : kept[..Math.Min(kept.Length, lengthMax)].Trim();
    }
}
