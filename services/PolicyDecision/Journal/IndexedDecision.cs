using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.GeographyAlerts;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>What a decision is found by, and where it stands whole.</summary>
/// <param name="MustLog">Its caller waited until it was remembered.</param>
/// <param name="Obligations">What the enforcement point must do along with it; null when nothing.</param>
/// <param name="Origin">From where a person asked; null for machines, and when that is not known.</param>
/// <param name="Withdrawn">
/// Its caller was told that it cannot be remembered: outcome and reason are what was answered, not what had been decided.
/// </param>
internal readonly record struct IndexedDecision(
    DateTimeOffset At, Guid EvaluationId, string Client, string Subject, string Action, string Resource, string? Patient, string? Study,
    bool Permitted, string Reason, string Writer, long Sequence, int Ordinal, bool MustLog, bool Withdrawn = false,
    IReadOnlyList<RecordedObligation>? Obligations = null, DecisionOrigin? Origin = null)
{
    private const int KeyLengthMax = 200;

    public ChainPosition Position => new(Writer, Sequence, Ordinal);

    /// <summary>As it was answered when its batch was withdrawn. Who did not wait was answered before, and that answer stands.</summary>
    public IndexedDecision AsWithdrawn() => MustLog
        ? this with { Permitted = false, Reason = Reasons.JournalUnavailable, Withdrawn = true, Obligations = null }
        : this;

    /// <summary>
    /// A text as the index holds it: PostgreSQL takes no NUL, and an index entry is at most 2,700 bytes, so a very long id is found by
    /// its hash.
    /// </summary>
    public static string Key(string text)
    {
        string clean = text.Replace('\0', '\uFFFD');
        return clean.Length <= KeyLengthMax
            ? clean
            : string.Concat(
                clean.AsSpan(0, KeyLengthMax / 2), "#", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clean))));
    }

    /// <summary>Reads one record of a batch.</summary>
    /// <exception cref="JsonException">It is no record of ours.</exception>
    public static IndexedDecision Of(JsonElement record, string writer, long sequence, int ordinal)
    {
        try
        {
            JsonElement subject = record.GetProperty("subject"u8);
            JsonElement resource = record.GetProperty("resource"u8);
            return new IndexedDecision(
                record.GetProperty("at"u8).GetDateTimeOffset(),
                record.GetProperty("evaluationId"u8).GetGuid(),
                Key(record.GetProperty("client"u8).GetString()!),
                Key(subject.GetProperty("id"u8).GetString()!),
                Key(record.GetProperty("action"u8).GetString()!),
                Key($"{resource.GetProperty("type"u8).GetString()}::{resource.GetProperty("id"u8).GetString()}"),
                Optional(record, "patient"u8),
                Optional(record, "study"u8),
                record.GetProperty("permitted"u8).GetBoolean(),
                Key(record.GetProperty("reason"u8).GetString()!),
                writer,
                sequence,
                ordinal,
                record.GetProperty("mustLog"u8).GetBoolean(),
                Obligations: ObligationsOf(record),
                Origin: DecisionOrigin.Of(record));
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("A record lacks what every record has.", e);
        }
    }

    // Earlier versions kept the bare ids, and there were none.
    private static RecordedObligation[]? ObligationsOf(JsonElement record) =>
        record.TryGetProperty("obligations"u8, out JsonElement obligations) && obligations.GetArrayLength() > 0
            ? [.. obligations.EnumerateArray().Select(obligation => new RecordedObligation(
                Key(obligation.GetProperty("id"u8).GetString()!), Key(obligation.GetProperty("type"u8).GetString()!),
                obligation.GetProperty("receiptRequired"u8).GetBoolean()))]
            : null;

    private static string? Optional(JsonElement record, ReadOnlySpan<byte> name) =>
        record.TryGetProperty(name, out JsonElement value) ? Key(value.GetString()!) : null;
}
