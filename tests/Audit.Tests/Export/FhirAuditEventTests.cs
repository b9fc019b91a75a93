using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Export;
using AccessGov.Audit.Export.Formats;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Export;

public sealed class FhirAuditEventTests
{
    private const string Profiles = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";

    [OfficialEngineFact]
    public async Task Every_event_is_a_valid_AuditEvent_of_R4()
    {
        JsonObject[] resources = [.. Leaves.EveryShape().Select(entry => Of(entry))];

        (await FaultsAsync(resources)).SelectMany(faults => faults).ShouldBeEmpty();
    }

    [OfficialEngineFact]
    public async Task The_validator_finds_what_is_wrong()
    {
        JsonObject noAgent = Of(Leaves.Entry(Leaves.Leaf())), badOutcome = noAgent.DeepClone().AsObject();
        noAgent.Remove("agent");
        badOutcome["outcome"] = "denied";

        (await FaultsAsync(noAgent, badOutcome)).ShouldAllBe(faults => faults.Count > 0);
    }

    [Theory]
    [InlineData(AuditActions.View, "PatientRead", "read", "R", "110152", "110153")]
    [InlineData(AuditActions.Modify, "PatientUpdate", "update", "U", "110153", "110152")]
    [InlineData(AuditActions.Annotate, "PatientUpdate", "update", "U", "110153", "110152")]
    [InlineData(AuditActions.Delete, "PatientDelete", "delete", "D", "110150", "custodian")]
    public void A_success_of_which_all_is_known_claims_its_profile_and_keeps_its_rules(
        string action, string profile, string interaction, string letter, string client, string server)
    {
        JsonObject found = Of(Leaves.Entry(Leaves.Leaf(action: action)));

        found["meta"]!["profile"]!.AsArray().Single()!.GetValue<string>().ShouldBe(Profiles + profile);
        (Text(found["type"]!["code"]), Text(found["subtype"]![0]!["code"]), Text(found["action"]), Text(found["outcome"]))
            .ShouldBe(("rest", interaction, letter, "0"));
        Text(found["recorded"]).ShouldEndWith("Z");
        JsonNode machine = Agent(found, client), other = Agent(found, server), person = Agent(found, "IRCP");
        foreach (JsonNode one in new[] { machine, other })
        {
            (one["who"] is not null, Text(one["network"]!["address"]).Length > 0, one["media"] is null,
                one["requestor"]!.GetValue<bool>()).ShouldBe((true, true, true, false));
        }

        (person["network"] is null, person["requestor"]!.GetValue<bool>(), Text(person["who"]!["identifier"]!["value"]))
            .ShouldBe((true, true, "ada"));
        found["source"]!["observer"].ShouldNotBeNull();
        JsonNode patient = found["entity"]!.AsArray().Single(one => Text(one!["role"]?["code"]) == "1")!, data =
            found["entity"]!.AsArray().Single(one => Text(one!["role"]?["code"]) == "4")!;
        (Text(patient["type"]!["code"]), Text(patient["what"]!["type"]), Text(patient["what"]!["identifier"]!["value"]))
            .ShouldBe(("1", "Patient", "pt-4f1d"));
        (Text(data["type"]!["code"]), Text(data["what"]!["identifier"]!["value"])).ShouldBe(("2", "urn:oid:1.2.840.7"));
        found["entity"]!.AsArray().Count(one => Text(one!["type"]!["code"]) == "XrequestId"
            && Text(one["what"]!["identifier"]!["value"]) == "trace-1").ShouldBe(1);
    }

    [Theory]
    [InlineData("BTG", null, "BTG", null)]
    [InlineData("ETREAT", "case-1", "ETREAT", null)]
    [InlineData("permitted", "case-1", "BTG", "permitted")]
    [InlineData("permitted", null, null, "permitted")]
    public void Why_there_was_access_is_the_purpose_of_the_event(string reason, string? emergencyCase, string? purpose, string? outcome)
    {
        JsonObject found = Of(Leaves.Entry(Leaves.Leaf(reason: reason, emergencyCase: emergencyCase)));

        JsonNode? coding = found["purposeOfEvent"]?.AsArray().Single()!["coding"]!.AsArray().Single();
        ((string?)coding?["code"], (string?)found["outcomeDesc"]).ShouldBe((purpose, outcome));
        ((string?)coding?["system"]).ShouldBe(purpose is null ? null : "http://terminology.hl7.org/CodeSystem/v3-ActReason");
    }

