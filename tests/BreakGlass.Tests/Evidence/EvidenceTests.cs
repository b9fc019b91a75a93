using System.Net;
using System.Text.Json.Nodes;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.BreakGlass.Evidence;
using AccessGov.BreakGlass.Tests.Offline;
using AccessGov.EmergencyCapabilities;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.Evidence;

/// <summary>What whoever judges a case is shown, over HTTP and on a real database.</summary>
public sealed class EvidenceTests : IAsyncLifetime
{
    private static readonly OpenedImages Opened = new(
        "study.view", "1.2.3", "ward", true, 2, Spec.Now, Spec.Now.AddMinutes(3), ["10.0.0.7"], ["ws-7"]);

    private static readonly DecisionEvidence Known = new(
        true, 0, [Opened, Opened with { Action = "study.search", Study = null, Department = null, Vip = false, Count = 1,
            First = Spec.Now.AddMinutes(-1) }],
        [new DeniedAccess(Spec.Now.AddMinutes(-5), "study.view", null, "not_permitted")],
            new PatientRelation(false, false, false, false, false, true),
        [new HeldRole("emergency-physician", "department", "ward")], true);

    private BreakGlassHost host = null!;

    public async Task InitializeAsync()
    {
        host = await BreakGlassHost.StartAsync();
        host.PolicyDecision.Evidence = Known;
    }

    public Task DisposeAsync() => host.DisposeAsync().AsTask();

    [Fact]
    [Trait("Requirement", "S35")]
    public async Task The_reviewer_sees_what_was_opened_who_the_person_is_and_why_it_looks_as_it_does()
    {
        string earlier = await host.InvokeAsync("ada", "p-other"), other = await host.InvokeAsync("bob", "p-1");
        await host.InvokeAsync("bob", "drill-1", practice: true);
        string id = await host.InvokeAsync("ada", "p-1");
        await CaughtUpAsync();
        JsonNode shown = await host.GetAsync($"/emergency-cases/{id}/evidence", "eva");
        (shown["complete"]!.GetValue<bool>(), shown["times"]!.GetValue<int>(), shown["score"]!.GetValue<int>())
            .ShouldBe((true, 3, 25 + 25 + 15 + 15));
        shown["missing"]!.AsArray().ShouldBeEmpty();
        Codes(shown).ShouldBe(["no_relation", "colleague", "vip", "denied_before"]);
        shown["first"]!.GetValue<DateTimeOffset>().ShouldBe(Spec.Now.AddMinutes(-1));
        shown["last"]!.GetValue<DateTimeOffset>().ShouldBe(Spec.Now.AddMinutes(3));
        shown["departments"]!.AsArray().Single()!.GetValue<string>().ShouldBe("ward");
        Ids(shown["earlierOfPerson"]!).ShouldBe([earlier]);
        Ids(shown["earlierOfPatient"]!).ShouldBe([other]);
        (shown["frequency"]!["ofPerson"]!.GetValue<int>(), shown["frequency"]!["peopleOfPatient"]!.GetValue<int>()).ShouldBe((2, 2));

        // It was asked about this case, from when to when it could be used.
        JsonObject asked = JsonNode.Parse(host.PolicyDecision.Asked.Last().GetRawText())!.AsObject();
        (asked["caseId"]!.GetValue<string>(), asked["subjectId"]!.GetValue<string>(), asked["patient"]!.GetValue<string>())
            .ShouldBe((id, "ada", "p-1"));
        (asked["to"]!.GetValue<DateTimeOffset>() - asked["from"]!.GetValue<DateTimeOffset>()).ShouldBe(TimeSpan.FromMinutes(241));
    }

