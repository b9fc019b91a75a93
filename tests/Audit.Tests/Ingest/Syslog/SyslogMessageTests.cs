using System.Text;
using System.Text.Json;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Ingest.Syslog;
using AccessGov.Audit.Tests.Ingest.Dicom;

namespace AccessGov.Audit.Tests.Ingest.Syslog;

public sealed class SyslogMessageTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 18, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("<85>1 2026-11-27T18:40:01Z pacs1 PACS 77 IHE+RFC-3881 - ")]
    [InlineData("<85>1 2026-11-27T18:40:01Z pacs1 PACS 77 IHE+RFC-3881 - \ufeff")]
    [InlineData("<85>1 2026-11-27T18:40:01Z - - - - [a@1 b=\"c \\\"<d\\\" e\"] ")]
    [InlineData("<85>1 2026-11-27T18:40:01Z pacs1 PACS 77 ")]
    [InlineData("<85>1 - - - - DICOM+RFC3881 - ")]
    [InlineData("<13>Nov 27 18:40:01 pacs1 PACS[77]: ")]
    [InlineData("")]
    public void An_audit_message_is_found_behind_any_header(string header) =>
        Read(DicomMessages.Framed(DicomMessages.Accessed, header)).ShouldHaveSingleItem().Study.ShouldBe("1.2.840.5.1");

    [Theory]
    [InlineData("<13>1 2026-11-27T17:00:00Z h a p m - hello", "not_xml")]
    [InlineData("<13>1 2026-11-27T17:00:00Z h a p m - <AuditMessage", "not_xml")]
    [InlineData("<13>1 2026-11-27T17:00:00Z h a p m - <IHEYr4/>", "not_an_audit_message")]
    [InlineData("<13>1 2026-11-27T17:00:00Z h a p m - <AuditMessage/>", "event_id_missing")]
    [InlineData("", "not_xml")]
    [InlineData("\0\0\0", "not_xml")]
    public void What_is_not_understood_is_kept_as_it_came(string message, string reason)
    {
        AuditRecord record = Read(message).ShouldHaveSingleItem();
        (record.Kind, record.Action, record.Reason).ShouldBe((Unparsed.Kind, AuditActions.Other, reason));
        (message.Length == 0 ? null : record.PersonDetails!.Value.GetProperty("text").GetString())
            .ShouldBe(message.Length == 0 ? null : message);
        record.OccurredAt.ShouldBe(message.StartsWith("<13>", StringComparison.Ordinal)
            ? new DateTimeOffset(2026, 11, 27, 17, 0, 0, TimeSpan.Zero) : Now);
    }

    [Theory]
    [InlineData("1971-01-01T00:00:00Z")]
    [InlineData("2039-01-01T00:00:00Z")]
    public void What_cannot_have_happened_then_is_kept_unparsed(string time) =>
        Read(DicomMessages.Framed(DicomMessages.Message("110103", time: time))).ShouldHaveSingleItem().Reason.ShouldBe("time_implausible");

    [Fact]
    public void Nobody_without_whom_it_happened_is_made_up() =>
        Read(DicomMessages.Message("110103", participants: "")).ShouldHaveSingleItem().Reason.ShouldBe("participant_missing");

    [Fact]
    public void Bytes_that_are_no_text_are_kept_too()
    {
        byte[] bytes = [.. "<13>1 - - - - - - "u8, 0xff, 0xfe, 0x80];
        AuditRecord record = SyslogMessage.Read(new SyslogFrame(bytes, IsTruncated: false), "syslog:pacs", Now).ShouldHaveSingleItem();
        Convert.FromBase64String(record.PersonDetails!.Value.GetProperty("base64").GetString()!).ShouldBe(bytes);
    }

    [Fact]
    public void A_message_in_another_encoding_that_says_so_is_understood()
    {
        byte[] bytes = Encoding.Latin1.GetBytes(DicomMessages.Framed(
            DicomMessages.Accessed.Replace("UTF-8", "ISO-8859-1", StringComparison.Ordinal)));
        AuditRecord record = SyslogMessage.Read(new SyslogFrame(bytes, IsTruncated: false), "syslog:pacs", Now).ShouldHaveSingleItem();
        record.PatientDetails!.Value.GetProperty("name").GetString().ShouldBe("Müller^Änne");
    }

    [Fact]
    public void No_entity_is_resolved_and_nothing_is_fetched()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "a-secret-of-this-machine");
        string[] attacks =
        [
            $"""<!DOCTYPE AuditMessage [<!ENTITY x SYSTEM "file://{file}">]>""",
            """<!DOCTYPE AuditMessage SYSTEM "http://127.0.0.1:9/evil.dtd">""",
            """<!DOCTYPE AuditMessage [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;">]>""",
        ];
        foreach (string attack in attacks)
        {
            string message = DicomMessages.Accessed.Replace("<AuditMessage>", attack + "<AuditMessage>", StringComparison.Ordinal)
                .Replace("Lovelace", "&x;", StringComparison.Ordinal);
            AuditRecord record = Read(DicomMessages.Framed(message)).ShouldHaveSingleItem();
            record.Reason.ShouldBe("not_xml");
            JsonSerializer.Serialize(record).ShouldNotContain("a-secret-of-this-machine");
        }

        File.Delete(file);
    }

    [Fact]
    public void What_is_nested_without_end_is_not_followed()
    {
        string deep = string.Concat(Enumerable.Repeat("<a>", 100_000));
        Read(DicomMessages.Framed($"<AuditMessage>{deep}")).ShouldHaveSingleItem().Reason.ShouldBe("not_xml");
        Read(DicomMessages.Framed($"<AuditMessage>{string.Concat(Enumerable.Repeat("<a/>", 60_000))}</AuditMessage>"))
            .ShouldHaveSingleItem().Reason.ShouldBe("not_xml");
    }

    [Fact]
    public void A_name_of_any_length_is_kept_whole()
    {
        string name = new('ü', 300_000);
        AuditRecord record = Read(DicomMessages.Accessed.Replace("Müller^Änne", name, StringComparison.Ordinal)).ShouldHaveSingleItem();
        record.PatientDetails!.Value.GetProperty("name").GetString().ShouldBe(name);
    }

    [Fact]
    public void Whatever_is_flipped_in_a_message_it_ends_as_an_event()
    {
        var random = new Random(4711);
        byte[][] valid = [.. new[] { DicomMessages.Accessed, DicomMessages.OldForm }.Select(message =>
            Encoding.UTF8.GetBytes(DicomMessages.Framed(message)))];
        int understood = 0;
        for (int round = 0; round < 4_000; round++)
        {
            byte[] bytes = [.. valid[round % 2]];
            for (int flips = 1 + random.Next(4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            int length = round % 5 == 0 ? random.Next(bytes.Length) : bytes.Length;
            IReadOnlyList<AuditRecord> records = SyslogMessage.Read(
                new SyslogFrame(bytes[..length], IsTruncated: false), "syslog:pacs", Now);
            records.ShouldNotBeEmpty();
            records.ShouldAllBe(record => record.EventId.Length > 0 && AuditActions.All.Contains(record.Action)
                && (record.Patient != null || record.PatientDetails == null));
            JsonSerializer.SerializeToUtf8Bytes(records, RecordJson.Default.IReadOnlyListAuditRecord).Length.ShouldBeLessThan(100_000);
            understood += records[0].Kind == Unparsed.Kind ? 0 : 1;
        }

        understood.ShouldBeInRange(200, 3_800);
    }

    private static IReadOnlyList<AuditRecord> Read(string message) =>
        SyslogMessage.Read(new SyslogFrame(Encoding.UTF8.GetBytes(message), IsTruncated: false), "syslog:pacs", Now);
}
