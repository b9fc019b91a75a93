using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using static AccessGov.PolicyDecision.Tests.Answers;

namespace AccessGov.PolicyDecision.Tests.DutySeparations;

/// <summary>Rules of separated duties, from the command to the grant that is refused.</summary>
public sealed class DutySeparationTests(PolicyDecisionHost host) : IClassFixture<PolicyDecisionHost>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        foreach (string role in (string[])["order", "approve", "pay", "other"])
        {
            await DoneAsync(host.PutAsync($"/roles/{role}", new { description = role }));
        }

        await DoneAsync(host.PutAsync("/duty-separations/four-eyes", new { description = "Nobody approves their own order", roles = new[] { "order", "approve", "pay" }, atMost = 1 }));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_grant_that_would_be_one_role_too_many_is_refused_until_another_is_revoked()
    {
        string first = (await DoneAsync(GiveAsync("ada", "order")))["id"]!.GetValue<string>();
        await DoneAsync(GiveAsync("ada", "order"));
        await DoneAsync(GiveAsync("ada", "other"));
        JsonNode problem = await Refusal.ShouldBeAsync(await GiveAsync("ada", "approve"), 409, "separation_of_duties");
        problem["detail"]!.GetValue<string>().ShouldStartWith("The rule four-eyes allows one person 1 of its roles, and this would make it approve, order from ");
        await DoneAsync(GiveAsync("bob", "approve"));
        await DoneAsync(host.PostAsync("/grants", new { subjectId = "ada", subjectType = "Service", role = "approve", scope = new { kind = "everywhere" }, reason = "x" }));

        await DoneAsync(host.PostAsync($"/grants/{first}/revoke", new { reason = "x" }));
        await Refusal.ShouldBeAsync(await GiveAsync("ada", "approve"), 409, "separation_of_duties");
        (await host.GetAsync("/grants?subject=ada&role=approve"))["grants"]!.AsArray().ShouldHaveSingleItem()!["subjectType"]!.GetValue<string>().ShouldBe("Service");
    }

    [Fact]
    public async Task One_after_the_other_is_no_conflict()
    {
        DateTimeOffset tomorrow = DateTimeOffset.UtcNow.AddDays(1);
        await DoneAsync(GiveAsync("carla", "order", until: tomorrow));
        await DoneAsync(GiveAsync("carla", "approve", from: tomorrow));
        await Refusal.ShouldBeAsync(await GiveAsync("carla", "pay", from: tomorrow.AddHours(-1), until: tomorrow), 409, "separation_of_duties");
    }

    [Fact]
    public async Task Of_two_grants_given_at_the_same_moment_one_is_refused()
    {
        await using PolicyDecisionHost replica = await host.StartReplicaAsync();
        for (int round = 0; round < 10; round++)
        {
            string subject = $"racer-{round}";
            HttpResponseMessage[] answers = await Task.WhenAll(
                GiveAsync(subject, "order"), GiveAsync(subject, "approve", at: replica), GiveAsync(subject, "pay"), ImportAsync(replica, (subject, "approve")));
            int given = answers[..3].Count(answer => answer.StatusCode == HttpStatusCode.Created) + JsonNode.Parse(await answers[3].Content.ReadAsStringAsync())!["accepted"]!.GetValue<int>();
            HashSet<string> roles = [.. host.Facts.Current.Subjects[new("User", subject)].Grants.Select(grant => grant.Role)];
            roles.Count.ShouldBe(1, $"round {round}: {string.Join(' ', roles)} of {given} given");
            given.ShouldBeInRange(1, 2);
        }
    }

    [Fact]
    public async Task An_import_refuses_the_items_that_break_a_rule_and_takes_the_others()
    {
        using HttpResponseMessage answer = await ImportAsync(host, ("dora", "order"), ("dora", "approve"), ("dora", "other"), ("emil", "approve"));
        JsonArray results = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["results"]!.AsArray();
        results.Select(result => $"{result!["index"]} {result["status"]} {result["code"]}").ShouldBe(["0 accepted ", "1 refused separation_of_duties", "2 accepted ", "3 accepted "]);
        results[1]!["message"]!.GetValue<string>().ShouldContain("four-eyes");
    }

    [Fact]
    public async Task A_repeated_grant_is_answered_as_at_first()
    {
        (string, string) key = ("Idempotency-Key", "once");
        using HttpResponseMessage first = await host.PostAsync("/grants", Grant("frida", "order", null, null), key);
        using HttpResponseMessage again = await host.PostAsync("/grants", Grant("frida", "order", null, null), key);
        (again.StatusCode, await again.Content.ReadAsStringAsync()).ShouldBe((HttpStatusCode.Created, await first.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_rule_that_comes_later_flags_who_holds_too_much_and_what_is_over_is_no_violation()
    {
        foreach (string role in (string[])["read", "write"])
        {
            await DoneAsync(host.PutAsync($"/roles/{role}", new { description = role }));
            await DoneAsync(GiveAsync("greta", role));
            await DoneAsync(GiveAsync("hugo", role));
        }

        string gone = (await DoneAsync(GiveAsync("ida", "read")))["id"]!.GetValue<string>();
        await DoneAsync(GiveAsync("ida", "write"));
        await DoneAsync(host.PostAsync($"/grants/{gone}/revoke", new { reason = "x" }));
        await DoneAsync(host.PutAsync("/duty-separations/apart", new { description = "d", roles = new[] { "read", "write" }, atMost = 1 }));

        JsonNode page = await host.GetAsync("/duty-separations/apart/violations?limit=1");
        JsonNode violation = page["violations"]!.AsArray().ShouldHaveSingleItem()!;
        (violation["subjectId"]!.GetValue<string>(), violation["roles"]!.ToJsonString(), violation["grants"]!.AsArray().Count).ShouldBe(("greta", """["read","write"]""", 2));
        JsonNode next = await host.GetAsync($"/duty-separations/apart/violations?after={Uri.EscapeDataString(page["next"]!.GetValue<string>())}");
        next["violations"]!.AsArray().Select(found => $"{found!["subjectId"]}").ShouldBe(["hugo"]);

        await DoneAsync(host.SendAsync(HttpMethod.Delete, "/duty-separations/apart"));
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, "/duty-separations/apart/violations"), 404, "duty_separation_unknown");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Delete, "/duty-separations/apart"), 404, "duty_separation_unknown");
    }

    [Fact]
    public async Task Rules_are_read_as_they_were_defined_and_every_replica_knows_them()
    {
        JsonNode rule = (await host.GetAsync("/duty-separations"))["dutySeparations"]!.AsArray().Single(found => found!["id"]!.GetValue<string>() == "four-eyes")!;
        (rule["roles"]!.ToJsonString(), rule["atMost"]!.GetValue<int>(), rule["scope"]!["kind"]!.GetValue<string>()).ShouldBe(("""["approve","order","pay"]""", 1, "everywhere"));
        await using PolicyDecisionHost replica = await host.StartReplicaAsync();
        await Refusal.ShouldBeAsync(await SendAsync(replica, HttpMethod.Put, "/duty-separations/x", new { description = "d", roles = new[] { "order", "none" } }), 409, "role_unknown");
        await Refusal.ShouldBeAsync(await SendAsync(replica, HttpMethod.Put, "/duty-separations/x", new { description = "d", roles = new[] { "order", "pay" }, atMost = 2 }), 400, "duty_separation_malformed");
        await DoneAsync(GiveAsync("jan", "order", at: replica));
        await Refusal.ShouldBeAsync(await GiveAsync("jan", "pay", at: replica), 409, "separation_of_duties");
        (await host.SendAsync(HttpMethod.Put, "/duty-separations/x", """{"description":"d","roles":["order","pay"]}""", host.Token("grants.manage", "facts.read"))).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
    }

    private static object Grant(string subject, string role, DateTimeOffset? from, DateTimeOffset? until) =>
        new { subjectId = subject, role, scope = new { kind = "everywhere" }, reason = "x", from, until };

    private Task<HttpResponseMessage> ImportAsync(PolicyDecisionHost at, params (string Subject, string Role)[] grants) =>
        SendAsync(at, HttpMethod.Post, "/grants/import", new { grants = grants.Select(grant => Grant(grant.Subject, grant.Role, null, null)) });

    /// <summary>Replicas take the tokens of the first one.</summary>
    private Task<HttpResponseMessage> SendAsync(PolicyDecisionHost at, HttpMethod method, string path, object body) =>
        at.SendAsync(method, path, JsonSerializer.Serialize(body), host.Token("roles.manage", "grants.manage"));

    private Task<HttpResponseMessage> GiveAsync(string subject, string role, DateTimeOffset? from = null, DateTimeOffset? until = null, PolicyDecisionHost? at = null) =>
        SendAsync(at ?? host, HttpMethod.Post, "/grants", Grant(subject, role, from, until));
}
