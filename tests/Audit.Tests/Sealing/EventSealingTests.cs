using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;

namespace AccessGov.Audit.Tests.Sealing;

public sealed class EventSealingTests
{
    [Fact]
    public void What_a_sender_reports_is_never_taken_for_the_patients_id()
    {
        using var key = new SubjectKey("token", "kid", RandomNumberGenerator.GetBytes(32));
        AuditRecord record = Records.View("4711") with
        {
            PatientDetails = JsonSerializer.SerializeToElement(new { patient = "9999", name = "Huber" }),
        };

        SealedField field = EventSealing.Seal("pacs", record, 7, _ => key, _ => "").ShouldHaveSingleItem();
        byte[] plain = key.Open(
            Convert.FromBase64String(field.Nonce), Convert.FromBase64String(field.Ciphertext!),
            SubjectKey.Binding(record.EventId, 7, "kid"));

        JsonNode.Parse(plain)!.ToJsonString().ShouldBe("""{"patient":"4711","reported_patient":"9999","name":"Huber"}""");
    }

    [Fact]
    [Trait("Requirement", "S55")]
    public void What_was_sealed_for_one_leaf_opens_in_no_other()
    {
        using var key = new SubjectKey("token", "kid", RandomNumberGenerator.GetBytes(32));
        AuditRecord record = Records.View("4711");
        SealedField field = EventSealing.Seal("pacs", record, 7, _ => key, _ => "").ShouldHaveSingleItem();

        Should.Throw<CryptographicException>(() => key.Open(
            Convert.FromBase64String(field.Nonce), Convert.FromBase64String(field.Ciphertext!),
            SubjectKey.Binding(record.EventId, 8, "kid")));
    }
}
