using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Ingest.Fhir;

namespace AccessGov.Audit.Tests.Ingest.Fhir;

public sealed class FhirTests(AuditHost host) : IClassFixture<AuditHost>
{
    private const string Type = "application/fhir+json";
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 18, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_reading_of_BALP_is_understood()
    {
        AuditRecord record = Read(AuditEvents.PatientRead()).ShouldHaveSingleItem();

        (record.Kind, record.Action, record.Outcome, record.Actor).ShouldBe(("fhir.rest.read", "view", "success", "ada"));
        (record.Address, record.Workstation, record.Resource, record.Patient)
            .ShouldBe((null, "fhir.hospital", "DiagnosticReport::r-7", "4711"));
        (record.Reason, record.Correlation, record.Service).ShouldBe(("TREAT", "req-1", "ehr/ehr"));
        record.PatientDetails!.Value.GetProperty("name").GetString().ShouldBe("Müller, Änne");
        record.PersonDetails!.Value.GetProperty("name").GetString().ShouldBe("Dr. Ada Lovelace");
        JsonSerializer.Serialize(record with { PatientDetails = null, PersonDetails = null }).ShouldNotContain("Lovelace");
    }

    [Fact]
    public void A_study_of_several_patients_is_an_event_for_each()
    {
        IReadOnlyList<AuditRecord> records = Read(AuditEvents.StudyAccessed());

        records.Select(record => (record.Patient, record.Study)).ShouldBe([("4711", "1.2.840.5.1"), ("4712", "1.2.840.5.1")]);
        (records[0].Kind, records[0].Action, records[0].Outcome, records[0].Actor, records[0].Address, records[0].Reason,
            records[0].Service)
            .ShouldBe(("fhir.110103", "view", "failure", "ada", "10.1.2.3", "BTG", "ehr/pacs-7"));
        records[0].PersonDetails!.Value.ToString().ShouldContain("PatientName=Huber");
        records[1].PatientDetails!.Value.GetProperty("name").GetString().ShouldBe("Huber");
    }

    [Fact]
    public void A_resource_about_thousands_is_kept_whole_and_becomes_one_event()
    {
        JsonObject resource = AuditEvents.PatientRead();
        resource["entity"] = new JsonArray([.. Enumerable.Range(0, 2_000).Select(i => new JsonObject
        {
            ["what"] = new JsonObject { ["reference"] = $"Patient/{i}" },
        })]);
        AuditRecord record = Read(resource).ShouldHaveSingleItem();
        (record.Kind, record.Reason, record.Patient).ShouldBe((Unparsed.Kind, "too_many_objects", null));
        record.PersonDetails!.Value.GetProperty("text").GetString()!.ShouldContain("Patient/1999");
    }

    [Theory]
    [InlineData("create", "C", "modify")]
    [InlineData("vread", "R", "view")]
    [InlineData("update", "U", "modify")]
    [InlineData("patch", "U", "modify")]
    [InlineData("delete", "D", "delete")]
    [InlineData("search-type", "E", "query")]
    [InlineData("search-system", "E", "query")]
    [InlineData("operation", "E", "other")]
    [InlineData("disclose", "R", "share")]
    public void What_was_done_follows_from_the_interaction(string subtype, string action, string expected)
    {
        JsonObject resource = AuditEvents.PatientRead();
        (resource["subtype"]![0]!["code"], resource["action"]) = (subtype, action);
        Read(resource).ShouldHaveSingleItem().Action.ShouldBe(expected);
    }

