using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>What a decision is found by, and where it stands whole.</summary>
internal readonly record struct IndexedDecision(
    DateTimeOffset At, Guid EvaluationId, string Client, string Subject, string Action, string Resource, string? Patient, string? Study,
    bool Permitted, string Reason, string Writer, long Sequence, int Ordinal)
{
    private const int KeyLengthMax = 200;

    /// <summary>The decisions of one batch; markers are passed over.</summary>
    /// <exception cref="JsonException">The payload is no batch of ours: somebody changed it.</exception>
    public static IEnumerable<IndexedDecision> Of(string writer, long sequence, byte[] payload)
    {
        using JsonDocument batch = JsonDocument.Parse(BatchPayload.Unpack(payload));
        int ordinal = -1;
        foreach (JsonElement element in Elements(batch))
        {
            ordinal++;
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("marker"u8, out _))
            {
                yield return Of(element, writer, sequence, ordinal);
            }
        }
    }

    /// <summary>
    /// A text as the index holds it: PostgreSQL takes no NUL, and an index entry is at most 2,700 bytes, so a very long id is found by its hash.
    /// </summary>
    public static string Key(string text)
    {
        string clean = text.Replace('\0', '\uFFFD');
        return clean.Length <= KeyLengthMax
            ? clean
            : string.Concat(clean.AsSpan(0, KeyLengthMax / 2), "#", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clean))));
    }

    private static JsonElement.ArrayEnumerator Elements(JsonDocument batch) => batch.RootElement.ValueKind == JsonValueKind.Array
        ? batch.RootElement.EnumerateArray()
        : throw new JsonException("A batch is an array.");

    private static IndexedDecision Of(JsonElement record, string writer, long sequence, int ordinal)
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
                ordinal);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("A record lacks what every record has.", e);
        }
    }

    private static string? Optional(JsonElement record, ReadOnlySpan<byte> name) =>
        record.TryGetProperty(name, out JsonElement value) ? Key(value.GetString()!) : null;
}
