using System.Text;
using System.Xml.Linq;
using AccessGov.Audit.Export;
using AccessGov.Audit.Export.Formats;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Export;

public sealed class DicomAuditXmlTests
{
    [Fact]
    public async Task Every_event_is_valid_by_the_schema()
    {
        IReadOnlyList<TrailEntry> entries = Leaves.EveryShape();

        (int code, string output) = await InvalidAsync([.. entries.Select(
            entry => DicomAuditXml.Of(new ExportedEvent(entry), Leaves.Origin))]);

        code.ShouldBe(0, output);
    }

    [Fact]
    public async Task Why_there_was_access_is_said_where_IHEs_element_is_known_and_left_out_for_the_standards_own_schema()
    {
        TrailEntry entry = Leaves.Entry(Leaves.Leaf(outcome: "denied", reason: "ETREAT", emergencyCase: "case-1"));
        byte[] plain = DicomAuditXml.Of(new ExportedEvent(entry), Leaves.Origin),
            purpose = DicomAuditXml.Of(new ExportedEvent(entry), Leaves.Origin, purpose: true);

        (await InvalidAsync([plain])).Code.ShouldBe(0);
        (await InvalidAsync([purpose])).Code.ShouldBe(1);
        (int code, string output) = await InvalidAsync([plain, purpose], "audit-message-ihe.rnc");
        code.ShouldBe(0, output);
        XElement said = XElement.Parse(Leaves.Utf8(purpose)).Element("EventIdentification")!.Elements().Last();
        (said.Name.LocalName, CodeOf(said), said.Attribute("codeSystemName")!.Value).ShouldBe(
            ("PurposeOfUse", "ETREAT", "2.16.840.1.113883.5.8"));
    }

    [Theory]
    [InlineData(" UserIsRequestor=\"true\"", "")]
    [InlineData("<ParticipantObjectName>1.2.840.7</ParticipantObjectName>", "")]
    [InlineData("csd-code=\"110103\"", "code=\"110103\"")]
    [InlineData("123456Z", "123456")]
    public async Task The_schema_finds_what_is_wrong(string right, string wrong)
    {
        string message = Xml(Leaves.Leaf()).ToString(SaveOptions.DisableFormatting);
        string broken = message.Replace(right, wrong, StringComparison.Ordinal);
        broken.ShouldNotBe(message);

        (await InvalidAsync([Encoding.UTF8.GetBytes(broken)])).Code.ShouldBe(1);
    }

    [Fact]
    public void At_most_one_participant_asked_for_it()
    {
        foreach (TrailEntry entry in Leaves.EveryShape())
        {
            XElement message = Xml(entry);
            int requestors = message.Elements("ActiveParticipant").Count(one => one.Attribute("UserIsRequestor")!.Value == "true");
            bool program = entry.Action is AuditActions.ApplicationStart or AuditActions.ApplicationStop;
            requestors.ShouldBe(program && entry.Actor is null ? 0 : 1, message.ToString());
        }
    }

    [Fact]
    public void An_event_of_the_standard_has_what_the_standard_demands_of_it()
    {
        var met = new HashSet<string>(StringComparer.Ordinal);
        foreach (TrailEntry entry in Leaves.EveryShape())
        {
            XElement message = Xml(entry);
            string id = CodeOf(message.Element("EventIdentification")!.Element("EventID")!);
            met.Add(id);
            Demands(id, message).ShouldBeTrue(message.ToString());
        }

        met.ShouldBeSubsetOf(["110100", "110101", "110103", "110105", "110106", "110110", "110112", "110113", "110114", "view", "modify",
            "annotate", "delete", "export",
            "share", "print", "decide", "other", "sign_in", "sign_in_failed", "sign_out"]);
        met.Count(id => id.All(char.IsDigit)).ShouldBe(9);
    }

    [Theory]
    [InlineData(AuditActions.EmergencyStart, "success", "x", "110127")]
    [InlineData(AuditActions.EmergencyEnd, "success", "x", "110138")]
    [InlineData(AuditActions.Administer, "success", "policy-set-published", "110129")]
    [InlineData(AuditActions.Administer, "success", "role-grant-given", "110136")]
    [InlineData(AuditActions.Administer, "success", "person-suspended", "110137")]
    [InlineData(AuditActions.Administer, "denied", "person-suspended", "110132")]
    [InlineData(AuditActions.Decide, "denied", "decision", "110132")]
    [InlineData(AuditActions.SignIn, "success", "x", "110122")]
    [InlineData(AuditActions.SignOut, "success", "x", "110123")]
    [InlineData(AuditActions.ApplicationStart, "success", "x", "110120")]
    [InlineData(AuditActions.ApplicationStop, "success", "x", "110121")]
    public void An_event_has_the_type_that_IHE_names(string action, string outcome, string kind, string type) =>
        CodeOf(Xml(Leaves.Leaf(action: action, outcome: outcome, kind: kind)).Element("EventIdentification")!.Element("EventTypeCode")!)
            .ShouldBe(type);

    [Fact]
    public void Without_what_the_standard_demands_an_event_has_a_code_of_ours()
    {
        XElement id = Xml(Leaves.Leaf(action: AuditActions.SignIn, address: null, workstation: null))
            .Element("EventIdentification")!.Element("EventID")!;

        (CodeOf(id), id.Attribute("codeSystemName")!.Value).ShouldBe(("sign_in", "AccessGov"));
    }

