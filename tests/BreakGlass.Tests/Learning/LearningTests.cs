using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.BreakGlass.Evidence;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.Learning;

/// <summary>From cases to a draft, over HTTP and on a real database.</summary>
public sealed class LearningTests : IAsyncLifetime
{
    private static readonly object Lesson = new { role = "emergency-physician", department = "ward" };
    private BreakGlassHost host = null!;

    public async Task InitializeAsync()
    {
        host = await BreakGlassHost.StartAsync(("BreakGlass:LessonCasesMin", "2"));
        host.PolicyDecision.PolicySet = [("a.cedar", "permit (principal, action, resource);")];
        host.PolicyDecision.Evidence = host.PolicyDecision.Evidence with
        {
            Opened = [new OpenedImages("study.view", "1.2.3", "ward", false, 1, Spec.Now, Spec.Now, [], [])],
        };
    }

    public Task DisposeAsync() => host.DisposeAsync().AsTask();

    [Fact]
    public async Task Justified_cases_become_a_lesson_and_a_draft_of_whoever_proposes_it()
    {
        await CaseAsync("ada", "p-1", "justified");
        await CaseAsync("bob", "p-2", "justified");
        await CaseAsync("bob", "p-3", "unjustified");
        await CaseAsync("bob", "p-4", "unclear");
        await CaseAsync("ada", "drill-1", "justified", practice: true);
        await CaughtUpAsync();
        JsonNode found = await host.GetAsync("/emergency-cases/lessons", "eva");
        JsonNode lesson = found["lessons"]!.AsArray().Single()!;
        (lesson["role"]!.GetValue<string>(), lesson["department"]!.GetValue<string>(), lesson["cases"]!.GetValue<int>(),
            lesson["people"]!.GetValue<int>())
            .ShouldBe(("emergency-physician", "ward", 2, 2));
        lesson["proposal"]!["kind"]!.GetValue<string>().ShouldBe("policy_draft");

        using HttpResponseMessage proposed = await host.PostAsync("/emergency-cases/lessons/propose", "max", Lesson);
        string answer = await proposed.Content.ReadAsStringAsync();
        proposed.StatusCode.ShouldBe(HttpStatusCode.Created, answer);
        JsonNode.Parse(answer)!["id"]!.GetValue<string>().ShouldBe("draft-1");
        (JsonElement draft, string token) = host.PolicyDecision.Drafts.Single();
        draft.GetProperty("policySet").GetString().ShouldBe("hospital");

        // A draft replaces the set: all that is in force stays in it.
        draft.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("name").GetString())
            .ShouldBe(["a.cedar", "lesson-emergency-physician-ward.cedar"]);
        draft.GetProperty("files")[1].GetProperty("text").GetString().ShouldBe(lesson["proposal"]!["text"]!.GetValue<string>());
        JsonNode claims = JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]))!;
        claims["sub"]!.GetValue<string>().ShouldBe("max", "it is written as whoever proposes it");
    }

    [Fact]
    public async Task Only_the_cases_of_the_time_count()
    {
        await CaseAsync("ada", "p-1", "justified");
        await CaughtUpAsync();
        string now = Uri.EscapeDataString($"{host.Clock.GetUtcNow():O}"),
            before = Uri.EscapeDataString($"{host.Clock.GetUtcNow().AddDays(-1):O}");
        (await host.GetAsync($"/emergency-cases/lessons?from={before}", "eva"))["lessons"]!.AsArray().Count.ShouldBe(1);
        (await host.GetAsync($"/emergency-cases/lessons?to={before}", "eva"))["lessons"]!.AsArray().ShouldBeEmpty();
        using HttpResponseMessage malformed = await host.SendAsync(HttpMethod.Get, $"/emergency-cases/lessons?from={now}&to={before}",
            "eva");
        await Refusal.ShouldBeAsync(malformed, 400, "period_malformed");
    }

    [Fact]
    public async Task What_cannot_be_proposed_is_refused_and_nothing_is_written()
    {
        await RefusedAsync(404, "lesson_unknown");
        await CaseAsync("ada", "p-1", "justified");
        await CaughtUpAsync();
        await RefusedAsync(404, "lesson_unknown");
        await CaseAsync("bob", "p-2", "justified");
        await CaughtUpAsync();

        host.PolicyDecision.Refusal = (403, "urn:accessgov:policy-decision:insufficient_scope", "This needs the scope.");
        await RefusedAsync(403, "policies_forbidden");
        host.PolicyDecision.Refusal = (401, "urn:accessgov:policy-decision:step_up_required", "In its own words.");
        using (HttpResponseMessage weak = await host.PostAsync("/emergency-cases/lessons/propose", "max", Lesson))
        {
            await Refusal.ShouldBeAsync(weak, 401, "step_up_required");
            weak.Headers.WwwAuthenticate.ToString().ShouldContain("acr_values=\"two-factors\"");
        }

        host.PolicyDecision.Refusal = (409, "urn:accessgov:policy-decision:draft_changed", "In its own words.");
        await RefusedAsync(409, "draft_changed");
        host.PolicyDecision.Refusal = (500, "about:blank", "x");
        await RefusedAsync(503, "policy_decision_unavailable");
        host.PolicyDecision.Refusal = null;
        host.PolicyDecision.Failure = new HttpRequestException("refused");
        await RefusedAsync(503, "policy_decision_unavailable");
        host.PolicyDecision.Failure = null;
        host.PolicyDecision.PolicySet = null;
        await RefusedAsync(404, "policy_set_unknown");
        host.PolicyDecision.PolicySet = [("lesson-emergency-physician-ward.cedar", "")];
        await RefusedAsync(409, "lesson_taken");
        host.PolicyDecision.Drafts.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_takes_somebody_who_manages_policies()
    {
        foreach ((string subject, string scope, int status) in ((string, string, int)[])[("eva", "emergency-access.review", 403),
            ("tests", "policies.manage", 403)])
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/emergency-cases/lessons/propose")
            {
                Headers = { Authorization = new("Bearer", host.TokenOf(subject, scope)) },
                    Content = System.Net.Http.Json.JsonContent.Create(Lesson),
            };
            using HttpResponseMessage refused = await host.Client.SendAsync(request);
            ((int)refused.StatusCode).ShouldBe(status);
        }
    }

    private async Task RefusedAsync(int status, string code)
    {
        using HttpResponseMessage refused = await host.PostAsync("/emergency-cases/lessons/propose", "max", Lesson);
        await Refusal.ShouldBeAsync(refused, status, code);
    }

    private async Task CaseAsync(string person, string patient, string verdict, bool practice = false)
    {
        string id = await host.InvokeAsync(person, patient, practice);
        (await host.PostAsync($"/emergency-access/{id}/end", person)).Dispose();
        using HttpResponseMessage judged = await host.PostAsync($"/emergency-cases/{id}/review", "eva", new { verdict, findings = "x" });
        judged.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private Task CaughtUpAsync() => Eventually.HoldsAsync(
        async () => await host.Store.ReachedAsync(CaseList.Subscription) >= await host.Store.HeadAsync(), "the cases can be learnt from");
}
