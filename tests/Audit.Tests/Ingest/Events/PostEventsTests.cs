using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Tests.Trail;
using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Ingest.Events;

public sealed class PostEventsTests(AuditHost host) : IClassFixture<AuditHost>
{
    private const string Lines = "application/x-ndjson";

    [Fact]
    [Trait("Requirement", "S41, S42, S44, S45, S46, S47, S48, S49, S51")]
    public async Task An_event_an_array_and_lines_are_taken_in_as_they_are_said()
    {
        await using AuditHost own = await AuditHost.StartAsync();
        IntakeCopy copy = await IntakeCopy.OfAsync(own);

        await AcceptedAsync(own, Event().ToJsonString(), 1);
        await AcceptedAsync(own, new JsonArray(Event(), Event()).ToJsonString(), 2);
        await AcceptedAsync(own, $"{Event().ToJsonString()}\n\r\n{Event().ToJsonString()}\r\n", 2, Lines);

        IReadOnlyList<AuditRecord> records = await copy.HasAsync("tests", 5);
        AuditRecord record = records[0];
        (record.Kind, record.Action, record.Outcome, record.Actor, record.Session)
            .ShouldBe(("event.report.signed", "modify", "success", "ada", "s-1"));
        (record.Study, record.Series, record.Patient, record.Resource).ShouldBe(("1.2.3", "1.2.3.4", "4711 / 1", "Report::7"));
        (record.Address, record.Workstation, record.Reason, record.EmergencyCase).ShouldBe(("10.0.0.7", "ws-7", "TREAT", "case-1"));
        record.OccurredAt.ToString("o").ShouldBe("2026-11-27T18:40:00.1234560+01:00");
        record.PatientDetails!.Value.GetProperty("diff").GetString().ShouldBe("- Frakur\n+ Fraktur, Änne");
        record.PersonDetails!.Value.GetProperty("name").GetString().ShouldBe("Ada Lovelace");
        JsonNode leaf = (await PublishedTrail.HasAsync(own, 5))[0];
        ((string?)leaf["svc"], (string?)leaf["object"]!["series"]).ShouldBe(("tests", "1.2.3.4"));
        leaf.ToJsonString().ShouldNotContain("4711 / 1");
    }

    [Fact]
    public async Task Details_are_of_whoever_acted_where_there_is_no_patient()
    {
        await using AuditHost own = await AuditHost.StartAsync();
        IntakeCopy copy = await IntakeCopy.OfAsync(own);
        JsonObject given = Event();
        given.Remove("patient");
        given.Remove("person_details");
        await AcceptedAsync(own, given.ToJsonString(), 1);

        AuditRecord record = (await copy.HasAsync("tests", 1))[0];
        (record.PatientDetails is null, record.PersonDetails is null).ShouldBe((true, false));
    }

    [Theory]
    [InlineData("event_id", "\"\"")]
    [InlineData("event_id", "\"a b\"")]
    [InlineData("event_id", "null")]
    [InlineData("event_id", "7")]
    [InlineData("occurred_at", "\"2026-11-27T18:40:00\"")]
    [InlineData("occurred_at", "\"1989-11-27T18:40:00Z\"")]
    [InlineData("occurred_at", "\"2051-11-27T18:40:00Z\"")]
    [InlineData("kind", "\"store.attested \"")]
    [InlineData("actor", "\"Ada Lovelace\"")]
    [InlineData("actor", "\"Lovelace^Ada\"")]
    [InlineData("action", "\"look\"")]
    [InlineData("outcome", "\"ok\"")]
    [InlineData("study", "\"1.2.x\"")]
    [InlineData("series", "\"\"")]
    [InlineData("patient", "\"a\\u0000b\"")]
    [InlineData("resource", "\"7\"")]
    [InlineData("resource", "\"Patient::4711\"")]
    [InlineData("address", "\"ward\"")]
    [InlineData("address", "\"1\"")]
    [InlineData("address", "\"10.1\"")]
    [InlineData("address", "\"010.0.0.1\"")]
    [InlineData("address", "\"10.0.0.256\"")]
    [InlineData("address", "\"0x7f000001\"")]
    [InlineData("address", "\"fe80::1%eth0\"")]
    [InlineData("address", "\"[fe80::1]:80\"")]
    [InlineData("workstation", "\"a\\nb\"")]
    [InlineData("session", "\"\\ud83d\\ude00\"")]
    [InlineData("session", "\"\\ud83d\"")]
    [InlineData("reason", "\"because I wanted to\"")]
    [InlineData("details", "[]")]
    [InlineData("details", "{\"a\":\"\\ud83d\"}")]
    [InlineData("details", "{\"a\":1,\"a\":2}")]
    [InlineData("person_details", "\"Ada\"")]
    [InlineData("service", "\"policy-decision\"")]
    [InlineData("patientId", "\"1\"")]
    public async Task What_is_malformed_is_refused_as_a_whole(string member, string value)
    {
        JsonObject bad = Event();
        bad.Remove(member);
        string text = bad.ToJsonString();
        string body = $"[{Event().ToJsonString()},{text[..^1]},\"{member}\":{value}}}]";

        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Post, "/events", body);
        (HttpStatusCode status, string said) = (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        status.ShouldBe(HttpStatusCode.BadRequest, said);
        said.ShouldContain("urn:accessgov:audit:event_malformed");
        said.ShouldContain("in event ");
        if (!value.Contains("\\ud83d\"", StringComparison.Ordinal) && !value.Contains("\"a\":2", StringComparison.Ordinal))
        {
            said.ShouldContain($"in event 1, {member}");
        }
    }

