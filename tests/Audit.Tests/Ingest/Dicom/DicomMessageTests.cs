using System.Text;
using System.Text.Json;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Ingest.Syslog;
using static AccessGov.Audit.Tests.Ingest.Dicom.DicomMessages;

namespace AccessGov.Audit.Tests.Ingest.Dicom;

public sealed class DicomMessageTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 18, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Who_opened_which_study_of_whom_and_from_where_is_read()
    {
        AuditRecord record = Read(Accessed).ShouldHaveSingleItem();

        (record.Kind, record.Action, record.Outcome, record.Actor)
            .ShouldBe(("dicom.110103", AuditActions.View, AuditOutcomes.Success, "ada@hospital"));
        (record.Study, record.Patient, record.Address, record.Workstation).ShouldBe(("1.2.840.5.1", "4711", "10.1.2.3", "ws-radiology-7"));
        record.Service.ShouldBe("syslog:pacs/PACS-1");
        record.OccurredAt.ToString("o").ShouldBe("2026-11-27T18:40:00.1230000+01:00");
        record.PatientDetails!.Value.GetProperty("name").GetString().ShouldBe("Müller^Änne");
        record.PatientDetails.Value.ToString().ShouldContain("accession=A-99");
        record.PersonDetails!.Value.GetProperty("name").GetString().ShouldBe("Lovelace^Ada");
    }

    [Theory]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3", null)]
    [InlineData("1", null, "1")]
    [InlineData("0x7f000001", null, "0x7f000001")]
    [InlineData("fe80::1%eth0", null, "fe80::1%eth0")]
    public void Only_what_is_an_address_to_everybody_is_one_and_all_else_is_kept_in_the_details(string given, string? address, string? kept)
    {
        AuditRecord record = Read(Message("110103", "R", Person.Replace("10.1.2.3", given, StringComparison.Ordinal), Study + Patient))
            .ShouldHaveSingleItem();

        (record.Address, record.Workstation).ShouldBe((address, null));
        (record.PersonDetails!.Value.TryGetProperty("access_point", out JsonElement point) ? point.GetString() : null).ShouldBe(kept);
    }

    [Fact]
    public void Nobodys_name_stands_in_clear() =>
        JsonSerializer.Serialize(Read(Accessed)[0] with { PatientDetails = null, PersonDetails = null }).ShouldNotContain("Lovelace");

    [Fact]
    public void The_form_of_RFC_3881_says_the_same()
    {
        AuditRecord record = Read(OldForm).ShouldHaveSingleItem();

        (record.Kind, record.Action, record.Actor, record.Study, record.Patient, record.Address)
            .ShouldBe(("dicom.110103", AuditActions.View, "ada@hospital", "1.2.840.5.1", "4711", "10.1.2.3"));
        record.PatientDetails!.Value.GetProperty("id_as_given").GetString().ShouldBe("4711^^^HOSP&1.2.3&ISO");
        record.PatientDetails.Value.ToString().ShouldContain("A-99");
        record.Reason.ShouldBe("ITI-43");
    }

    [Theory]
    [InlineData("110100", "110120", "E", "0", "application_start", "success")]
    [InlineData("110100", "110121", "E", "0", "application_stop", "success")]
    [InlineData("110101", null, "R", "0", "audit_read", "success")]
    [InlineData("110102", null, "E", "0", "share", "success")]
    [InlineData("110103", null, "C", "0", "modify", "success")]
    [InlineData("110103", null, "R", "4", "view", "failure")]
    [InlineData("110103", null, "U", "0", "modify", "success")]
    [InlineData("110103", null, "D", "0", "delete", "success")]
    [InlineData("110104", null, "C", "0", "share", "success")]
    [InlineData("110105", null, "D", "0", "delete", "success")]
    [InlineData("110106", null, "R", "0", "export", "success")]
    [InlineData("110107", null, "C", "0", "modify", "success")]
    [InlineData("110108", "110124", "E", "0", "other", "success")]
    [InlineData("110109", null, "R", "0", "view", "success")]
    [InlineData("110110", null, "U", "0", "modify", "success")]
    [InlineData("110111", null, "D", "12", "delete", "failure")]
    [InlineData("110112", null, "E", "0", "query", "success")]
    [InlineData("110113", "110126", "E", "4", "security_alert", "failure")]
    [InlineData("110113", "110127", "E", "0", "emergency_start", "success")]
    [InlineData("110113", "110128", "E", "0", "administer", "success")]
    [InlineData("110113", "110129", "E", "0", "administer", "success")]
    [InlineData("110113", "110130", "E", "0", "administer", "success")]
    [InlineData("110113", "110131", "E", "0", "administer", "success")]
    [InlineData("110113", "110132", "E", "4", "security_alert", "denied")]
    [InlineData("110113", "110133", "E", "0", "security_alert", "success")]
    [InlineData("110113", "110134", "E", "0", "security_alert", "success")]
    [InlineData("110113", "110135", "E", "0", "administer", "success")]
    [InlineData("110113", "110136", "E", "0", "administer", "success")]
    [InlineData("110113", "110137", "E", "0", "administer", "success")]
    [InlineData("110113", "110138", "E", "0", "emergency_end", "success")]
    [InlineData("110113", "110139", "E", "0", "security_alert", "success")]
    [InlineData("110114", "110122", "E", "0", "sign_in", "success")]
    [InlineData("110114", "110122", "E", "4", "sign_in_failed", "failure")]
    [InlineData("110114", "110123", "E", "0", "sign_out", "success")]
    [InlineData("110122", null, "E", "0", "sign_in", "success")]
    [InlineData("110123", null, "E", "0", "sign_out", "success")]
    [InlineData("110127", null, "E", "0", "emergency_start", "success")]
    [InlineData("999999", null, "D", "0", "delete", "success")]
    [InlineData("999999", null, "E", "0", "other", "success")]
    [Trait("Requirement", "S43")]
    public void What_was_done_follows_from_the_codes(string id, string? type, string action, string outcome, string expected, string ended)
    {
        AuditRecord record = Read(Message(id, action, outcome: outcome, type: type)).ShouldHaveSingleItem();
        (record.Action, record.Outcome).ShouldBe((expected, ended));
    }

    [Theory]
    [InlineData("110010", "print")]
    [InlineData("110038", "print")]
    [InlineData("110031", "share")]
    [InlineData("110033", "export")]
    public void Film_and_paper_are_prints(string medium, string action)
    {
        string media =
            $"""
            <ActiveParticipant UserID="cd" UserIsRequestor="false"><RoleIDCode csd-code="110154"/>
            <MediaIdentifier><MediaType csd-code="{medium}"/></MediaIdentifier></ActiveParticipant>
            """;
        Read(Message("110106", "R", media + Person, Study + Patient)).ShouldHaveSingleItem().Action.ShouldBe(action);
    }

    [Theory]
    [InlineData("R", "110103", "view", "BTG")]
    [InlineData("E", "110113", "emergency_start", "BTG")]
    public void An_emergency_is_recognised_by_its_purpose(string action, string id, string expected, string reason)
    {
        const string purpose = """<PurposeOfUse csd-code="TREAT"/><PurposeOfUse csd-code="BTG" originalText="break the glass"/>""";
        AuditRecord record = Read(Message(id, action, objects: Patient, more: purpose)).ShouldHaveSingleItem();
        (record.Action, record.Reason).ShouldBe((expected, reason));
    }

    [Fact]
    public void Several_patients_are_an_event_each_and_several_studies_of_one_too()
    {
        string second = Patient.Replace("4711", "4712", StringComparison.Ordinal),
        other = Study.Replace("1.2.840.5.1", "1.2.840.5.2", StringComparison.Ordinal);

        Read(Message("110106", "R", objects: Patient + second + Study)).Select(one => (one.Patient, one.Study))
            .ShouldBe([("4711", "1.2.840.5.1"), ("4712", "1.2.840.5.1")]);
        IReadOnlyList<AuditRecord> studies = Read(Message("110103", "R", objects: Patient + Study + other + Patient));
        studies.Select(one => (one.Patient, one.Study)).ShouldBe([("4711", "1.2.840.5.1"), ("4711", "1.2.840.5.2")]);
        studies.Select(one => one.EventId).Distinct().Count().ShouldBe(2);
        IReadOnlyList<AuditRecord> both = Read(Message("110106", "R", objects: Patient + second + Study + other));
        both.Select(one => (one.Patient, one.Study)).ShouldBe([("4711", null), ("4712", null), (null, "1.2.840.5.1"),
            (null, "1.2.840.5.2")]);
        both[0].PatientDetails!.Value.ToString().ShouldNotContain("A-99", Case.Sensitive, "nobody knows whose study it is");
    }

    [Theory]
    [InlineData("&lt;none&gt;", null)]
    [InlineData("", null)]
    [InlineData("77^^^A&amp;1.2&amp;ISO~88", "77")]
    [InlineData(" 77 ", "77")]
    public void A_patients_id_is_taken_out_of_its_form(string given, string? id)
    {
        AuditRecord record = Read(Message("110110", "R", objects: Patient.Replace("4711", given, StringComparison.Ordinal)))
            .ShouldHaveSingleItem();
        record.Patient.ShouldBe(id);
        (record.PatientDetails is null).ShouldBe(id is null);
        (id is null ? record.PersonDetails : record.PatientDetails)!.Value.ToString().ShouldContain("Änne");
    }

    [Fact]
    public void A_study_that_nobody_knows_is_none() =>
        Read(Message("110103", "R", objects: Patient + Study.Replace(
            "1.2.840.5.1", "1.2.40.0.13.1.15.110.3.165.1", StringComparison.Ordinal)))
            .ShouldHaveSingleItem().Study.ShouldBeNull();

    [Theory]
    [InlineData("""<ActiveParticipant UserID="Lovelace, Ada" UserIsRequestor="true"/>""", null)]
    [InlineData(
        """
        <ActiveParticipant UserID="arc" UserIsRequestor="true"><UserIDTypeCode csd-code="113877"/></ActiveParticipant>
        <ActiveParticipant UserID="ada" UserIsRequestor="false" UserTypeCode="1"/>
        """, "ada")]
    [InlineData("""<ActiveParticipant UserID="arc" UserIsRequestor="true"><RoleIDCode code="110153"/></ActiveParticipant>""", "arc")]
    [InlineData(
        """
        <ActiveParticipant UserID="to" UserIsRequestor="true"><RoleIDCode code="110152"/></ActiveParticipant>
        <ActiveParticipant UserID="ada" UserIsRequestor="true"/>
        """, "ada")]
    public void The_actor_is_the_person_who_asked_and_never_a_name(string participants, string? actor) =>
        Read(Message("110103", "R", participants, Study)).ShouldHaveSingleItem().Actor.ShouldBe(actor);

    [Theory]
    [InlineData("2026-11-27T18:40:00", "2026-11-27T18:40:00.0000000+01:00")]
    [InlineData("2026-11-27T18:40:00.123456789Z", "2026-11-27T18:40:00.1234567+00:00")]
    [InlineData("yesterday", "2026-11-27T18:40:01.5000000+01:00")]
    public void A_time_without_offset_has_that_of_the_message_around_it(string given, string at) =>
        Read(Message("110103", "R", time: given)).ShouldHaveSingleItem().OccurredAt.ToString("o").ShouldBe(at);

    [Fact]
    public void An_outcome_that_is_not_stated_is_marked() =>
        Read(Message("110103", "R").Replace("EventOutcomeIndicator=\"0\"", "", StringComparison.Ordinal))
            .ShouldHaveSingleItem().Reason.ShouldBe(Completeness.OutcomeNotStated);

    [Fact]
    public void A_query_is_sealed()
    {
        string query = $"""
            <ParticipantObjectIdentification ParticipantObjectID="SearchForStudies"
            ParticipantObjectTypeCode="2" ParticipantObjectTypeCodeRole="24">
            <ParticipantObjectIDTypeCode csd-code="110181"/>
            <ParticipantObjectQuery>{Convert.ToBase64String("PatientName=Müller*"u8)}</ParticipantObjectQuery>
            <ParticipantObjectDetail type="QueryEncoding" value="VVRGLTg="/></ParticipantObjectIdentification>
            """;
        AuditRecord record = Read(Message("110112", objects: query)).ShouldHaveSingleItem();
        record.Resource.ShouldBe("SopClass::SearchForStudies");
        record.PersonDetails!.Value.ToString().ShouldContain("PatientName=Müller*");
        record.PersonDetails.Value.ToString().ShouldContain("QueryEncoding=UTF-8");
    }

    internal static IReadOnlyList<AuditRecord> Read(string message) =>
        SyslogMessage.Read(new SyslogFrame(Encoding.UTF8.GetBytes(Framed(message)), IsTruncated: false), "syslog:pacs", Now);
}
