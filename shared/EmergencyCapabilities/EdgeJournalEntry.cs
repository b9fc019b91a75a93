using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccessGov.EmergencyCapabilities;

/// <summary>
/// One line of an edge's journal: what happened there, and the SHA-256 of the line before, so that a line that is changed, left out or put
/// in is seen. Written as JSON (RFC 8259) on one line; the hash is over the bytes of the line without its line feed. Immutable.
/// </summary>
/// <param name="Sequence">Its number: 1, 2, 3 ...</param>
/// <param name="Previous">The hash of the line before in lower-case hexadecimal digits; of the first line 64 zeros.</param>
/// <param name="At">When it happened, on the edge's clock.</param>
/// <param name="Kind">One of <see cref="EdgeEntryKinds"/>.</param>
/// <param name="Case">The emergency access that it belongs to (<see cref="EmergencyUse.Id"/>); null for what belongs to none.</param>
/// <param name="Capability">The capability as it was presented (<see cref="EdgeEntryKinds.Used"/>).</param>
/// <param name="Use">The use as it was presented (<see cref="EdgeEntryKinds.Used"/>).</param>
/// <param name="Action">What was done (<see cref="EdgeEntryKinds.Accessed"/>): an action of PolicyDecision, as <c>study.view</c>.</param>
/// <param name="Study">The UID of the study that it was done to; null where it was a search for the patient's studies.</param>
/// <param name="Address">From where: an IP address; null when it is not known.</param>
/// <param name="Reason">
/// Why it was refused (a code), or ended; of a start <see cref="EdgeEntryReasons.ClockConfirmed"/> or null; null otherwise.
/// </param>
/// <param name="Count">With <see cref="EdgeEntryReasons.RefusedMore"/> how many they were; null otherwise.</param>
public sealed record EdgeJournalEntry(
    long Sequence, string Previous, DateTimeOffset At, string Kind, string? Case = null, string? Capability = null, string? Use = null,
    string? Action = null, string? Study = null, string? Address = null, string? Reason = null,
    int? Count = null)
{
    /// <summary>What the first line has as the hash of the line before.</summary>
    public const string Genesis = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>The line, without a line feed.</summary>
    public byte[] ToLine() => JsonSerializer.SerializeToUtf8Bytes(this, EdgeJournalJson.Default.EdgeJournalEntry);

    /// <summary>Reads a line that follows another.</summary>
    /// <param name="line">The line, without a line feed.</param>
    /// <param name="sequence">Which number it must have.</param>
    /// <param name="previous">Which hash of the line before it must have.</param>
    /// <returns>Null when it is no such line.</returns>
    public static EdgeJournalEntry? Read(ReadOnlySpan<byte> line, long sequence, string previous)
    {
        try
        {
            return JsonSerializer.Deserialize(line, EdgeJournalJson.Default.EdgeJournalEntry) is { } entry && entry.Sequence == sequence
                && entry.Previous == previous ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The hash that the next line has of this one: SHA-256 in lower-case hexadecimal digits.</summary>
    /// <param name="line">The line, without a line feed.</param>
    public static string HashOf(ReadOnlySpan<byte> line) => Convert.ToHexStringLower(SHA256.HashData(line));
}

/// <summary>What an edge writes down.</summary>
public static class EdgeEntryKinds
{
    /// <summary>The edge was started, or goes by a clock that was confirmed.</summary>
    public const string Started = "started";

    /// <summary>A capability was used: emergency access began.</summary>
    public const string Used = "used";

    /// <summary>A capability was not taken.</summary>
    public const string Refused = "refused";

    /// <summary>Something was opened under an emergency access.</summary>
    public const string Accessed = "accessed";

    /// <summary>An emergency access is over: by its clinician, or because AccessGov said so.</summary>
    public const string Ended = "ended";
}

/// <summary>Reasons in lines that are no refusal's code and no end's cause.</summary>
public static class EdgeEntryReasons
{
    /// <summary>More was refused in that minute than is written down line by line.</summary>
    public const string RefusedMore = "refused_more";

    /// <summary>
    /// AccessGov has the same time as the edge, whose journal has lines of a later one: these were written by a clock that was ahead.
    /// </summary>
    public const string ClockConfirmed = "clock_confirmed";
}

/// <summary>How lines are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(EdgeJournalEntry))]
internal sealed partial class EdgeJournalJson : JsonSerializerContext;
