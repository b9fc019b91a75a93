using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>Writes records as JSON into a buffer of the thread: no reflection, no allocation per record.</summary>
internal sealed class RecordJson : IDisposable
{
    [ThreadStatic]
    private static RecordJson? ofThread;

    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter writer;

    private RecordJson() => writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static RecordJson OfThread => ofThread ??= new RecordJson();

    public ReadOnlySpan<byte> Written => buffer.WrittenSpan;

    /// <summary>Times are kept in microseconds, as the database keeps them: what is indexed and what is scanned compare alike.</summary>
    public static DateTimeOffset Truncated(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));

    public void Dispose() => writer.Dispose();

    public void Clear() => buffer.ResetWrittenCount();

    /// <summary>Appends a record, with a comma before it when it is not the first.</summary>
    /// <exception cref="JsonException">Request or context is not JSON: nothing of it is taken.</exception>
    public void Write(DecisionRecord record, HashedIds ids, bool mustLog)
    {
        int before = buffer.WrittenCount;
        if (before > 0)
        {
            buffer.Write(","u8);
        }

        try
        {
            writer.Reset();
            WriteMembers(record, ids, mustLog);
            writer.Flush();
        }
        catch
        {
            Clear();
            throw;
        }
    }

    /// <summary>Appends records that were written before, as <see cref="Written"/> had them.</summary>
    public void Append(ReadOnlySpan<byte> written)
    {
        if (buffer.WrittenCount > 0)
        {
            buffer.Write(","u8);
        }

        buffer.Write(written);
    }

    private void WriteMembers(DecisionRecord record, HashedIds ids, bool mustLog)
    {
        writer.WriteStartObject();
        writer.WriteString("evaluationId"u8, record.EvaluationId);
        writer.WriteString("at"u8, Truncated(record.At));
        writer.WriteString("client"u8, record.Client);
        WriteEntity("subject"u8, record.SubjectType, ids.Of(record.SubjectId)!);
        writer.WriteString("action"u8, record.Action);
        bool namesPatient = ids.Enabled && (string.Equals(record.ResourceId, record.PatientId, StringComparison.Ordinal)
            || string.Equals(record.ResourceId, record.SubjectId, StringComparison.Ordinal));
        WriteEntity("resource"u8, record.ResourceType, namesPatient ? ids.Of(record.ResourceId)! : record.ResourceId);
        WriteRaw("request"u8, record.Request, record, ids);
        WriteRaw("context"u8, record.Context, record, ids);
        WriteOptional("patient"u8, ids.Of(record.PatientId));
        WriteOptional("study"u8, record.StudyInstanceUid);
        WriteOptional("sourceIp"u8, record.SourceIp);
        writer.WriteBoolean("permitted"u8, record.Permitted);
        writer.WriteString("reason"u8, record.Reason);
        WriteList("policies"u8, record.Policies);
        WriteList("errors"u8, record.Errors);
        WriteObligations(record.Obligations);
        writer.WriteString("policySet"u8, record.PolicySetHash);
        writer.WriteNumber("factsPosition"u8, record.FactsPosition);
        writer.WriteNumber("durationMicroseconds"u8, record.Duration.Ticks / TimeSpan.TicksPerMicrosecond);
        WriteOptional("requestId"u8, record.RequestId);
        WriteOptional("traceParent"u8, record.TraceParent);
        writer.WriteBoolean("mustLog"u8, mustLog);
        writer.WriteEndObject();
    }

    private void WriteEntity(ReadOnlySpan<byte> name, string type, string id)
    {
        writer.WriteStartObject(name);
        writer.WriteString("type"u8, type);
        writer.WriteString("id"u8, id);
        writer.WriteEndObject();
    }

    private void WriteOptional(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private void WriteList(ReadOnlySpan<byte> name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        for (int i = 0; i < values.Count; i++)
        {
            writer.WriteStringValue(values[i]);
        }

        writer.WriteEndArray();
    }

    private void WriteObligations(IReadOnlyList<Obligation> obligations)
    {
        writer.WriteStartArray("obligations"u8);
        for (int i = 0; i < obligations.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, obligations[i].Id);
            writer.WriteString("type"u8, obligations[i].Type);
            writer.WriteBoolean("receiptRequired"u8, obligations[i].ReceiptRequired);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteRaw(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> json, DecisionRecord record, HashedIds ids)
    {
        if (json.IsEmpty)
        {
            return;
        }

        writer.WritePropertyName(name);
        if (!ids.Enabled)
        {
            // Checked while it is copied: one record that is not JSON would make its whole batch unreadable.
            writer.WriteRawValue(json.Span);
            return;
        }

        var reader = new Utf8JsonReader(json.Span);
        while (reader.Read())
        {
            CopyHashed(ref reader, record, ids);
        }
    }

    /// <summary>Copies one token; a string that is the subject's or the patient's id, as a value or as a member's name, is hashed.</summary>
    private void CopyHashed(ref Utf8JsonReader reader, DecisionRecord record, HashedIds ids)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(IsId(ref reader, record) ? ids.Of(reader.GetString())! : reader.GetString()!);
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(IsId(ref reader, record) ? ids.Of(reader.GetString()) : reader.GetString());
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }

    private static bool IsId(ref Utf8JsonReader reader, DecisionRecord record) =>
        reader.ValueTextEquals(record.SubjectId) || (record.PatientId is not null && reader.ValueTextEquals(record.PatientId));
}