    [Fact]
    public void Nobody_asks_for_the_end_of_a_session_that_ran_out() =>
        Xml(Leaves.Leaf(action: AuditActions.SignOut, reason: "idle")).Elements("ActiveParticipant").First()
            .Attribute("UserIsRequestor")!.Value.ShouldBe("false");

    [Fact]
    public void A_name_is_there_only_for_those_who_may_know_it()
    {
        TrailEntry entry = Leaves.Entry(Leaves.Leaf());
        var opened = new ExportedEvent(entry, new OpenedDetails("4711", "Änne Müller", "Ada Lovelace"));

        string known = Leaves.Utf8(DicomAuditXml.Of(opened, Leaves.Origin)), unknown =
            Leaves.Utf8(DicomAuditXml.Of(new ExportedEvent(entry), Leaves.Origin));

        (known.Contains("4711", StringComparison.Ordinal), known.Contains("Änne Müller", StringComparison.Ordinal),
            known.Contains("Ada Lovelace", StringComparison.Ordinal))
            .ShouldBe((true, true, true));
        unknown.ShouldContain("pt-4f1d");
    }

    [Fact]
    public void What_no_XML_can_hold_keeps_nothing_back()
    {
        XElement message = Xml(Leaves.Leaf(workstation: "ws\u0001\u000b7\uffff", actor: "a\"<&>\nb\U0001F511", address: null));

        XElement person = message.Elements("ActiveParticipant").First();
        person.Attribute("NetworkAccessPointID")!.Value.ShouldBe("ws\uFFFD\uFFFD7\uFFFD");
        person.Attribute("UserID")!.Value.ShouldBe("a\"<&>\nb\U0001F511");
        Leaves.Utf8(DicomAuditXml.Of(new ExportedEvent(Leaves.Entry(Leaves.Leaf(actor: "a\nb"))), Leaves.Origin)).ShouldNotContain('\n');
    }

    private static bool Demands(string id, XElement message)
    {
        XElement[] participants = [.. message.Elements("ActiveParticipant")];
        int studies = Objects(message, "110180"), patients = Objects(message, "2");
        int Role(string role) => participants.Count(one => one.Elements("RoleIDCode").Any(code => CodeOf(code) == role));
        string action = message.Element("EventIdentification")!.Attribute("EventActionCode")!.Value;
        XElement[] types = [.. message.Element("EventIdentification")!.Elements("EventTypeCode")];
        return id switch
        {
            "110103" => participants.Length is 1 or 2 && studies >= 1 && patients == 1 && action is "C" or "R" or "U" or "D",
            "110105" => studies >= 1 && patients == 1 && action == "D",
            "110110" => participants.Length is 1 or 2 && patients == 1 && action is "C" or "R" or "U" or "D",
            "110106" => action == "R" && Role("110153") is 1 or 2 && Role("110154") == 1 && patients >= 1
                && participants.Single(one => one.Element("MediaIdentifier") is not null)
                is { } medium && medium.Attribute("UserIsRequestor")!.Value == "false"
                    && (medium.Attribute("NetworkAccessPointID") is not null
                    || CodeOf(medium.Element("MediaIdentifier")!.Element("MediaType")!) == "110038"),
            "110112" => action == "E" && Role("110153") == 1 && Role("110152") == 1 && message.Descendants("ParticipantObjectQuery")
                .Count() == 1,
            "110113" => action == "E" && types.Length == 1 && participants.Length is 1 or 2
                && message.Descendants("ParticipantObjectDetail")
                .Any(detail => detail.Attribute("type")!.Value == "Alert Description") && Objects(message, "12") == 1,
            "110114" => action == "E" && types.Length == 1 && participants[0].Attribute("NetworkAccessPointID") is not null
                && !message.Elements("ParticipantObjectIdentification").Any(),
            "110101" => action == "R" && Objects(message, "12") >= 1 && message.Descendants("ParticipantObjectName").First()
                .Value == "Security Audit Log",
            "110100" => action == "E" && types.Length == 1 && Role("110150") == 1,
            _ => message.Element("EventIdentification")!.Element("EventID")!.Attribute("codeSystemName")!.Value == "AccessGov",
        };
    }

    private static int Objects(XElement message, string idType) =>
        message.Elements("ParticipantObjectIdentification").Count(one => CodeOf(one.Element("ParticipantObjectIDTypeCode")!) == idType);

    private static string CodeOf(XElement code) => code.Attribute("csd-code")!.Value;

    private static XElement Xml(byte[] leaf) => Xml(Leaves.Entry(leaf));

    private static XElement Xml(TrailEntry entry) => XElement.Parse(Leaves.Utf8(DicomAuditXml.Of(new ExportedEvent(entry), Leaves.Origin)));

    private static async Task<(int Code, string Output)> InvalidAsync(
        IReadOnlyList<byte[]> messages, string schema = "audit-message.rnc")
    {
        string folder = Directory.CreateTempSubdirectory("accessgov-dicom-").FullName;
        try
        {
            string[] files = [.. messages.Select((_, index) => Path.Combine(folder, $"{index}.xml"))];
            for (int index = 0; index < files.Length; index++)
            {
                await File.WriteAllBytesAsync(files[index], messages[index]);
            }

            return await Tool.RunAsync("jing", ["-c", WorkingCopy.PathOf("tests", "Audit.Tests", "Export", schema), .. files]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