    [Fact]
    public async Task More_often_than_peers_and_many_people_are_counted_here()
    {
        host.PolicyDecision.Evidence = Known with { Opened = [], DeniedBefore = [],
            Relation = new PatientRelation(true, false, false, false, false, false) };
        string last = "";
        foreach (string person in (string[])["bob", "cyd", "ada"])
        {
            last = await host.InvokeAsync(person, "p-crowd");
        }

        await host.InvokeAsync("ada", "p-2");
        string third = await host.InvokeAsync("ada", "p-3");
        await CaughtUpAsync();
        Codes(await host.GetAsync($"/emergency-cases/{last}/evidence", "eva")).ShouldBe(["many_people"]);
        Codes(await host.GetAsync($"/emergency-cases/{third}/evidence", "eva")).ShouldBe(["more_than_peers"]);

        // A month later nobody counts them any more.
        host.Clock.Advance(TimeSpan.FromDays(31));
        string later = await host.InvokeAsync("ada", "p-crowd");
        await CaughtUpAsync();
        Codes(await host.GetAsync($"/emergency-cases/{later}/evidence", "eva")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_missing_is_said_and_keeps_nobody_from_judging(bool down)
    {
        string id = await host.InvokeAsync("ada", "p-1");
        (await host.PostAsync($"/emergency-access/{id}/end", "ada")).Dispose();
        host.PolicyDecision.NoEvidence = HttpStatusCode.ServiceUnavailable;
        host.PolicyDecision.Failure = down ? new HttpRequestException("refused") : null;
        JsonNode shown = await host.GetAsync($"/emergency-cases/{id}/evidence", "eva");
        shown["complete"]!.GetValue<bool>().ShouldBeFalse();
        shown["missing"]!.AsArray().Single()!.GetValue<string>().ShouldContain("PolicyDecision cannot be asked");
        (shown["score"], shown["opened"], shown["relation"]).ShouldBe((null, null, null));
        shown["frequency"]!["ofPerson"]!.GetValue<int>().ShouldBe(1);

        await JudgedAsync(id);
        JsonNode verdict = await VerdictAsync(id);
        (verdict["score"], verdict["scoreReasons"]).ShouldBe((null, null));
    }

    [Fact]
    public async Task Half_of_the_evidence_says_that_it_is_half()
    {
        string id = await host.InvokeAsync("ada", "p-1");
        host.PolicyDecision.Evidence = Known with { Complete = false };
        (await host.GetAsync($"/emergency-cases/{id}/evidence", "eva"))["missing"]!.AsArray().Single()!.GetValue<string>()
            .ShouldContain("Not all decisions");
        host.PolicyDecision.Evidence = Known with { Spooled = 4 };
        (await host.GetAsync($"/emergency-cases/{id}/evidence", "eva"))["missing"]!.AsArray().Single()!.GetValue<string>()
            .ShouldContain("4 decisions");
    }

    [Fact]
    public async Task Studies_of_an_edge_that_were_not_asked_about_are_said_to_be_missing()
    {
        await using OfflineHospital edge = await OfflineHospital.StartAsync();
        Promised promised = await edge.PromiseAsync("ada");
        EmergencyUse use = promised.Use("p-1", edge.Host.Clock.GetUtcNow());
        EdgeJournal journal = new EdgeJournal().Used(promised, use).Opened(use, "study.view", " 1", use.At);
        Enumerable.Range(0, 501).ToList().ForEach(i => journal.Opened(use, "study.view", $"1.2.{i}", use.At));
        await edge.MergeAsync(journal);
        JsonNode shown = await edge.Host.GetAsync($"/emergency-cases/{use.Id}/evidence", "eva");
        shown["complete"]!.GetValue<bool>().ShouldBeFalse();
        shown["missing"]!.AsArray().Single()!.GetValue<string>().ShouldStartWith("Of 2 studies");
        edge.Host.PolicyDecision.Asked[^1].GetProperty("studies").GetArrayLength().ShouldBe(500);
    }

    [Fact]
    public async Task The_verdict_keeps_the_score_it_was_found_with()
    {
        string id = await host.InvokeAsync("ada", "p-1");
        (await host.PostAsync($"/emergency-access/{id}/end", "ada")).Dispose();
        await JudgedAsync(id);
        JsonNode verdict = await VerdictAsync(id);
        verdict["score"]!.GetValue<int>().ShouldBe(80);
        verdict["scoreReasons"]!.AsArray().Select(code => code!.GetValue<string>())
            .ShouldBe(["no_relation", "colleague", "vip", "denied_before"]);
        verdict["department"]!.GetValue<string>().ShouldBe("ward");
    }

    [Fact]
    public async Task Whoever_may_not_judge_asks_nobody()
    {
        string id = await host.InvokeAsync("ada", "p-1");
        (await host.PostAsync($"/emergency-access/{id}/end", "ada")).Dispose();
        int before = host.PolicyDecision.Asked.Count;
        using HttpResponseMessage self = await host.PostAsync($"/emergency-cases/{id}/review", "ada",
            new { verdict = "justified", findings = "x" });
        await Refusal.ShouldBeAsync(self, 403, "self_review");
        host.PolicyDecision.Asked.Count.ShouldBe(before);

        using HttpResponseMessage unknown = await host.SendAsync(HttpMethod.Get, "/emergency-cases/none/evidence", "eva");
        await Refusal.ShouldBeAsync(unknown, 404, "emergency_access_unknown");
        var request = new HttpRequestMessage(HttpMethod.Get, $"/emergency-cases/{id}/evidence")
        {
            Headers = { Authorization = new("Bearer", host.TokenOf("ada", "emergency-access.invoke")) },
        };
        using HttpResponseMessage forbidden = await host.Client.SendAsync(request);
        forbidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task JudgedAsync(string id)
    {
        using HttpResponseMessage judged = await host.PostAsync($"/emergency-cases/{id}/review", "eva",
            new { verdict = "justified", findings = "On call." });
        judged.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private async Task<JsonNode> VerdictAsync(string id) => (await host.GetAsync($"/emergency-cases/{id}", "eva"))["history"]!.AsArray()
        .Single(step => step!["name"]!.GetValue<string>() == "emergency_access_reviewed")!["data"]!;

    private Task CaughtUpAsync() => Eventually.HoldsAsync(
        async () => await host.Store.ReachedAsync(CaseList.Subscription) >= await host.Store.HeadAsync(), "the cases can be compared");

    private static string[] Codes(JsonNode shown) =>
        [.. shown["scoreReasons"]!.AsArray().Select(reason => reason!["code"]!.GetValue<string>())];

    private static string[] Ids(JsonNode cases) => [.. cases.AsArray().Select(one => one!["id"]!.GetValue<string>())];
}
