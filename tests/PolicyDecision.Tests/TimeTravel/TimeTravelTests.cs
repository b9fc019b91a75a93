using System.Net;
using System.Text.Json.Nodes;
using AccessGov.Testing;
using static AccessGov.PolicyDecision.Tests.Answers;

namespace AccessGov.PolicyDecision.Tests.TimeTravel;

/// <summary>GET /time-travel of the real service: what it answers, what it refuses, and what the journal keeps of it.</summary>
public sealed class TimeTravelTests : IAsyncLifetime
{
    private const string Cedar = """
        @id("read") permit (principal in Reader::"radiologist", action == Action::"study.view", resource is Study);
        @id("team") permit (principal is User, action == Action::"study.view", resource is Study) when { resource.patient.careTeam.contains(principal) };
        @id("strong") permit (principal in Role::"radiologist", action == Action::"study.annotate", resource is Study) when { context.assuranceLevel >= 2 };
        @id("inside") forbid (principal, action == Action::"study.annotate", resource) unless { context.knownNetwork };
        """;

    private PolicyDecisionHost host = null!;
    private string grant = "";
    private string empty = "";
    private string given = "";

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync();
        await DoneAsync(host.PutAsync("/roles/radiologist", new { description = "Reads images" }));
        await DoneAsync(host.PutAsync("/sites/north", new
        {
            name = "North", timeZone = "Europe/Vienna", departments = new[] { new { id = "rad", name = "R" } }, networks = new[] { new { name = "wards", cidr = "10.1.0.0/16" } },
        }));
        await DoneAsync(host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "p.cedar", text = Cedar } }, comment = "c" }));
        await ImportAsync("""{"studies":[{"studyInstanceUid":"1.2.1","patientId":"P1","department":"rad"}]}""");
        empty = await host.NowAsync();
        grant = (await DoneAsync(host.PostAsync("/grants", new { subjectId = "ada", role = "radiologist", scope = new { kind = "department", id = "rad" }, reason = "hired" })))["id"]!.GetValue<string>();
        await DoneAsync(host.PostAsync("/relations", new { kind = "care-team", user = "carla", patient = "P1" }));
        given = await host.NowAsync();
        await DoneAsync(host.PostAsync($"/grants/{grant}/revoke", new { reason = "left" }));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Who_could_open_a_study_is_told_with_the_policies_page_by_page()
    {
        JsonNode answer = await host.GetAsync($"/time-travel/study/1.2.1?at={given}&limit=1");
        answer["subjects"]!.ToJsonString().ShouldBe("""[{"type":"User","id":"ada","policies":["read"]}]""");
        (answer["action"]!.GetValue<string>(), answer["everybody"]!.GetValue<bool>(), answer["atSite"]!["zone"]!.GetValue<string>()).ShouldBe(("study.view", false, "Europe/Vienna"));
        JsonNode next = await host.GetAsync($"/time-travel/study/1.2.1?at={given}&after={Uri.EscapeDataString(answer["next"]!.GetValue<string>())}");
        next["subjects"]!.ToJsonString().ShouldBe("""[{"type":"User","id":"carla","policies":["team"]}]""");
        next.AsObject().ContainsKey("next").ShouldBeFalse();

        (await SubjectsAsync("1.2.1", empty)).ShouldBe("");
        (await SubjectsAsync("1.2.1", await host.NowAsync())).ShouldBe("carla");
    }

    [Fact]
    public async Task A_study_is_what_was_known_of_it_then()
    {
        await ImportAsync("""{"studies":[{"studyInstanceUid":"1.2.1","patientId":"P1","department":"rad"}]}""");
        string same = await host.NowAsync();
        await ImportAsync("""{"studies":[{"studyInstanceUid":"1.2.1","patientId":"P9","department":"other"}]}""");
        string moved = await host.NowAsync();
        (await host.SendAsync(HttpMethod.Delete, "/studies/1.2.1", token: host.Token("studies.feed"))).EnsureSuccessStatusCode();
        string gone = await host.NowAsync();

        (await SubjectsAsync("1.2.1", given)).ShouldBe("ada,carla");
        (await SubjectsAsync("1.2.1", same)).ShouldBe("carla");
        (await SubjectsAsync("1.2.1", moved)).ShouldBe("");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, $"/time-travel/study/1.2.1?at={gone}"), 404, "study_unknown");
        JsonNode changes = await host.GetAsync($"/time-travel/changes?study=1.2.1&from={given}&to={moved}");
        changes["lost"]!.AsArray().Select(subject => $"{subject!["id"]}").ShouldBe(["ada", "carla"]);

        await ImportAsync("""{"studies":[{"studyInstanceUid":"1.2.1","patientId":"P1","department":"rad"}]}""");
        (await SubjectsAsync("1.2.1", await host.NowAsync())).ShouldBe("carla");
        (await SubjectsAsync("1.2.1", moved)).ShouldBe("");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, $"/time-travel/study/1.2.1?at={gone}"), 404, "study_unknown");
    }

    [Fact]
    public async Task What_no_stream_tells_is_supposed_by_the_asker()
    {
        (await SubjectsAsync("1.2.1", given, "&action=study.annotate")).ShouldBe("");
        (await SubjectsAsync("1.2.1", given, "&action=study.annotate&assuranceLevel=2")).ShouldBe("");
        (await SubjectsAsync("1.2.1", given, "&action=study.annotate&assuranceLevel=2&sourceIp=10.1.2.3")).ShouldBe("ada");
    }

    [Fact]
    public async Task What_somebody_could_do_is_told_by_classes_of_resources()
    {
        JsonNode ada = await host.GetAsync($"/time-travel/subject/User/ada?at={given}");
        ada["classes"]!.AsArray().Select(found => $"{found!["class"]} {string.Join(',', found["permitted"]!.AsArray().Select(right => right!["action"]))}")
            .ShouldBe(["department/rad study.view", "study ", "system "]);
        JsonNode carla = await host.GetAsync($"/time-travel/subject/User/carla?at={given}&limit=2");
        carla["classes"]![1]!.ToJsonString().ShouldBe("""{"class":"patient/P1","permitted":[{"action":"study.view","resourceType":"Study","policies":["team"]}]}""");
        carla["next"]!.GetValue<string>().ShouldBe("patient/P1");
        (await host.GetAsync($"/time-travel/subject/User/ada?at={empty}"))["classes"]![0]!["permitted"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_changed_is_told_as_events_and_as_rights()
    {
        JsonNode ofStudy = await host.GetAsync($"/time-travel/changes?from={empty}&to={given}&study=1.2.1");
        ofStudy["gained"]!.AsArray().Select(subject => $"{subject!["id"]}").ShouldBe(["ada", "carla"]);
        ofStudy["lost"]!.AsArray().ShouldBeEmpty();
        ofStudy["events"]!.AsArray().Select(changed => $"{changed!["event"]} {changed["by"]}").ShouldBe(["grant_given grace", "relation_started grace"]);

        JsonNode ofAda = await host.GetAsync($"/time-travel/changes?from={given}&to={await host.NowAsync()}&subject=ada");
        ofAda["gained"]!.AsArray().ShouldBeEmpty();
        ofAda["lost"]!.ToJsonString().ShouldBe("""[{"class":"department/rad","action":"study.view","resourceType":"Study","policies":["read"]}]""");
        JsonNode revoked = ofAda["events"]!.AsArray().ShouldHaveSingleItem()!;
        (revoked["event"]!.GetValue<string>(), revoked["stream"]!.GetValue<string>(), revoked["what"]!["reason"]!.GetValue<string>()).ShouldBe(("grant_revoked", $"grant-{grant}", "left"));
    }

    [Fact]
    public async Task That_it_was_asked_is_in_the_journal_and_is_no_decision_to_be_explained()
    {
        await SubjectsAsync("1.2.1", given);
        JsonNode? record = null;
        await Eventually.HoldsAsync(async () => (record = await FoundAsync("/decisions?patient=P1&subject=grace")) is not null, "the access is found");
        (record!["action"]!.GetValue<string>(), record["study"]!.GetValue<string>()).ShouldBe(("facts.time-travel", "1.2.1"));
        record["request"]!["timeTravel"]!["action"]!.GetValue<string>().ShouldBe("study.view");
        await Refusal.ShouldBeAsync(
            await host.SendAsync(HttpMethod.Post, "/explain", $$"""{"evaluation_id":"{{record["evaluationId"]}}"}""", host.Token("decisions.explain")), 400, "request_malformed");
    }

    [Theory]
    [InlineData("study/1.2.1", 400, "instant_malformed")]
    [InlineData("study/1.2.1?at=yesterday", 400, "instant_malformed")]
    [InlineData("study/1.2.1?at=2026-01-31", 400, "instant_malformed")]
    [InlineData("study/1.2.1?at=2026-01-31T12:00:00", 400, "instant_malformed")]
    [InlineData("study/1.2.1?at=2026-01-31T12:00:00+01:00", 400, "instant_malformed")]
    [InlineData("study/1.2.1?at=9026-01-31T12:00:00Z", 400, "instant_in_future")]
    [InlineData("study/1.2.1?at=2020-01-31T12:00:00Z", 404, "instant_before_beginning")]
    [InlineData("study/1.2.1?at=2020-01-31T12:00:00%2B01:00", 404, "instant_before_beginning")]
    [InlineData("study/9.9?at=NOW", 404, "study_unknown")]
    [InlineData("study/%20?at=NOW", 404, "study_unknown")]
    [InlineData("study/1.2.1?at=NOW&action=%01", 400, "request_malformed")]
    [InlineData("study/1.2.1?at=NOW&sourceIp=here", 400, "request_malformed")]
    [InlineData("study/1.2.1?at=NOW&assuranceLevel=-1", 400, "request_malformed")]
    [InlineData("study/1.2.1?at=NOW&limit=0", 400, "paging_malformed")]
    [InlineData("subject/Robot/ada?at=NOW", 400, "subject_malformed")]
    [InlineData("subject/User/%01?at=NOW", 400, "subject_malformed")]
    [InlineData("changes?from=NOW&to=NOW", 400, "request_malformed")]
    [InlineData("changes?from=NOW&to=NOW&subject=ada&study=1.2.1", 400, "request_malformed")]
    [InlineData("changes?from=NOW&subject=ada", 400, "instant_malformed")]
    [InlineData("changes?from=NOW&to=EMPTY&subject=ada", 400, "span_malformed")]
    [InlineData("changes?from=NOW&to=NOW&study=9.9", 404, "study_unknown")]
    public async Task What_cannot_be_asked_is_refused(string question, int status, string code)
    {
        string path = question.Replace("NOW", given, StringComparison.Ordinal).Replace("EMPTY", empty, StringComparison.Ordinal);
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, $"/time-travel/{path}"), status, code);
    }

    [Fact]
    public async Task A_history_that_lags_behind_the_facts_says_so()
    {
        await using var connection = new Npgsql.NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using Npgsql.NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await using var held = new Npgsql.NpgsqlCommand("lock table policy_decision.fact_interval in access exclusive mode", connection, transaction);
        await held.ExecuteNonQueryAsync();
        await DoneAsync(host.PutAsync("/roles/new", new { description = "The history does not have it" }));
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, $"/time-travel/study/1.2.1?at={given}"), 503, "history_lags");
        await transaction.RollbackAsync();
        await Eventually.HoldsAsync(
            async () => (await host.SendAsync(HttpMethod.Get, $"/time-travel/study/1.2.1?at={given}")).IsSuccessStatusCode, "the history has caught up");
    }

    [Fact]
    public async Task Whoever_is_concerned_by_too_much_is_compared_page_by_page()
    {
        foreach (int[] patients in Enumerable.Range(0, 5_001).Chunk(3_000))
        {
            await DoneAsync(host.PostAsync("/grants/import", new
            {
                grants = patients.Select(patient => new { subjectId = "busy", role = "radiologist", scope = new { kind = "patient", id = $"B{patient}" }, reason = "many" }),
            }));
        }

        string path = $"/time-travel/changes?from={given}&to={await host.NowAsync()}&subject=busy";

        // So many events at once: the history may say for a moment that it lags behind the facts.
        await Eventually.HoldsAsync(
            async () => (await host.SendAsync(HttpMethod.Get, path)).StatusCode != HttpStatusCode.ServiceUnavailable, "the history has caught up");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, path), 400, "too_much_to_compare");
    }

    [Fact]
    public async Task Only_who_may_read_facts_is_answered() =>
        (await host.SendAsync(HttpMethod.Get, $"/time-travel/study/1.2.1?at={given}", token: host.Token("journal.read", "grants.manage"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

    private Task<JsonNode> ImportAsync(string studies) => DoneAsync(host.SendAsync(HttpMethod.Post, "/studies/import", studies, host.Token("studies.feed")));

    private async Task<string> SubjectsAsync(string study, string at, string more = "") =>
        string.Join(',', (await host.GetAsync($"/time-travel/study/{study}?at={at}{more}"))["subjects"]!.AsArray().Select(subject => $"{subject!["id"]}"));

    private async Task<JsonNode?> FoundAsync(string path)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, path, token: host.Token("journal.read"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["decisions"]!.AsArray().FirstOrDefault();
    }
}
