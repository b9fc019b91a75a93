using System.Net;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Tests.Evaluation;
using static AccessGov.PolicyDecision.Tests.Answers;

namespace AccessGov.PolicyDecision.Tests.Explanations;

/// <summary>POST /explain of the real service: what it tells, to whom, and what the journal keeps of it.</summary>
public sealed class ExplainTests : IAsyncLifetime
{
    private const string Cedar = """
        @id("read") @reason("Radiologists may read.")
        permit (principal in Reader::"radiologist", action == Action::"study.view", resource is Study);
        @id("family") @reason("This is your family.") @reason_de("Das ist Ihre Familie.") @reason_admin("A family relation is active.") @reason_admin_de("Eine Verwandtschaft gilt.")
        forbid (principal, action == Action::"study.view", resource is Study) when { principal.family.contains(resource.patient) };
        @id("strong") permit (principal is User, action == Action::"study.annotate", resource is Study) when { context.assuranceLevel >= 2 && context.protocol == "authzen" };
        @id("team") permit (principal is User, action == Action::"study.annotate", resource is Study)
        when { context.purposeOfUse == "TREAT" && context.destination == "ward" && resource.patient.careTeam.contains(principal) };
        @id("torn") forbid (principal is User, action == Action::"study.annotate", resource is Study) when { context.assuranceLevel == 2 && context.nothing };
        """;

    private const string Patient = "PATIENT-4711";

