using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using AccessGov.Audit.Ingest;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// What of an event is sealed, and under whose key: the patient's part under the patient's, so that it can be forgotten without hiding
/// who acted.
/// </summary>
internal static class EventSealing
{
    /// <summary>A longer ciphertext lies in a file of its own, so that a leaf stays below 64 KiB.</summary>
    public const int InlineBytesMax = 8192;

    /// <summary>Whose keys an event needs.</summary>
    public static IEnumerable<Subject> SubjectsOf(string source, AuditRecord record)
    {
        if (record.Patient is { } patient)
        {
            yield return Subject.Patient(patient);
        }

        // A patient who acted has a token even where nothing else is said of them.
        if ((record.PersonDetails ?? (object?)record.PatientActor) is not null)
        {
            yield return PersonOf(source, record);
        }
    }

    /// <summary>Seals an event's parts.</summary>
    /// <param name="source">Who sent it.</param>
    /// <param name="record">The event.</param>
    /// <param name="sequence">Its place, which the ciphertext is bound to.</param>
    /// <param name="keyOf">The keys of its subjects.</param>
    /// <param name="store">Keeps a ciphertext that is too long for a leaf; answers its SHA-256 in hexadecimal digits.</param>
    public static List<SealedField> Seal(
        string source, AuditRecord record, long sequence, Func<Subject, SubjectKey> keyOf, Func<byte[], string> store)
    {
        List<SealedField> fields = [];
        if (record.Patient is { } patient)
        {
            ReadOnlySpan<byte> plain = Plain("patient"u8, patient, record.PatientDetails);
            fields.Add(Seal(plain, record.EventId, sequence, keyOf(Subject.Patient(patient)), store));
        }

        if (record.PersonDetails is { } details)
        {
            fields.Add(Seal(Plain(default, null, details), record.EventId, sequence, keyOf(PersonOf(source, record)), store));
        }

        return fields;
    }

    private static Subject PersonOf(string source, AuditRecord record) =>
        record.PatientActor is { } patient ? Subject.Patient(patient)
        : (record.Person ?? record.Actor) is { } person ? Subject.Person(person)
        : Subject.Source(source);

    private static SealedField Seal(ReadOnlySpan<byte> plain, string eventId, long sequence, SubjectKey key, Func<byte[], string> store)
    {
        Span<byte> nonce = stackalloc byte[SubjectKey.NonceBytes];
        RandomNumberGenerator.Fill(nonce);
        byte[] sealedBytes = key.Seal(nonce, plain, SubjectKey.Binding(eventId, sequence, key.KeyId));
        return sealedBytes.Length > InlineBytesMax
            ? new SealedField(key.KeyId, Convert.ToBase64String(nonce), null, store(sealedBytes))
            : new SealedField(key.KeyId, Convert.ToBase64String(nonce), Convert.ToBase64String(sealedBytes), null);
    }

    /// <summary>An object with the id, where there is one, and the members of the details.</summary>
    private static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> name, string? id, JsonElement? details)
    {
        var plain = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(plain);
        json.WriteStartObject();
        if (id is not null)
        {
            json.WriteString(name, id);
        }

        if (details is { ValueKind: JsonValueKind.Object } members)
        {
            foreach (JsonProperty member in members.EnumerateObject())
            {
                // Whoever opens it must not take what was reported for the id.
                bool isId = id is not null && member.NameEquals(name);
                json.WritePropertyName(isId ? $"reported_{member.Name}" : member.Name);
                member.Value.WriteTo(json);
            }
        }

        json.WriteEndObject();
        json.Flush();
        return plain.WrittenSpan;
    }
}
