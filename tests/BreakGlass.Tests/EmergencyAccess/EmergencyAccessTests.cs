using System.Net;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.EmergencyAccess;

/// <summary>Emergency access over HTTP, on a real database.</summary>
public sealed class EmergencyAccessTests(BreakGlassHost host) : IClassFixture<BreakGlassHost>
{
    [Fact]
    [Trait("Requirement", "S32")]
    public async Task A_clinician_takes_it_at_once_sees_it_and_ends_it()
    {
        string id = await host.InvokeAsync("ada", "p-ends");
        JsonNode own = await host.GetAsync($"/emergency-access/{id}", "ada");
        own["state"]!.GetValue<string>().ShouldBe("active");
        (Instant(own["until"]) - Instant(own["invokedAt"])).ShouldBe(TimeSpan.FromHours(4));
        (Instant(own["reviewDue"]) - Instant(own["invokedAt"])).ShouldBe(TimeSpan.FromHours(24));

        using HttpResponseMessage ended = await host.PostAsync($"/emergency-access/{id}/end", "ada");
        ended.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using HttpResponseMessage again = await host.PostAsync($"/emergency-access/{id}/end", "ada");
        again.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.GetAsync($"/emergency-access/{id}", "ada"))["state"]!.GetValue<string>().ShouldBe("awaiting_review");
    }

    [Fact]
    public async Task A_second_one_for_the_same_patient_extends_nothing_and_is_no_error()
    {
        string id = await host.InvokeAsync("ada", "p-twice");
        JsonNode first = await host.GetAsync($"/emergency-access/{id}", "ada");
        host.Clock.Advance(TimeSpan.FromMinutes(5));
        using HttpResponseMessage second =
            await host.PostAsync("/emergency-access", "ada", new { reasonCode = "BTG", reason = "again", patient = "p-twice" });
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonNode answer = JsonNode.Parse(await second.Content.ReadAsStringAsync())!;
        answer["id"]!.GetValue<string>().ShouldBe(id);
        // The database keeps microseconds.
        (Instant(answer["until"]) - Instant(first["until"])).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));

        // Others, and for other patients, have their own.
        (await host.InvokeAsync("bob", "p-twice")).ShouldNotBe(id);
        (await host.InvokeAsync("ada", "p-other")).ShouldNotBe(id);
    }

    [Fact]
    public async Task Twenty_at_once_are_one()
    {
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            host.PostAsync("/emergency-access", "ada", new { reasonCode = "ETREAT", reason = "x", patient = "p-crowd" })));
        string[] ids = [.. (await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync())))
            .Select(text => JsonNode.Parse(text)!["id"]!.GetValue<string>()).Distinct()];
        ids.Length.ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(19);
    }

    [Fact]
    public async Task The_same_key_gives_the_same_case()
    {
        (string, string)[] key = [("Idempotency-Key", "one-bed")];
        using HttpResponseMessage first =
            await host.PostAsync("/emergency-access", "ada", new { reasonCode = "ETREAT", reason = "x", patient = "p-key" }, key);
        string id = JsonNode.Parse(await first.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
        (await host.PostAsync($"/emergency-access/{id}/end", "ada")).Dispose();
        using HttpResponseMessage again =
            await host.PostAsync("/emergency-access", "ada", new { reasonCode = "ETREAT", reason = "x", patient = "p-key" }, key);
        JsonNode.Parse(await again.Content.ReadAsStringAsync())!["id"]!.GetValue<string>().ShouldBe(id);
    }

    [Theory]
    [InlineData("person_suspended", 403)]
    [InlineData("person_left", 403)]
    [InlineData("person_locked", 403)]
    [InlineData("not_clinical", 403)]
    [InlineData("emergency_forbidden", 403)]
    [InlineData("study_unknown", 404)]
    [InlineData("denial_expired", 409)]
    public async Task What_PolicyDecision_refuses_is_refused_in_its_words(string code, int status)
    {
        await using BreakGlassHost own = await BreakGlassHost.StartAsync();
        own.PolicyDecision.Refusal = (status, $"urn:accessgov:policy-decision:{code}", "Call the security office.");
        using HttpResponseMessage refused =
            await own.PostAsync("/emergency-access", "mallory", new { reasonCode = "BTG", reason = "x", patient = "p" });
        await Refusal.ShouldBeAsync(refused, status, code);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("Call the security office.");
    }

    [Fact]
    public async Task Whoever_cannot_be_checked_gets_nothing_and_is_told_what_to_do()
    {
        await using BreakGlassHost own = await BreakGlassHost.StartAsync();
        foreach (Exception failure in (Exception[])[new HttpRequestException("refused"), new TaskCanceledException("too slow")])
        {
            own.PolicyDecision.Failure = failure;
            using HttpResponseMessage refused =
                await own.PostAsync("/emergency-access", "ada", new { reasonCode = "BTG", reason = "x", patient = "p" });
            await Refusal.ShouldBeAsync(refused, 503, "policy_decision_unavailable");
        }

        // That this service may not ask is not the clinician's fault.
        own.PolicyDecision.Failure = null;
        own.PolicyDecision.Refusal = (403, "urn:accessgov:policy-decision:insufficient_scope", "This needs the scope.");
        using HttpResponseMessage unasked =
            await own.PostAsync("/emergency-access", "ada", new { reasonCode = "BTG", reason = "x", patient = "p" });
        await Refusal.ShouldBeAsync(unasked, 503, "policy_decision_unavailable");
    }

    [Fact]
    public async Task A_program_takes_nothing()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/emergency-access")
        {
            Headers = { Authorization = new("Bearer", host.TokenOf("tests", "emergency-access.invoke")) },
            Content = System.Net.Http.Json.JsonContent.Create(new { reasonCode = "BTG", reason = "x", patient = "p" }),
        };
        using HttpResponseMessage refused = await host.Client.SendAsync(request);
        await Refusal.ShouldBeAsync(refused, 403, "person_required");
    }

    [Fact]
    public async Task It_expires_by_itself_also_after_a_restart_and_a_jump_of_the_clock()
    {
        await using BreakGlassHost own = await BreakGlassHost.StartAsync();
        string id = await own.InvokeAsync("ada", "p-expires");
        DateTimeOffset until = Instant((await own.GetAsync($"/emergency-access/{id}", "ada"))["until"]);
        await own.RestartAsync(TimeSpan.FromHours(5));
        await Eventually.HoldsAsync(
            async () => (await own.GetAsync($"/emergency-access/{id}", "ada"))["state"]!.GetValue<string>() == "awaiting_review",
            "it has expired");
        JsonNode ended = (await own.GetAsync($"/emergency-access/{id}", "ada"))["history"]!.AsArray().Last()!;
        ended["data"]!["cause"]!.GetValue<string>().ShouldBe("expired");
        Instant(ended["data"]!["at"]).ShouldBe(until);

        // What has run out stands in nobody's way.
        (await own.InvokeAsync("ada", "p-expires")).ShouldNotBe(id);
    }

    [Fact]
    [Trait("Requirement", "S35")]
    public async Task A_walk_through_24_hours_calls_every_level_and_closes_nothing()
    {
        await using BreakGlassHost own = await BreakGlassHost.StartAsync();
        string id = await own.InvokeAsync("ada", "p-walk");
        foreach ((double hours, string level) in ((double, string)[])[(12, "deputy"), (20, "privacy-officer"), (24, "ciso")])
        {
            JsonNode before = await own.GetAsync($"/emergency-cases/{id}", "eva");
            own.Clock.Advance(Instant(before["invokedAt"]) + TimeSpan.FromHours(hours) - TimeSpan.FromMinutes(1) - own.Clock.GetUtcNow());
            (await own.GetAsync($"/emergency-cases/{id}", "eva"))["history"]!.AsArray()
                .ShouldNotContain(step => step!["name"]!.GetValue<string>() == "emergency_review_escalated"
                    && step["data"]!["name"]!.GetValue<string>() == level);
            own.Clock.Advance(TimeSpan.FromMinutes(1));
            await Eventually.HoldsAsync(
                async () => (await own.GetAsync($"/emergency-cases/{id}", "eva"))["history"]!.AsArray()
                    .Any(step => step!["name"]!.GetValue<string>() == "emergency_review_escalated"
                        && step["data"]!["name"]!.GetValue<string>() == level),
                $"{level} is called");
        }

        await Eventually.HoldsAsync(
            async () => (await own.GetAsync("/emergency-cases?state=overdue", "eva"))["cases"]!.AsArray()
                .Any(item => item!["id"]!.GetValue<string>() == id),
            "it is listed as overdue");
        JsonNode overdue = await own.GetAsync($"/emergency-cases/{id}", "eva");
        overdue["overdue"]!.GetValue<bool>().ShouldBeTrue();
        overdue["state"]!.GetValue<string>().ShouldBe("awaiting_review");

        using HttpResponseMessage judged =
            await own.PostAsync($"/emergency-cases/{id}/review", "eva", new { verdict = "justified", findings = "On call." });
        judged.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await own.GetAsync($"/emergency-cases/{id}", "eva"))["history"]!.AsArray().Last()!["data"]!["late"]!.GetValue<bool>()
            .ShouldBeTrue();
    }

    [Fact]
    public async Task A_case_is_taken_judged_and_followed_up()
    {
        string id = await host.InvokeAsync("ada", "p-judged");
        using HttpResponseMessage early =
            await host.PostAsync($"/emergency-cases/{id}/review", "eva", new { verdict = "justified", findings = "x" });
        await Refusal.ShouldBeAsync(early, 409, "not_ended");
        using HttpResponseMessage self =
            await host.PostAsync($"/emergency-cases/{id}/review", "ada", new { verdict = "justified", findings = "x" });
        await Refusal.ShouldBeAsync(self, 403, "self_review");
        (await host.PostAsync($"/emergency-cases/{id}/take", "eva")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.PostAsync($"/emergency-access/{id}/explain", "ada", new { statement = "The patient was unconscious." }))
            .StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.PostAsync($"/emergency-cases/{id}/terminate", "sec", new { reason = "Looks odd." }))
            .StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.PostAsync($"/emergency-cases/{id}/review", "eva", new { verdict = "unjustified", findings = "No relation." }))
            .StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync("/emergency-cases?state=follow_up", "eva"))["cases"]!.AsArray()
                .Any(item => item!["id"]!.GetValue<string>() == id),
            "the follow-up is open");
        (await host.PostAsync($"/emergency-cases/{id}/follow-up/close", "max", new { outcome = "A talk." }))
            .StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Eventually.HoldsAsync(
            async () => !(await host.GetAsync("/emergency-cases?state=follow_up", "eva"))["cases"]!.AsArray()
                .Any(item => item!["id"]!.GetValue<string>() == id),
            "the follow-up is closed");
        JsonNode found = await host.GetAsync($"/emergency-cases/{id}", "eva");
        found["history"]!.AsArray().Select(step => step!["name"]!.GetValue<string>()).ShouldBe(
        [
            "emergency_access_invoked", "emergency_review_taken", "emergency_access_explained", "emergency_access_ended",
            "emergency_access_reviewed",
            "emergency_follow_up_closed",
        ]);
    }

    [Fact]
    public async Task Nobody_sees_other_peoples_cases_without_the_right_to_judge()
    {
        string id = await host.InvokeAsync("ada", "p-private");
        using HttpResponseMessage other = await host.SendAsync(HttpMethod.Get, $"/emergency-access/{id}", "bob");
        await Refusal.ShouldBeAsync(other, 404, "emergency_access_unknown");
        JsonNode own = await host.GetAsync("/emergency-access", "bob");
        own["cases"]!.AsArray().ShouldNotContain(item => item!["person"]!.GetValue<string>() != "bob");
        var request = new HttpRequestMessage(HttpMethod.Get, $"/emergency-cases/{id}")
        {
            Headers = { Authorization = new("Bearer", host.TokenOf("bob", "emergency-access.invoke")) },
        };
        using HttpResponseMessage forbidden = await host.Client.SendAsync(request);
        forbidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static DateTimeOffset Instant(JsonNode? node) =>
        DateTimeOffset.Parse(node!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);
}