    [Theory]
    [InlineData("type", null, "type_missing")]
    [InlineData("recorded", null, "time_missing")]
    [InlineData("recorded", "\"2026-11-27\"", "time_missing")]
    [InlineData("recorded", "\"2062-11-27T00:00:00Z\"", "time_implausible")]
    [InlineData("agent", null, "agent_missing")]
    [InlineData("agent", "[]", "agent_missing")]
    [InlineData("agent", "\"ada\"", "agent_missing")]
    public void What_is_not_understood_is_kept_whole(string member, string? value, string reason)
    {
        JsonObject resource = AuditEvents.PatientRead();
        resource[member] = value is null ? null : JsonNode.Parse(value);
        AuditRecord record = Read(resource).ShouldHaveSingleItem();
        (record.Kind, record.Reason, record.Patient).ShouldBe((Unparsed.Kind, reason, null));
        record.PersonDetails!.Value.GetProperty("text").GetString().ShouldBe(resource.ToJsonString());
    }

    [Fact]
    public void Whatever_is_of_another_kind_than_FHIR_says_it_ends_as_an_event()
    {
        string[] values = ["null", "7", "\"x\"", "[]", "{}", "[null]", "[[]]", "true"];
        foreach (string name in new[] { "type", "subtype", "action", "recorded", "outcome", "outcomeDesc", "purposeOfEvent", "agent",
            "source", "entity" })
        {
            foreach (string value in values)
            {
                JsonObject whole = AuditEvents.PatientRead(), within = AuditEvents.StudyAccessed();
                whole[name] = JsonNode.Parse(value);
                foreach (string inner in new[] { "who", "network", "requestor", "altId", "purposeOfUse", "type" })
                {
                    within["agent"]![0]![inner] = JsonNode.Parse(value);
                }

                within["entity"]![0]!["what"] = JsonNode.Parse(value);
                within["entity"]![3]!["detail"] = JsonNode.Parse(value);
                Read(whole).ShouldNotBeEmpty();
                Read(within).ShouldNotBeEmpty();
            }
        }
    }

    [Fact]
    public async Task An_AuditEvent_is_created_and_has_an_address()
    {
        await using AuditHost own = await AuditHost.StartAsync();
        IntakeCopy copy = await IntakeCopy.OfAsync(own);
        using HttpResponseMessage answer = await own.SendAsync(HttpMethod.Post, "/fhir/AuditEvent", AuditEvents.PatientRead()
            .ToJsonString(), type: Type);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        AuditRecord record = (await copy.HasAsync("tests", 1))[0];
        answer.Headers.Location!.ToString().ShouldBe($"/fhir/AuditEvent/{record.EventId}");
    }

    [Fact]
    public async Task Each_entry_of_a_batch_is_answered_by_itself()
    {
        await using AuditHost own = await AuditHost.StartAsync();
        IntakeCopy copy = await IntakeCopy.OfAsync(own);
        JsonObject unclear = AuditEvents.PatientRead();
        unclear.Remove("agent");
        using HttpResponseMessage answer = await own.SendAsync(
            HttpMethod.Post, "/fhir", Bundle("batch", AuditEvents.PatientRead(), new JsonObject { ["resourceType"] = "Patient" }, unclear),
            type: Type);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonNode bundle = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        ((string?)bundle["type"]).ShouldBe("batch-response");
        bundle["entry"]!.AsArray().Select(entry => (string?)entry!["response"]!["status"])
            .ShouldBe(["201 Created", "400 Bad Request", "201 Created"]);
        ((string?)bundle["entry"]![1]!["response"]!["outcome"]!["resourceType"]).ShouldBe("OperationOutcome");
        (await copy.HasAsync("tests", 2)).Select(record => record.Kind).ShouldBe(["fhir.rest.read", Unparsed.Kind]);
        using HttpResponseMessage health = await own.Client.GetAsync("/health/ready");
        JsonNode check = JsonNode.Parse(await health.Content.ReadAsStringAsync())!["checks"]!["ingest"]!;
        ((string?)check["status"], (int?)check["data"]!["unparsed_by_reason"]!["agent_missing"]).ShouldBe(("degraded", 1));
    }

