using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.PolicyDrafts;
using AccessGov.PolicyDecision.PolicyDrafts.Shadow;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using static AccessGov.PolicyDecision.Tests.Answers;

namespace AccessGov.PolicyDecision.Tests.PolicyDrafts;

/// <summary>Drafts that run beside the live set: what is found, what is not, and that nobody notices.</summary>
public sealed class ShadowTests : IAsyncLifetime
{
    private const string Live = """@id("view") permit (principal, action == Action::"view", resource);""";
    private const string Closing = Live + """@id("not-ada") forbid (principal == User::"ada", action == Action::"view", resource);""";
    private const string Opening = Closing + """@id("edit") permit (principal, action == Action::"edit", resource);""";
    private const string Erring = Live + """@id("too-much") forbid (principal, action == Action::"view", resource) when { principal.level > 0 };""";

    private static readonly object Schema = new
    {
        name = "s.cedarschema", text = "entity User { level: Long }; entity Patient; action view, edit appliesTo { principal: User, resource: Patient };",
    };

    private static readonly DecisionRecord Permitted = new(
        Guid.NewGuid(), default, "c", "User", "u", "a", "Patient", "p", default, default, null, null, null, true, Reasons.Permitted, [], [], [], "", 0, default, null, null);

    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync();
        await DoneAsync(host.PutAsync("/roles/clerk", new { description = "Writes" }));
        await DoneAsync(host.PostAsync("/grants", new { subjectId = "ada", role = "clerk", scope = new { kind = "everywhere" }, reason = "hired" }));
        await DoneAsync(host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "p.cedar", text = Live }, Schema }, comment = "c" }));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task What_a_draft_decides_otherwise_shows_up_and_changes_no_answer()
    {
        string id = await RunningAsync(Opening);
        string closed = (await AskAsync(host, "ada", "view", true))["context"]!["evaluation_id"]!.GetValue<string>();
        await AskAsync(host, "ben", "view", true);
        await AskAsync(host, "ben", "edit", false);
        JsonNode report = await ComparedAsync(id, 3);
        (report["state"]!.GetValue<string>(), report["ofPresentText"]!.GetValue<bool>(), report["notCompared"]!.GetValue<long>(), report["failed"]!.GetValue<long>())
            .ShouldBe(("running", true, 0, 0));
        report["groups"]!.AsArray().Select(group => $"{group!["change"]} {group["role"]} {group["department"]} {group["policy"]} {group["count"]}")
            .ShouldBe(["allow_to_deny clerk  not-ada 1", "deny_to_allow   edit 1"]);
        report["groups"]![0]!["examples"]!.AsArray().Select(example => example!.GetValue<string>()).ShouldBe([closed]);
        report.ToJsonString().ShouldNotContain("secret-patient");
    }

    [Fact]
    public async Task A_draft_that_errs_is_a_difference_and_the_answer_stays()
    {
        string id = await RunningAsync(Erring);
        await AskAsync(host, "ben", "view", true);
        JsonNode report = await ComparedAsync(id, 1);
        (report["allowToDeny"]!.GetValue<long>(), report["groups"]![0]!["policy"]!.GetValue<string>()).ShouldBe((1, "too-much"));
    }

    [Fact]
    public async Task Batches_are_compared_decision_by_decision()
    {
        string id = await RunningAsync(Closing);
        await DoneAsync(host.SendAsync(HttpMethod.Post, "/access/v1/evaluations", JsonSerializer.Serialize(new
        {
            action = new { name = "view" }, resource = new { type = "Patient", id = "P" },
            evaluations = Enumerable.Range(0, 700).Select(i => new { subject = new { type = "User", id = i % 7 == 0 ? "ada" : "ben" } }),
        }), host.Token("decisions.evaluate")));
        (await ComparedAsync(id, 700))["allowToDeny"]!.GetValue<long>().ShouldBe(100);
    }

    [Fact]
    public async Task Every_replica_compares_and_what_it_found_outlives_it()
    {
        PolicyDecisionHost replica = await host.StartReplicaAsync();
        string id = await RunningAsync(Closing);
        await Eventually.HoldsAsync(() => QueueOf(replica).IsOpen, "the replica compares");
        await AskAsync(host, "ada", "view", true);
        await AskAsync(replica, "ada", "view", true);
        await ComparedAsync(id, 2);
        await replica.DisposeAsync();
        await using PolicyDecisionHost later = await host.StartReplicaAsync();
        await Eventually.HoldsAsync(() => QueueOf(later).IsOpen, "the replica that comes later compares");
        await AskAsync(later, "ada", "view", true);
        (await ComparedAsync(id, 3))["allowToDeny"]!.GetValue<long>().ShouldBe(3);
    }

    [Theory]
    [InlineData("end")]
    [InlineData("rewrite")]
    [InlineData("abandon")]
    public async Task A_run_ends_and_its_report_stays(string how)
    {
        string id = await RunningAsync(Closing);
        await AskAsync(host, "ada", "view", true);
        await ComparedAsync(id, 1);
        await DoneAsync(how switch
        {
            "end" => host.PostAsync($"/policy-drafts/{id}/shadow/end", new { }),
            "rewrite" => host.PutAsync($"/policy-drafts/{id}", new { files = new[] { new { name = "p.cedar", text = Opening }, Schema }, comment = "c" }),
            _ => host.PostAsync($"/policy-drafts/{id}/abandon", new { reason = "r" }),
        });
        await AskAsync(host, "ada", "view", true);
        await Eventually.HoldsAsync(() => !QueueOf(host).IsOpen, "nothing is compared any more");
        await AskAsync(host, "ada", "view", true);
        JsonNode report = await host.GetAsync($"/policy-drafts/{id}/shadow");
        (report["state"]!.GetValue<string>(), report["compared"]!.GetValue<long>(), report["allowToDeny"]!.GetValue<long>()).ShouldBe(("ended", 1, 1));
        if (how == "end")
        {
            // Again from the beginning; a second time changes nothing.
            await DoneAsync(StartAsync(id));
            await DoneAsync(StartAsync(id, 2));
            (await host.GetAsync($"/policy-drafts/{id}/shadow"))["compared"]!.GetValue<long>().ShouldBe(0);
        }
    }

    [Fact]
    public async Task What_cannot_run_is_refused()
    {
        string id = await WriteAsync(Closing);
        await Refusal.ShouldBeAsync(await StartAsync(id), 409, "check_missing");
        string unsound = await WriteAsync(Closing.Replace("User", "Robot", StringComparison.Ordinal));
        await DoneAsync(host.PostAsync($"/policy-drafts/{unsound}/check", new { }));
        await Refusal.ShouldBeAsync(await StartAsync(unsound), 409, "check_failed");
        await DoneAsync(host.PostAsync($"/policy-drafts/{id}/check", new { }));
        await Refusal.ShouldBeAsync(await StartAsync(id, 0), 400, "window_malformed");
        await Refusal.ShouldBeAsync(await StartAsync(id, 169), 400, "window_malformed");
        await Refusal.ShouldBeAsync(await StartAsync(id, int.MaxValue), 400, "window_malformed");
        await Refusal.ShouldBeAsync(await StartAsync(id, int.MinValue), 400, "window_malformed");
        await Refusal.ShouldBeAsync(await StartAsync("none"), 404, "policy_draft_unknown");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, $"/policy-drafts/{id}/shadow"), 404, "shadow_unknown");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, "/policy-drafts/none/shadow"), 404, "policy_draft_unknown");
        (await host.SendAsync(HttpMethod.Post, $"/policy-drafts/{id}/shadow", """{"hours":1}""", host.Token("facts.read"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        string[] others = [await RunningAsync(Closing), await RunningAsync(Closing), await RunningAsync(Closing)];
        await Refusal.ShouldBeAsync(await StartAsync(id), 409, "shadows_running");
        await DoneAsync(host.PostAsync($"/policy-drafts/{others[0]}/shadow/end", new { }));
        (await StartAsync(id)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public void What_does_not_fit_is_dropped_and_counted_and_nothing_is_taken_while_no_draft_runs()
    {
        var queue = new ShadowQueue();
        queue.Offer(null!, Permitted, FactsSnapshot.Empty);
        queue.Take(1).ShouldBeEmpty();
        queue.IsOpen = true;
        for (int i = 0; i < ShadowQueue.HeldMax + 5; i++)
        {
            queue.Offer(null!, Permitted, FactsSnapshot.Empty);
        }

        queue.Offer(null!, Permitted with { Reason = Reasons.StudyUnknown }, FactsSnapshot.Empty);

        (queue.TakeDropped(), queue.TakeDropped(), queue.Take(int.MaxValue).Count).ShouldBe((5, 0, ShadowQueue.HeldMax));
    }

    [Fact]
    public void A_draft_that_cannot_decide_is_counted_and_throws_nothing()
    {
        var draft = new ShadowDraft(new ShadowRun("d", Guid.NewGuid(), default, default), new PolicyDraft.Open("hospital", 1, "hash", [], "c", [], true, null));
        ShadowOutcome outcome = draft.Judge(new AnsweredDecision(null!, Permitted, FactsSnapshot.Empty), null, new RoleEntities());
        (outcome.Failed, outcome.Difference).ShouldBe((true, null));
    }

    private static ShadowQueue QueueOf(PolicyDecisionHost of) => of.Services.GetRequiredService<ShadowQueue>();

    /// <summary>A draft that is checked and runs on the first host.</summary>
    private async Task<string> RunningAsync(string cedar)
    {
        string id = await WriteAsync(cedar);
        await DoneAsync(host.PostAsync($"/policy-drafts/{id}/check", new { }));
        await DoneAsync(StartAsync(id));
        await Eventually.HoldsAsync(() => QueueOf(host).IsOpen, "the draft runs");
        return id;
    }

    private Task<HttpResponseMessage> StartAsync(string id, int hours = 1) => host.PostAsync($"/policy-drafts/{id}/shadow", new { hours });

    private async Task<string> WriteAsync(string cedar)
    {
        using HttpResponseMessage answer = await host.PostAsync("/policy-drafts", new { policySet = "hospital", files = new[] { new { name = "p.cedar", text = cedar }, Schema }, comment = "c" });
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, text);
        return JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }

    private async Task<JsonNode> ComparedAsync(string id, long decisions)
    {
        JsonNode report = new JsonObject();
        await Eventually.HoldsAsync(async () => (report = await host.GetAsync($"/policy-drafts/{id}/shadow"))["compared"]!.GetValue<long>() >= decisions, "the decisions are compared");
        report["compared"]!.GetValue<long>().ShouldBe(decisions);
        return report;
    }

    private async Task<JsonNode> AskAsync(PolicyDecisionHost at, string subject, string action, bool permitted)
    {
        using HttpResponseMessage answer = await at.SendAsync(HttpMethod.Post, "/access/v1/evaluation", JsonSerializer.Serialize(new
        {
            subject = new { type = "User", id = subject }, action = new { name = action }, resource = new { type = "Patient", id = "secret-patient" },
        }), host.Token("decisions.evaluate"));
        JsonNode body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        body["decision"]!.GetValue<bool>().ShouldBe(permitted, body.ToJsonString());
        return body;
    }
}