    [Theory]
    [InlineData(AuditActions.EmergencyStart, "BTG")]
    [InlineData(AuditActions.Export, "BTG")]
    [InlineData(AuditActions.Decide, "BTG")]
    [InlineData(AuditActions.EmergencyEnd, null)]
    [InlineData(AuditActions.Administer, null)]
    [InlineData(AuditActions.SecurityAlert, null)]
    [InlineData(AuditActions.AuditRead, null)]
    public void What_is_done_about_an_emergency_was_not_done_behind_broken_glass(string action, string? purpose)
    {
        JsonObject found = Of(Leaves.Entry(Leaves.Leaf(action: action, emergencyCase: "case-1")));
        ((string?)found["purposeOfEvent"]?[0]!["coding"]![0]!["code"]).ShouldBe(purpose);
    }

    [Fact]
    public void What_is_about_no_patient_claims_the_profile_without_one() =>
        Text(Of(Leaves.Entry(Leaves.Leaf(patient: null)))["meta"]!["profile"]![0]).ShouldBe(Profiles + "Read");

    [Fact]
    public void A_denial_a_decision_and_what_is_not_known_wholly_claim_nothing()
    {
        byte[][] leaves =
        [
            Leaves.Leaf(outcome: "denied"), Leaves.Leaf(outcome: "failure"), Leaves.Leaf(kind: "decision"), Leaves.Leaf(address: null),
                Leaves.Leaf(service: "elsewhere"),
            Leaves.Leaf(study: null), Leaves.Leaf(action: AuditActions.Query), Leaves.Leaf(action: AuditActions.Export),
                Leaves.Leaf(action: AuditActions.SignIn),
        ];

        leaves.ShouldAllBe(leaf => Of(Leaves.Entry(leaf))["meta"]!["profile"] == null);
    }

    [Theory]
    [InlineData("success", "0")]
    [InlineData("denied", "4")]
    public void A_decision_is_an_authorization_by_role(string outcome, string indicator)
    {
        JsonObject found = Of(Leaves.Entry(Leaves.Leaf(kind: "decision", outcome: outcome, service: "policy-decision", decision: "d-1")));

        (Text(found["type"]!["code"]), Text(found["subtype"]![0]!["code"]), Text(found["action"]), Text(found["outcome"]))
            .ShouldBe(("110113", "AuthZ-Role", "E", indicator));
        Text(Agent(found, "authserver")["who"]!["identifier"]!["value"])
            .ShouldBe(Text(found["source"]!["observer"]!["identifier"]!["value"]));
        Agent(found, "110150").ShouldNotBeNull();
        Agent(found, "IRCP")["requestor"]!.GetValue<bool>().ShouldBeTrue();
        Text(Agent(found, "PROV")["who"]!["display"]).ShouldBe("Hospital of the tests");
    }

    [Fact]
    public void Somebody_asked_for_it_and_only_one()
    {
        foreach (TrailEntry entry in Leaves.EveryShape())
        {
            Of(entry)["agent"]!.AsArray().Count(agent => agent!["requestor"]!.GetValue<bool>()).ShouldBe(1);
        }
    }

    [Fact]
    public void An_id_that_the_hospital_knows_has_the_hospital_s_system()
    {
        var opened = new ExportedEvent(Leaves.Entry(Leaves.Leaf()), new OpenedDetails("4711", "Änne Müller", "Ada Lovelace"));

        JsonObject found = FhirAuditEvent.Of(opened, Leaves.Origin);

        JsonNode patient = found["entity"]!.AsArray().Single(one => Text(one!["role"]?["code"]) == "1")!["what"]!;
        (Text(patient["identifier"]!["system"]), Text(patient["identifier"]!["value"]), Text(patient["display"]))
            .ShouldBe(("urn:oid:2.999.1", "4711", "Änne Müller"));
        Text(Agent(found, "IRCP")["name"]).ShouldBe("Ada Lovelace");
        FhirAuditEvent.Of(new ExportedEvent(opened.Entry), Leaves.Origin).ToJsonString().ShouldNotContain("4711");
    }

    internal static async Task<List<List<string>>> FaultsAsync(params JsonObject[] resources)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { folder = OfficialEngineFactAttribute.Folder, resources }));
            (int code, string output) = await Tool.RunAsync("node", WorkingCopy.PathOf(
                "tests", "Audit.Tests", "Export", "fhir-validator.mjs"), file);
            code.ShouldBe(0, output);
            return JsonSerializer.Deserialize<List<List<string>>>(output)!;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static JsonObject Of(TrailEntry entry) => FhirAuditEvent.Of(new ExportedEvent(entry), Leaves.Origin);

    private static JsonNode Agent(JsonObject found, string type) =>
        found["agent"]!.AsArray().Single(agent => Text(agent!["type"]!["coding"]![0]!["code"]) == type)!;

    private static string Text(JsonNode? node) => node?.GetValue<string>() ?? "";
}
