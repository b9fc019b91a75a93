using System.Text.Json;
using AccessGov.PolicyDecision.Journal;

namespace AccessGov.PolicyDecision.EmergencyAccess;

/// <summary>A decision of the journal, as far as the evidence of an emergency needs it.</summary>
/// <param name="Study">The study's UID; null when it was about the patient.</param>
/// <param name="Case">The emergency access by which it was permitted, as the decision's own context has it; null when by none.</param>
internal sealed record JournaledAccess(
    DateTimeOffset At, bool Permitted, string Reason, string Action, string? Study, string? Address, string? Workstation, string? Case)
{
    /// <summary>As it was answered; null where its batch is damaged, so that nobody can say what it was.</summary>
    public static JournaledAccess? Of(FoundDecision found) => found.Record is not { } record
        ? null
        : new JournaledAccess(
            record.GetProperty("at"u8).GetDateTimeOffset(),
            !found.Withdrawn && record.GetProperty("permitted"u8).GetBoolean(),
            found.Withdrawn ? Evaluation.Reasons.JournalUnavailable : record.GetProperty("reason"u8).GetString()!,
            record.GetProperty("action"u8).GetString()!,
            Text(record, "study"u8),
            Text(record, "sourceIp"u8),
            BatchMessage.WorkstationOf(record),
            record.TryGetProperty("context"u8, out JsonElement context) && context.ValueKind == JsonValueKind.Object
                ? Text(context, "emergencyAccess"u8)
                : null);

    private static string? Text(JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
