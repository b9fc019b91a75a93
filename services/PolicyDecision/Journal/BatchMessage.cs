using System.Text.Json;
using AccessGov.Contracts.Audit.V1;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>A batch as it stands in the database.</summary>
internal sealed record StoredBatch(string Writer, long Sequence, byte[] Payload, byte[] PreviousHash, byte[] Hash);

/// <summary>A stored batch as the audit trail is told it: what was answered, without request and context.</summary>
internal static class BatchMessage
{
    // What enforcement points call them in the context of a request.
    private static readonly string[] SessionNames = ["session", "sessionId"];
    private static readonly string[] WorkstationNames = ["workstation", "workstationId", "device", "deviceId"];
    private static readonly string[] PurposeNames = ["purposeOfUse"];
    private static readonly string[] EmergencyNames = ["emergencySession", "emergencyAccess"];

    /// <param name="batch">The batch.</param>
    /// <param name="before">The one before it in the chain, which it may say was withdrawn; null when there is none.</param>
    public static DecisionsRecorded Of(StoredBatch batch, StoredBatch? before)
    {
        try
        {
            return Read(batch, before);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            // Somebody changed it: that there is such a batch is told all the same, and its hash does not fit what it says.
            return Message(batch, readable: false, [], [], []);
        }
    }

    /// <summary>The station that a record of the journal names; null when it names none.</summary>
    public static string? WorkstationOf(JsonElement record) => Said(record, WorkstationNames);

    private static DecisionsRecorded Read(StoredBatch batch, StoredBatch? before)
    {
        using JsonDocument document = Parse(batch);
        List<long> withdrawn = [];
        List<RecordedMarker> markers = [];
        List<JsonElement> records = [];
        foreach (JsonElement element in document.RootElement.EnumerateArray())
        {
            if (!element.TryGetProperty("marker"u8, out JsonElement marker))
            {
                records.Add(element);
                continue;
            }

            markers.Add(Marker(element, marker));
            if (marker.ValueEquals("withdrawn"u8))
            {
                withdrawn.Add(element.GetProperty("sequence"u8).GetInt64());
            }
        }

        bool answeredOtherwise = withdrawn.Contains(batch.Sequence);
        return Message(
            batch, readable: true, [.. records.Select(record => Decision(record, answeredOtherwise && Waited(record)))],
            before is not null && withdrawn.Contains(before.Sequence) ? WithdrawnOrNone(before) : [], markers);
    }

    private static RecordedMarker Marker(JsonElement element, JsonElement marker) =>
        element.GetRawText().Contains("\\u0000", StringComparison.Ordinal)
        ? throw new JsonException("A marker of ours holds no NUL.")
        : new RecordedMarker(marker.GetString()!, element.GetProperty("at"u8).GetDateTimeOffset(), element.Clone());

    private static DecisionsRecorded Message(
        StoredBatch batch, bool readable, IReadOnlyList<RecordedDecision> decisions, IReadOnlyList<WithdrawnDecision> withdrawn,
        IReadOnlyList<RecordedMarker> markers) => new(
        Refusals.Service, batch.Writer, batch.Sequence, Convert.ToHexStringLower(batch.PreviousHash), Convert.ToHexStringLower(batch.Hash),
        readable,
        decisions, withdrawn, markers);

    private static JsonDocument Parse(StoredBatch batch)
    {
        ReadOnlyMemory<byte> json = BatchPayload.Unpack(batch.Payload);
        var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Array ? document : throw new JsonException("A batch is an array.");
    }

    /// <summary>Who did not wait was answered before the batch was withdrawn, and that answer stands.</summary>
    private static bool Waited(JsonElement record) => record.GetProperty("mustLog"u8).GetBoolean();

    /// <summary>One that somebody changed was told as unreadable: what says that it was withdrawn is readable all the same.</summary>
    private static List<WithdrawnDecision> WithdrawnOrNone(StoredBatch before)
    {
        try
        {
            return Withdrawn(before);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return [];
        }
    }

    private static bool IsUnreadable(Exception e) =>
        e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException;

    private static List<WithdrawnDecision> Withdrawn(StoredBatch before)
    {
        using JsonDocument document = Parse(before);
        return [.. document.RootElement.EnumerateArray().Where(element => !element.TryGetProperty("marker"u8, out _) && Waited(element))
            .Select(record => new WithdrawnDecision(before.Sequence, record.GetProperty("evaluationId"u8).GetGuid(),
                Reasons.JournalUnavailable))];
    }

    private static RecordedDecision Decision(JsonElement record, bool withdrawn)
    {
        JsonElement subject = record.GetProperty("subject"u8);
        JsonElement resource = record.GetProperty("resource"u8);
        return new RecordedDecision(
            record.GetProperty("evaluationId"u8).GetGuid(), record.GetProperty("at"u8).GetDateTimeOffset(), Text(record, "client"),
            Text(subject, "type"), Text(subject, "id"), Text(record, "action"), Text(resource, "type"), Text(resource, "id"),
            Optional(record, "patient"), Optional(record, "study"), Optional(record, "sourceIp"), Said(record, SessionNames),
            Said(record, WorkstationNames),
            Said(record, PurposeNames), Said(record, EmergencyNames), !withdrawn && record.GetProperty("permitted"u8).GetBoolean(),
            withdrawn ? Reasons.JournalUnavailable : Text(record, "reason"), Texts(record.GetProperty("policies"u8)),
            Text(record, "policySet"),
            record.GetProperty("factsPosition"u8).GetInt64(), withdrawn ? [] : Obligations(record), Optional(record, "requestId"),
            Optional(record, "traceParent"), withdrawn);
    }

    /// <summary>What the computed context says, else what the enforcement point put into its request.</summary>
    private static string? Said(JsonElement record, string[] names) =>
        (record.TryGetProperty("context"u8, out JsonElement context) ? Named(context, names) : null)
        ?? (record.TryGetProperty("request"u8, out JsonElement request) && request.ValueKind == JsonValueKind.Object
            && request.TryGetProperty("context"u8, out context)
                ? Named(context, names)
                : null);

    private static string? Named(JsonElement context, string[] names) => context.ValueKind != JsonValueKind.Object
        ? null
        : names.Select(name => context.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? Clean(value.GetString()!) : null)
            .FirstOrDefault(value => value is not null);

    // Earlier versions kept the bare ids, and there were none.
    private static string[] Obligations(JsonElement record) => record.TryGetProperty("obligations"u8, out JsonElement obligations)
        ? [.. obligations.EnumerateArray().Select(obligation => obligation.ValueKind == JsonValueKind.String
            ? Clean(obligation.GetString()!) : Text(obligation, "id"))]
        : [];

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(text => Clean(text.GetString()!))];

    private static string? Optional(JsonElement element, string name) => element.TryGetProperty(name, out _) ? Text(element, name) : null;

    private static string Text(JsonElement element, string name) =>
        Clean(element.GetProperty(name).GetString() ?? throw new JsonException($"{name} is null."));

    /// <summary>PostgreSQL takes no NUL: one in an id must not stop the feed.</summary>
    private static string Clean(string text) => text.Replace('\0', '\uFFFD');
}