    private readonly SettableClock clock = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync(clock: clock);
        await DoneAsync(host.PutAsync("/roles/radiologist", new { description = "Reads images" }));
        await DoneAsync(host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "p.cedar", text = Cedar } }, comment = "c" }));
        await DoneAsync(host.SendAsync(
            HttpMethod.Post, "/studies/import", """{"studies":[{"studyInstanceUid":"1.2.1","patientId":"PATIENT-4711"}]}""", host.Token("studies.feed")));
        await DoneAsync(host.PostAsync("/relations", new { kind = "family", user = "ada", patient = Patient }));
        await DoneAsync(host.PostAsync("/relations", new { kind = "care-team", user = "carla", patient = Patient }));
        await DoneAsync(host.PostAsync("/grants", new { subjectId = "ada", role = "radiologist", scope = new { kind = "everywhere" }, reason = "hired" }));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_denial_is_explained_with_the_tree_the_nearest_permits_their_failing_leaves_and_what_would_allow_it()
    {
        JsonNode answer = await ExplainAsync(Question("bob", "study.annotate"));

        (answer["decision"]!.GetValue<bool>(), answer["reason"]!.GetValue<string>()).ShouldBe((false, "not_permitted"));
        JsonNode explanation = answer["explanation"]!;
        JsonArray nearest = explanation["nearestPermits"]!.AsArray();
        nearest.Select(permit => permit!["policy"]!.GetValue<string>()).ShouldBe(["strong", "team"]);
        JsonNode leaf = nearest[0]!["failing"]!.AsArray().ShouldHaveSingleItem()!;
        (leaf["operator"]!.GetValue<string>(), leaf["left"]!["value"]!.GetValue<int>(), leaf["right"]!["value"]!.GetValue<int>()).ShouldBe((">=", 0, 2));
        JsonNode strong = explanation["policies"]!.AsArray().Single(policy => policy!["policy"]!.GetValue<string>() == "strong")!;
        strong.ToJsonString().ShouldContain("notReached");

        // Level 2 alone would let the torn forbid err, which denies here, and bob is in no care team: no change is told, for none would hold.
        explanation["counterfactuals"]!.AsArray().Select(change => change!["sentence"]!.GetValue<string>()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("carla", "study.annotate", "context.purposeOfUse = \"TREAT\" (was \"NONE\") and context.destination = \"ward\" (was \"attic\")")]
    [InlineData("bob", "study.view", "principal User::\"bob\" in Reader::\"radiologist\"")]
    public async Task A_denial_says_what_would_allow_it(string subject, string action, string sentence) =>
        (await ExplainAsync(Question(subject, action)))["explanation"]!["counterfactuals"]!.AsArray().Select(change => change!["sentence"]!.GetValue<string>()).ShouldBe([sentence]);

    [Fact]
    public async Task Whoever_may_not_read_about_patients_sees_neither_their_ids_nor_who_is_related_to_them()
    {
        string all = (await ExplainAsync(Question("ada", "study.view"), "decisions.explain", "patients.read")).ToJsonString();
        all.ShouldContain(Patient);
        JsonNode answer = await ExplainAsync(Question("ada", "study.view"));

        (answer["redacted"]!.GetValue<bool>(), answer["reason"]!.GetValue<string>()).ShouldBe((true, "forbidden"));
        answer["explanation"]!["satisfiedForbids"]![0]!["policy"]!.GetValue<string>().ShouldBe("family");
        answer.ToJsonString().ShouldNotContain(Patient);
        answer.ToJsonString().ShouldContain("Hidden\":true");

        string team = (await ExplainAsync(Question("bob", "study.annotate"))).ToJsonString();
        (team.Contains(Patient), team.Contains("carla"), team.Contains("careTeam")).ShouldBe((false, false, true));
        string told = (await ExplainAsync(Question("bob", "study.annotate"), "decisions.explain", "patients.read")).ToJsonString();
        (told.Contains(Patient), told.Contains("carla")).ShouldBe((true, true));
        (await ExplainAsync(Question("bob", "patient.view", ("Patient", Patient)))).ToJsonString().ShouldNotContain(Patient);
    }

    [Fact]
    public async Task Texts_for_administrators_and_in_other_languages_come_with_the_answer_and_the_explanation()
    {
        JsonNode context = (await EvaluateAsync("ada", "study.view"))["context"]!;
        context["reason_user"]!.ToJsonString().ShouldBe("""{"en":"This is your family.","de":"Das ist Ihre Familie."}""");
        context["reason_admin"]!.ToJsonString().ShouldBe("""{"de":"Eine Verwandtschaft gilt.","en":"A family relation is active."}""");
        (await EvaluateAsync("bob", "study.view"))["context"]!.AsObject().ContainsKey("reason_admin").ShouldBeFalse();

        JsonNode answer = await ExplainAsync(Question("ada", "study.view"));
        answer["reasonUser"]!["de"]!.GetValue<string>().ShouldBe("Das ist Ihre Familie.");
        answer["reasonAdmin"]!["en"]!.GetValue<string>().ShouldBe("A family relation is active.");
    }

    [Fact]
    public async Task A_decision_of_the_journal_is_explained_for_its_own_instant_and_says_what_has_changed_since()
    {
        string id = (await EvaluateAsync("bob", "study.view"))["context"]!["evaluation_id"]!.GetValue<string>();
        clock.Now = clock.Now.AddMinutes(10);
        JsonNode same = await ExplainAsync($$"""{"evaluation_id":"{{id}}"}""");
        (same["recorded"]!["sameDecision"]!.GetValue<bool>(), same["recorded"]!["sameFacts"]!.GetValue<bool>(), same["recorded"]!["samePolicies"]!.GetValue<bool>()).ShouldBe((true, true, true));
        same["at"]!.GetValue<DateTimeOffset>().ShouldBe(clock.Now.AddMinutes(-10));

        await DoneAsync(host.PostAsync("/grants", new
        {
            subjectId = "bob", role = "radiologist", scope = new { kind = "everywhere" }, reason = "hired", from = "2026-01-01T00:00:00Z",
        }));
        JsonNode other = await ExplainAsync($$"""{"evaluation_id":"{{id}}"}""");
        (other["decision"]!.GetValue<bool>(), other["recorded"]!["decision"]!.GetValue<bool>(), other["recorded"]!["sameDecision"]!.GetValue<bool>()).ShouldBe((true, false, false));
        other["recorded"]!["sameFacts"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task That_it_was_asked_is_in_the_journal_with_who_asked_about_whom()
    {
        JsonNode answer = await ExplainAsync(Question("ada", "study.view"));

        JsonNode page = await JournalAsync($"/decisions?patient={Patient}&subject=grace");
        JsonNode record = page["decisions"]!.AsArray().ShouldHaveSingleItem()!;
        record["evaluationId"]!.GetValue<string>().ShouldBe(answer["explainedAs"]!.GetValue<string>());
        (record["action"]!.GetValue<string>(), record["study"]!.GetValue<string>(), record["client"]!.GetValue<string>()).ShouldBe(("decision.explain", "1.2.1", "tests"));
        record["request"]!["explains"]!.ToJsonString().ShouldBe("""{"action":"study.view","subject":{"id":"ada","type":"User"}}""");
        await Refusal.ShouldBeAsync(await SendAsync($$"""{"evaluation_id":"{{record["evaluationId"]}}"}"""), 400, "request_malformed");
    }

    [Theory]
    [InlineData("[]", 400, "request_malformed")]
    [InlineData("{}", 400, "request_malformed")]
    [InlineData("""{"evaluation_id":7}""", 400, "request_malformed")]
    [InlineData("""{"evaluation_id":"x"}""", 400, "request_malformed")]
    [InlineData("""{"evaluation_id":"0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b","subject":{"type":"User","id":"ada"}}""", 400, "request_malformed")]
    [InlineData("""{"evaluation_id":"0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b"}""", 404, "decision_unknown")]
    [InlineData("""{"subject":{"type":"User","id":"ada"},"action":{"name":"a"},"resource":{"type":"Study","id":"1"},"context":{"sourceIp":"here"}}""", 400, "request_malformed")]
    [InlineData("{", 400, "body_malformed")]
    public async Task What_is_no_question_is_refused(string body, int status, string code) => await Refusal.ShouldBeAsync(await SendAsync(body), status, code);

    [Fact]
    public async Task Only_who_may_ask_is_answered_and_a_body_has_a_bound()
    {
        foreach (string scope in (string[])["patients.read", "decisions.evaluate", "journal.read"])
        {
            (await SendAsync(Question("ada", "study.view"), scope)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, scope);
        }

        (await JournalAsync("/decisions?subject=grace"))["decisions"]!.AsArray().ShouldBeEmpty();
        (await SendAsync($$"""{"evaluation_id":"{{new string('x', 100_000)}}"}""")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_study_that_is_not_known_is_explained_without_policies()
    {
        JsonNode answer = await ExplainAsync(Question("ada", "study.view", ("Study", "9.9")));
        (answer["reason"]!.GetValue<string>(), answer.AsObject().ContainsKey("explanation")).ShouldBe(("study_unknown", false));
    }

    [Fact]
    public async Task Where_the_journal_hashes_ids_its_decisions_are_not_asked_again_and_nobody_asked_about_stands_in_clear()
    {
        string key = Path.GetTempFileName();
        await File.WriteAllBytesAsync(key, new byte[32]);
        await using PolicyDecisionHost hashing = await host.StartReplicaAsync(other: ("DecisionJournal:IdHashKeyFile", key));
        string id = (await EvaluateAsync("bob", "study.view", hashing))["context"]!["evaluation_id"]!.GetValue<string>();
        await Refusal.ShouldBeAsync(await SendAsync($$"""{"evaluation_id":"{{id}}"}""", at: hashing), 409, "ids_hashed");
        (await SendAsync(Question("secret-bob", "study.view"), at: hashing)).StatusCode.ShouldBe(HttpStatusCode.OK);
        string journal = (await JournalAsync("/decisions")).ToJsonString();
        (journal.Contains("secret-bob"), journal.Contains("decision.explain")).ShouldBe((false, true));
        File.Delete(key);
    }

    private static string Question(string subject, string action, (string Type, string Id)? resource = null) => new JsonObject
    {
        ["subject"] = new JsonObject { ["type"] = "User", ["id"] = subject }, ["action"] = new JsonObject { ["name"] = action },
        ["resource"] = new JsonObject { ["type"] = resource?.Type ?? "Study", ["id"] = resource?.Id ?? "1.2.1" },
        ["context"] = new JsonObject { ["purposeOfUse"] = "NONE", ["destination"] = "attic" },
    }.ToJsonString();

    private async Task<JsonNode> EvaluateAsync(string subject, string action, PolicyDecisionHost? at = null) => await BodyAsync(
        await (at ?? host).SendAsync(HttpMethod.Post, "/access/v1/evaluation", Question(subject, action), host.Token("decisions.evaluate")));

    private async Task<JsonNode> ExplainAsync(string body, params string[] scopes) =>
        await BodyAsync(await SendAsync(body, scopes.Length > 0 ? string.Join(' ', scopes) : "decisions.explain"));

    private Task<HttpResponseMessage> SendAsync(string body, string scopes = "decisions.explain", PolicyDecisionHost? at = null) =>
        (at ?? host).SendAsync(HttpMethod.Post, "/explain", body, host.Token(scopes.Split(' ')));

    private async Task<JsonNode> JournalAsync(string path) => await BodyAsync(await host.SendAsync(HttpMethod.Get, path, token: host.Token("journal.read")));

    private static async Task<JsonNode> BodyAsync(HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }
}