    [Theory]
    [InlineData("event_id")]
    [InlineData("occurred_at")]
    [InlineData("action")]
    [InlineData("outcome")]
    public async Task What_is_missing_is_named(string member)
    {
        JsonObject bad = Event();
        bad.Remove(member);
        using HttpResponseMessage answer = await host.SendAsync(
            HttpMethod.Post, "/events", $"{Event().ToJsonString()}\n{bad.ToJsonString()}", type: Lines);
        (await answer.Content.ReadAsStringAsync()).ShouldContain($"in event 1, {member} is missing");
    }

    [Theory]
    [InlineData("application/json", "")]
    [InlineData("application/json", "[]")]
    [InlineData("application/json", "7")]
    [InlineData("application/json", "[7]")]
    [InlineData("application/json", "{\"event_id\":")]
    [InlineData(Lines, "\n\n")]
    [InlineData(Lines, "[]")]
    [InlineData("text/plain", "{}")]
    public async Task What_is_no_event_is_refused(string type, string body)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Post, "/events", body, type: type);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("event_malformed");
    }

    [Fact]
    public async Task Nothing_of_a_refused_body_is_in_the_trail()
    {
        await using AuditHost own = await AuditHost.StartAsync();
        IntakeCopy copy = await IntakeCopy.OfAsync(own);
        using (await own.SendAsync(HttpMethod.Post, "/events", $"{Event().ToJsonString()}\n{{}}", type: Lines))
        {
            await AcceptedAsync(own, Event().ToJsonString(), 1);
        }

        (await copy.AllAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_may_not_append_is_refused_and_so_is_a_body_that_is_too_large()
    {
        using HttpResponseMessage forbidden = await host.SendAsync(HttpMethod.Post, "/events", Event()
            .ToJsonString(), host.TokenOf("grace", "audit.read"));
        forbidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using HttpResponseMessage large = await host.SendAsync(HttpMethod.Post, "/events", new string(' ', (4 * 1024 * 1024) + 1));
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task The_same_event_counts_once()
    {
        await using AuditHost own = await AuditHost.StartAsync();
        string body = Event().ToJsonString();
        await AcceptedAsync(own, body, 1);
        await AcceptedAsync(own, $"[{body},{body}]", 2);
        await AcceptedAsync(own, Event().ToJsonString(), 1);

        IReadOnlyList<JsonNode> leaves = await PublishedTrail.HasAsync(own, 2);
        leaves.Select(leaf => (string?)leaf["event_id"]).Distinct().Count().ShouldBe(2);
        leaves.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("2001:DB8:0::7", "2001:db8::7")]
    public async Task An_address_is_found_as_it_is_usually_written(string sent, string usual)
    {
        await using AuditHost own = await AuditHost.StartAsync();
        JsonObject given = Event();
        given["address"] = sent;
        await AcceptedAsync(own, given.ToJsonString(), 1);

        await Eventually.HoldsAsync(
            async () => (await own.SeeAsync($"/entries?address={usual}")).Body!["entries"]!.AsArray()
                .Any(entry => (string?)entry!["address"] == usual),
            "it is found");
    }

    internal static JsonObject Event() => new()
    {
        ["event_id"] = Guid.NewGuid().ToString(), ["occurred_at"] = "2026-11-27T18:40:00.123456+01:00", ["kind"] = "report.signed",
        ["actor"] = "ada",
        ["action"] = "modify", ["outcome"] = "success", ["study"] = "1.2.3", ["series"] = "1.2.3.4", ["patient"] = "4711 / 1",
        ["resource"] = "Report::7",
        ["address"] = "10.0.0.7", ["workstation"] = "ws-7", ["session"] = "s-1", ["reason"] = "TREAT", ["emergency_case"] = "case-1",
        ["details"] = new JsonObject { ["diff"] = "- Frakur\n+ Fraktur, Änne" },
        ["person_details"] = new JsonObject { ["name"] = "Ada Lovelace" },
    };

    private static async Task AcceptedAsync(AuditHost host, string body, int count, string type = "application/json")
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Post, "/events", body, type: type);
        string said = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, said);
        JsonDocument.Parse(said).RootElement.GetProperty("accepted").GetInt32().ShouldBe(count);
    }
}