    [Fact]
    public async Task A_transaction_is_taken_in_as_a_whole_or_not_at_all()
    {
        await using AuditHost own = await AuditHost.StartAsync();
        IntakeCopy copy = await IntakeCopy.OfAsync(own);
        using HttpResponseMessage refused = await own.SendAsync(
            HttpMethod.Post, "/fhir", Bundle("transaction", AuditEvents.PatientRead(), new JsonObject { ["resourceType"] = "Patient" }),
            type: Type);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("Entry 1");
        using HttpResponseMessage taken = await own.SendAsync(HttpMethod.Post, "/fhir",
            Bundle("transaction", AuditEvents.PatientRead(), AuditEvents.StudyAccessed()), type: Type);
        taken.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await copy.AllAsync()).Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("/fhir/AuditEvent", """{"resourceType":"Patient"}""", Type, HttpStatusCode.BadRequest, "not_an_audit_event")]
    [InlineData("/fhir/AuditEvent", "[]", Type, HttpStatusCode.BadRequest, "not_an_audit_event")]
    [InlineData("/fhir/AuditEvent", "{", Type, HttpStatusCode.BadRequest, "malformed_request")]
    [InlineData("/fhir/AuditEvent", """{"resourceType":"\ud800"}""", Type, HttpStatusCode.BadRequest, "malformed_request")]
    [InlineData("/fhir/AuditEvent", """{"resourceType":"AuditEvent","resourceType":"AuditEvent"}""", Type, HttpStatusCode.BadRequest,
        "malformed_request")]
    [InlineData("/fhir/AuditEvent", "<AuditEvent/>", "application/fhir+xml", HttpStatusCode.UnsupportedMediaType, "media_type_unsupported")]
    [InlineData("/fhir", """{"resourceType":"Bundle","type":"document","entry":[{}]}""", Type, HttpStatusCode.BadRequest,
        "bundle_malformed")]
    [InlineData("/fhir", """{"resourceType":"Bundle","type":"batch"}""", Type, HttpStatusCode.BadRequest, "bundle_malformed")]
    [InlineData("/fhir", """{"resourceType":"AuditEvent"}""", Type, HttpStatusCode.BadRequest, "bundle_malformed")]
    public async Task What_is_refused_is_refused_in_FHIRs_words(string path, string body, string type, HttpStatusCode status, string code)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Post, path, body, type: type);
        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(Type);
        JsonNode outcome = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        ((string?)outcome["resourceType"], (string?)outcome["issue"]![0]!["details"]!["coding"]![0]!["code"])
            .ShouldBe(("OperationOutcome", code));
    }

    [Fact]
    public async Task Whoever_may_not_append_hears_so_in_FHIRs_words()
    {
        using HttpResponseMessage answer = await host.SendAsync(
            HttpMethod.Post, "/fhir/AuditEvent", "{}", host.TokenOf("grace", "audit.read"), Type);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("OperationOutcome");
    }

    [Fact]
    public async Task What_the_interface_says_of_itself_is_true()
    {
        using HttpResponseMessage answer = await host.Client.GetAsync("/fhir/metadata");
        JsonNode rest = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["rest"]![0]!;
        rest["resource"]!.AsArray().ShouldHaveSingleItem()!["interaction"]!.AsArray().Select(one => (string?)one!["code"])
            .ShouldBe(["create"]);
        rest["interaction"]!.AsArray().Select(one => (string?)one!["code"]).ShouldBe(["batch", "transaction"]);
        using HttpResponseMessage read = await host.SendAsync(HttpMethod.Get, "/fhir/AuditEvent/1");
        read.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static string Bundle(string type, params JsonObject[] resources) => new JsonObject
    {
        ["resourceType"] = "Bundle", ["type"] = type,
        ["entry"] = new JsonArray([.. resources.Select(resource => new JsonObject
        {
            ["resource"] = resource, ["request"] = new JsonObject { ["method"] = "POST", ["url"] = "AuditEvent" },
        })]),
    }.ToJsonString();

    private static IReadOnlyList<AuditRecord> Read(JsonObject resource) =>
        AuditEventIntake.Of(JsonElement.Parse(resource.ToJsonString()), "ehr", Now).Records;
}
