using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Ingest.Fhir;
using AccessGov.Audit.Tests.Trail;

namespace AccessGov.Audit.Tests.Ingest.Fhir;

/// <summary>What of an AuditEvent stands in the trail, and for whom.</summary>
public sealed class SealedResourceTests
{
    private const string Type = "application/fhir+json";

    [Fact]
    public async Task What_a_resource_says_is_there_whole_for_whoever_may_unseal()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        JsonObject resource = AuditEvents.PatientRead();
        string name = new('ü', 1_500_000);
        resource["entity"]![1]!["what"]!["display"] = name;
        using HttpResponseMessage taken = await host.SendAsync(
            HttpMethod.Post, "/fhir/AuditEvent", resource.ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }),
            type: Type);
        taken.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await PublishedTrail.HasAsync(host, 1))[0]["sealed"]!.AsArray().ShouldContain(field => field!["blob"] != null);

        using HttpResponseMessage opened = await host.SendAsync(
            HttpMethod.Post, "/entries/0/unseal", """{"reason":"test"}""", host.StrongTokenOf("grace", "audit.unseal"));
        (await opened.Content.ReadAsStringAsync()).ShouldContain(name);
    }

    [Fact]
    public async Task A_patient_who_acts_stands_in_the_trail_by_the_same_token_as_a_patient_whom_others_look_at()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        JsonObject resource = JsonNode.Parse(
            AuditEvents.PatientRead().ToJsonString().Replace("4711", "mrn.4711", StringComparison.Ordinal))!.AsObject();
        resource["agent"]![2]!["who"] = new JsonObject { ["reference"] = "Patient/mrn.4711", ["display"] = "Müller, Änne" };
        resource["source"]!["observer"] = new JsonObject { ["reference"] = "Patient/mrn.4711" };
        AuditRecord read = AuditEventIntake.Of(JsonElement.Parse(resource.ToJsonString()), "ehr", Records.At).Records
            .ShouldHaveSingleItem();
        (read.Actor, read.PatientActor, read.Patient, read.Service).ShouldBe((null, "mrn.4711", "mrn.4711", "ehr/north"));
        using (await host.SendAsync(HttpMethod.Post, "/fhir/AuditEvent", resource.ToJsonString(), type: Type))
        {
        }

        JsonNode leaf = (await PublishedTrail.HasAsync(host, 1))[0];

        leaf.ToJsonString().ShouldNotContain("mrn.4711");
        ((string?)leaf["actor"]).ShouldNotBeNull();
        ((string?)leaf["actor"]).ShouldBe((string?)leaf["object"]!["patient_token"]);
        using HttpResponseMessage opened = await host.SendAsync(
            HttpMethod.Post, "/entries/0/unseal", """{"reason":"test"}""", host.StrongTokenOf("grace", "audit.unseal"));
        JsonArray fields = JsonNode.Parse(await opened.Content.ReadAsStringAsync())!["fields"]!.AsArray();
        fields.Select(field => (string?)field!["about"]).ShouldBe(["patient", "patient"]);
        ((string?)fields[1]!["content"]!["id_as_given"]).ShouldBe("mrn.4711");
    }
}
