using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.PolicyDrafts.Impact;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.Testing;
using Xunit.Abstractions;
using static AccessGov.PolicyDecision.Tests.Answers;

namespace AccessGov.PolicyDecision.Tests.PolicyDrafts;

public sealed class ImpactTests(ITestOutputHelper output)
{
    private const string First = """
        @id("read") permit (principal in Reader::"radiologist", action == Action::"read", resource);
        @id("use") permit (principal in Role::"radiologist", action == Action::"use", resource);
        @id("care-team") permit (principal, action == Action::"care", resource) when { resource.patient.careTeam.contains(principal) };
        @id("hours") permit (principal, action == Action::"hours", resource) when { context.workingHours };
        """;

    private const string Second = First + """
        @id("known") permit (principal, action == Action::"known", resource) when { context.knownNetwork };
        @id("not-cleo") forbid (principal == User::"cleo", action == Action::"use", resource);
        """;

    private static readonly string[] People = ["ada", "ben", "cleo"];
    private static readonly string[] Actions = ["read", "use", "care", "hours", "known"];
    private static readonly string[] Studies = ["1.2.1", "1.2.2", "1.2.3", "1.2.9"];

    [Fact]
    public async Task Replay_equals_the_recorded_decision_for_every_decision_and_a_draft_differs_where_it_says_so()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var hospital = new Hospital();
        await hospital.InitializeAsync();
        try
        {
            List<(string Action, string Person, JsonNode Answer)> history = await LiveAsync(hospital, new Random(seed));
            long byPolicies = history.Count(item => item.Answer["context"]!["reason"]!.GetValue<string>() != "study_unknown");
            byPolicies.ShouldBeGreaterThan(100);

            JsonNode same = await AssessAsync(hospital.Host, Second);
            (same["decisions"]!.GetValue<long>(), same["notReproduced"]!.GetValue<long>(), same["notByPolicies"]!.GetValue<long>())
                .ShouldBe((byPolicies, 0, history.Count - byPolicies), $"seed {seed}: {same.ToJsonString()}");

            // Which decisions a sample takes depends on their ids alone.
            var half = new ImpactRange(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, 0.5);
            long sampled = history.Count(item => item.Answer["context"]!["reason"]!.GetValue<string>() != "study_unknown" && half.Takes(JsonSerializer.SerializeToElement(
                new { at = DateTimeOffset.UnixEpoch, evaluationId = item.Answer["context"]!["evaluation_id"]!.GetValue<Guid>() })));
            sampled.ShouldBeInRange(byPolicies / 5, byPolicies * 4 / 5);
            JsonNode some = await AssessAsync(hospital.Host, Second + "\n", sample: 0.5);
            (some["decisions"]!.GetValue<long>(), some["sample"]!.GetValue<double>()).ShouldBe((sampled, 0.5), $"seed {seed}");

            // The draft closes what working hours opened and what cleo used before the second version forbade it, and opens to every network what is for known ones.
            JsonNode report = await AssessAsync(hospital.Host, Second.Replace("@id(\"hours\") permit", "@id(\"hours\") forbid", StringComparison.Ordinal)
                .Replace(" when { context.knownNetwork }", "", StringComparison.Ordinal));
            report["notReproduced"]!.GetValue<long>().ShouldBe(0);
            long closed = history.Count(item => item.Answer["decision"]!.GetValue<bool>() && (item.Action == "hours" || (item.Action == "use" && item.Person == "cleo")));
            long opened = history.Count(item => item.Action == "known" && item.Answer["context"]!["reason"]!.GetValue<string>() == "not_permitted");
            report["allowToDeny"]!.GetValue<long>().ShouldBe(closed, $"seed {seed}");
            report["denyToAllow"]!.GetValue<long>().ShouldBe(opened, $"seed {seed}");
            JsonArray groups = report["groups"]!.AsArray();
            groups.Sum(group => group!["count"]!.GetValue<long>()).ShouldBe(closed + opened);
            (closed > 0 && opened > 0).ShouldBeTrue($"seed {seed}");
            JsonNode hours = groups.First(group => group!["policy"]!.GetValue<string>() == "hours")!;
            hours["change"]!.GetValue<string>().ShouldBe("allow_to_deny");
            string example = hours["examples"]![0]!.GetValue<string>();
            history.ShouldContain(item => item.Action == "hours" && item.Answer["context"]!["evaluation_id"]!.GetValue<string>() == example);
            hours["explanation"].ShouldNotBeNull();
            groups.Select(group => group!["explanation"]?.ToJsonString() ?? "").ShouldAllBe(text => !text.Contains("Patient::\\\"P1", StringComparison.Ordinal));
        }
        finally
        {
            await hospital.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_study_that_was_labelled_after_the_decision_had_no_label_then()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        await PublishAsync(host, """@id("all") permit (principal, action, resource);""");
        for (int i = 0; i < 2; i++)
        {
            await DoneAsync(host.SendAsync(
                HttpMethod.Post, "/studies/import", $$"""{"studies":[{"studyInstanceUid":"1.2.1","patientId":"P1","labels":[{{(i == 0 ? "" : "\"vip\"")}}]}]}""", host.Token("studies.feed")));
            await DoneAsync(host.SendAsync(HttpMethod.Post, "/access/v1/evaluation", """
                {"subject":{"type":"User","id":"ada"},"action":{"name":"read"},"resource":{"type":"Study","id":"1.2.1"}}
                """, host.Token("decisions.evaluate")));
        }

        JsonNode report = await AssessAsync(host, """
            @id("all") permit (principal, action, resource);
            @id("vip") forbid (principal, action, resource is Study) when { resource.labels.contains("vip") };
            """);

        (report["decisions"]!.GetValue<long>(), report["notReproduced"]!.GetValue<long>(), report["allowToDeny"]!.GetValue<long>()).ShouldBe((2, 0, 1), report.ToJsonString());
    }

