using System.Buffers;
using System.Globalization;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Retention;
using AccessGov.Audit.Sealing;

namespace AccessGov.Audit.Trail;

/// <summary>
/// The bytes of one event in the trail: canonical JSON (RFC 8785), with the hash of the leaf before. README.md names its members.
/// </summary>
internal static class Leaf
{
    public const int Version = 1;

    /// <summary>Where a leaf stands: its number, the SHA-256 of the leaf before in hexadecimal digits, and when it was taken in.</summary>
    public sealed record Place(long Sequence, string Previous, DateTimeOffset ReceivedAt);

    /// <summary>Writes a leaf.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="source">Who sent the event.</param>
    /// <param name="record">What it says.</param>
    /// <param name="place">Its place.</param>
    /// <param name="patient">The token that stands for the patient; null when the event is about none.</param>
    /// <param name="fields">What was sealed.</param>
    public static void Write(
        ArrayBufferWriter<byte> output, string source, AuditRecord record, Place place, string? patient, IReadOnlyList<SealedField> fields)
    {
        var json = new CanonicalJson(output);
        json.StartObject();
        json.String("action"u8, record.Action);
        json.String("actor"u8, record.Actor);
        if (record.Attested is { } attested)
        {
            WriteAttested(json, attested);
        }

        json.String("case"u8, record.EmergencyCase);
        json.String("cause"u8, record.Cause);
        json.String("corr"u8, record.Correlation);
        json.String("event_id"u8, record.EventId);
        json.String("kind"u8, record.Kind);
        if ((record.Study ?? record.Series ?? record.Resource ?? patient) is not null)
        {
            json.StartObject("object"u8);
            json.String("patient_token"u8, patient);
            json.String("resource"u8, record.Resource);
            json.String("series"u8, record.Series);
            json.String("study"u8, record.Study);
            json.EndObject();
        }

        json.String("outcome"u8, record.Outcome);
        if ((record.PolicySet ?? record.DecisionId) is not null)
        {
            json.StartObject("policy"u8);
            json.String("bundle_digest"u8, record.PolicySet);
            json.String("decision_id"u8, record.DecisionId);
            json.EndObject();
        }

        json.String("prev"u8, place.Previous);
        if (record.Pruned is { } pruned)
        {
            WritePruned(json, pruned);
        }

        json.String("reason"u8, record.Reason);
        json.String("recv_ts"u8, Instant(place.ReceivedAt));
        WriteSealed(json, fields);
        json.Number("seq"u8, place.Sequence);
        json.String("session"u8, record.Session);
        if (record.Shredded is { } shredded)
        {
            WriteShredded(json, shredded);
        }

        if ((record.Address ?? record.Workstation) is not null)
        {
            json.StartObject("src"u8);
            json.String("ip"u8, record.Address);
            json.String("workstation"u8, record.Workstation);
            json.EndObject();
        }

        json.String("stream"u8, record.Stream);
        json.String("svc"u8, record.Service ?? source);
        json.String("ts"u8, Instant(record.OccurredAt));
        json.Number("v"u8, Version);
        json.Number("version"u8, record.Version);
        json.EndObject();
    }

    /// <summary>The time in microseconds, with its offset: what happened in the afternoon says so.</summary>
    public static string Instant(DateTimeOffset at) => at.Offset == TimeSpan.Zero
        ? at.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture)
        : at.ToString("yyyy-MM-ddTHH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);

    private static void WriteAttested(CanonicalJson json, StoreAttestation attested)
    {
        json.StartObject("attested"u8);
        json.Number("count"u8, attested.Count);
        json.String("digest"u8, attested.Digest);
        json.String("stream"u8, attested.Stream);
        json.String("svc"u8, attested.Service);
        json.Number("through"u8, attested.Through);
        json.EndObject();
    }

    private static void WriteShredded(CanonicalJson json, KeyShredding shredded)
    {
        json.StartObject("shredded"u8);
        json.String("class"u8, shredded.Class);
        json.String("digest"u8, shredded.Digest);
        json.String("first_approver"u8, shredded.FirstApprover);
        json.String("ground"u8, shredded.Ground);
        json.Number("keys"u8, shredded.Keys);
        json.Number("leaves"u8, shredded.Leaves);
        json.String("second_approver"u8, shredded.SecondApprover);
        json.Number("year"u8, shredded.Year);
        json.EndObject();
    }

    private static void WritePruned(CanonicalJson json, TrailPruning pruned)
    {
        json.StartObject("pruned"u8);
        json.String("first_approver"u8, pruned.FirstApprover);
        json.Number("minimum"u8, pruned.Minimum);
        json.String("prev"u8, pruned.Previous);
        json.String("root"u8, pruned.Root);
        json.String("second_approver"u8, pruned.SecondApprover);
        json.EndObject();
    }

    private static void WriteSealed(CanonicalJson json, IReadOnlyList<SealedField> fields)
    {
        if (fields.Count == 0)
        {
            return;
        }

        json.StartArray("sealed"u8);
        foreach (SealedField field in fields)
        {
            json.StartObject();
            json.String("blob"u8, field.Blob);
            json.String("ct"u8, field.Ciphertext);
            json.String("kid"u8, field.KeyId);
            json.String("nonce"u8, field.Nonce);
            json.EndObject();
        }

        json.EndArray();
    }
}