    [Fact]
    public async Task What_cannot_be_assessed_is_refused()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        string id = await WriteAsync(host, First);
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, $"/policy-drafts/{id}/impact"), 404, "impact_unknown");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, "/policy-drafts/none/impact"), 404, "policy_draft_unknown");
        await Refusal.ShouldBeAsync(await StartAsync(host, "none"), 404, "policy_draft_unknown");
        await Refusal.ShouldBeAsync(await StartAsync(host, id, from: "2101-01-01T00:00:00Z"), 400, "range_malformed");
        await Refusal.ShouldBeAsync(await StartAsync(host, id, sample: 0), 400, "sample_malformed");
        await Refusal.ShouldBeAsync(await StartAsync(host, id, sample: 1.5), 400, "sample_malformed");
        await Refusal.ShouldBeAsync(await StartAsync(host, await WriteAsync(host, "permit (principal")), 409, "check_failed");
    }

    [Fact]
    public async Task Decisions_about_hashed_people_or_out_of_reach_are_not_asked_again()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        string id = await WriteAsync(host, First);
        string key = Path.GetTempFileName();
        await File.WriteAllBytesAsync(key, System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        await using PolicyDecisionHost hashing = await host.StartReplicaAsync(other: ("DecisionJournal:IdHashKeyFile", key));
        await Refusal.ShouldBeAsync(await StartAsync(host, id, at: hashing), 409, "ids_hashed");
        await using PolicyDecisionHost apart = await host.StartReplicaAsync(other: ("DecisionJournal:ConnectionString", "Host=127.0.0.1;Port=1;Username=nobody;Database=nothing"));
        await Refusal.ShouldBeAsync(await StartAsync(host, id, at: apart), 503, "journal_unavailable");
        File.Delete(key);
    }

    [Fact]
    public async Task One_assessment_runs_at_a_time()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        await PublishAsync(host, First);
        await DoneAsync(host.SendAsync(HttpMethod.Post, "/studies/import", """{"studies":[{"studyInstanceUid":"1.2.1","patientId":"P1"}]}""", host.Token("studies.feed")));
        await DoneAsync(host.SendAsync(HttpMethod.Post, "/access/v1/evaluation", """
            {"subject":{"type":"User","id":"ada"},"action":{"name":"read"},"resource":{"type":"Study","id":"1.2.1"}}
            """, host.Token("decisions.evaluate")));
        string id = await WriteAsync(host, First);
        await using PolicyDecisionHost replica = await host.StartReplicaAsync();
        await using (var connection = new Npgsql.NpgsqlConnection(host.Superuser))
        {
            // The replica has no study in memory yet, so the assessment waits for the table.
            await connection.OpenAsync();
            await using Npgsql.NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
            await using var held = new Npgsql.NpgsqlCommand("lock table policy_decision.studies in access exclusive mode", connection, transaction);
            await held.ExecuteNonQueryAsync();
            await DoneAsync(StartAsync(host, id, at: replica));
            await Refusal.ShouldBeAsync(await StartAsync(host, id, at: replica), 409, "impact_running");
        }

        await Eventually.HoldsAsync(
            async () => (await host.SendAsync(HttpMethod.Get, $"/policy-drafts/{id}/impact")).StatusCode == HttpStatusCode.OK, "the assessment ends");
        (await StartAsync(host, id, at: replica)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    /// <summary>Grants, relations, roles and policies come and go between questions.</summary>
    private static async Task<List<(string Action, string Person, JsonNode Answer)>> LiveAsync(Hospital hospital, Random random)
    {
        var history = new List<(string, string, JsonNode)>();
        var grants = new List<string>();
        await PublishAsync(hospital.Host, First);
        for (int i = 0; i < 400; i++)
        {
            switch (random.Next(12))
            {
                case 0:
                    grants.Add(await GiveAsync(hospital.Host, Pick(People), random));
                    break;
                case 1 when grants.Count > 0:
                    await DoneAsync(hospital.Host.PostAsync($"/grants/{grants[random.Next(grants.Count)]}/revoke", new { reason = "r" }));
                    break;
                case 2 when random.Next(3) == 0:
                    await hospital.RelateAsync("care-team", Pick(People), Pick(["P1", "P2"]), "2026-01-01T00:00:00Z", random.Next(2) == 0 ? "2026-03-03T00:00:00Z" : null);
                    break;
                case 3 when random.Next(4) == 0:
                    await DoneAsync(hospital.Host.PutAsync("/roles/helper", new { description = "Helps", permissions = new[] { Pick(Actions) } }));
                    break;
                default:
                    (string person, string action) = (Pick(People), Pick(Actions));
                    string at = new DateTimeOffset(2026, 3, 1 + random.Next(5), random.Next(24), random.Next(60), 0, TimeSpan.Zero).ToString("o", CultureInfo.InvariantCulture);
                    history.Add((action, person, await hospital.AskAsync(person, action, $"Study {Pick(Studies)}", at, Pick(["10.1.0.7", "192.0.2.1"]))));
                    break;
            }

            if (i == 200)
            {
                await PublishAsync(hospital.Host, Second);
            }
        }

        return history;

        string Pick(string[] items) => items[random.Next(items.Length)];
    }

    private static async Task<string> GiveAsync(PolicyDecisionHost host, string person, Random random)
    {
        object scope = random.Next(3) switch { 0 => new { kind = "everywhere" }, 1 => new { kind = "department", id = "north-radiology" }, _ => new { kind = "patient", id = "P1" } };
        using HttpResponseMessage answer = await host.PostAsync(
            "/grants", new { subjectId = person, role = "radiologist", scope, reason = "r", from = "2026-01-01T00:00:00Z", until = "2026-03-04T12:00:00Z", readOnly = random.Next(2) == 0 });
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, text);
        return JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }

    private static async Task<JsonNode> AssessAsync(PolicyDecisionHost host, string cedar, double sample = 1)
    {
        string id = await WriteAsync(host, cedar);
        using HttpResponseMessage started = await StartAsync(host, id, sample: sample);
        started.StatusCode.ShouldBe(HttpStatusCode.Accepted, await started.Content.ReadAsStringAsync());
        JsonNode answer = new JsonObject();
        await Eventually.HoldsAsync(
            async () => (answer = await host.GetAsync($"/policy-drafts/{id}/impact"))["state"]!.GetValue<string>() != "running", "the assessment ends");
        answer["state"]!.GetValue<string>().ShouldBe("complete", answer.ToJsonString());
        return answer["report"]!;
    }

    private static Task<HttpResponseMessage> StartAsync(PolicyDecisionHost host, string id, string from = "2026-01-01T00:00:00Z", double sample = 1, PolicyDecisionHost? at = null) =>
        (at ?? host).SendAsync(
            HttpMethod.Post, $"/policy-drafts/{id}/impact", new JsonObject { ["from"] = from, ["to"] = "2100-12-31T00:00:00Z", ["sample"] = sample }.ToJsonString(), host.Token("policies.manage"));

    private static async Task<string> WriteAsync(PolicyDecisionHost host, string cedar)
    {
        using HttpResponseMessage answer = await host.PostAsync("/policy-drafts", new { policySet = "hospital", files = new[] { new { name = "p.cedar", text = cedar } }, comment = "c" });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
    }

    private static Task PublishAsync(PolicyDecisionHost host, string cedar) =>
        DoneAsync(host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "p.cedar", text = cedar } }, comment = "c" }));
}
