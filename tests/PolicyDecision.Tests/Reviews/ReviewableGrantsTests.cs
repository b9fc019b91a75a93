using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.Testing;
using static AccessGov.PolicyDecision.Tests.Answers;

namespace AccessGov.PolicyDecision.Tests.Reviews;

/// <summary>What Recertification is told of the grants that are to be judged.</summary>
public sealed class ReviewableGrantsTests : IAsyncLifetime
{
    private const string Cedar = """
        @id("read") permit (principal in Reader::"radiologist", action == Action::"study.view", resource);
        @id("write") permit (principal in Role::"radiologist", action == Action::"study.annotate", resource);
        @id("approve") permit (principal is User, action == Action::"access.approve", resource);
        @id("own") permit (principal, action == Action::"study.view", resource) when { principal has self && resource == principal.self };
        @id("look") permit (principal in Reader::"observer", action == Action::"study.view", resource);
        """;

    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync();
        foreach (string role in (string[])["radiologist", "observer"])
        {
            await DoneAsync(host.PutAsync($"/roles/{role}", new { description = $"the {role}" }));
        }

        await DoneAsync(host.PostAsync(
            "/policy-sets/hospital/versions", new { files = new[] { new { name = "p.cedar", text = Cedar } }, comment = "c" }));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Each_active_grant_of_a_person_has_what_a_reviewer_needs()
    {
        string radiologist = await GiveAsync("ada", "radiologist"), observer = await GiveAsync("ada", "observer");
        await GiveAsync("bob", "radiologist", readOnly: true);
        await GiveAsync("robot", "observer", type: "Service");
        string over = await GiveAsync("ada", "observer");
        await DoneAsync(host.PostAsync($"/grants/{over}/revoke", new { reason = "r" }));
        await DoneAsync(host.PutAsync(
            "/duty-separations/apart", new { description = "d", roles = new[] { "observer", "radiologist" }, atMost = 1 }));
        await ViewAsync("ada");
        await ViewAsync("ada");
        await host.Store.AppendAsync(new StreamAppend("grant-emergency", ExpectedVersion.NoStream, [new GrantGiven(
            "User", "ada", "observer", GrantScopeKind.Patient, "P1", DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(4), true, "e",
            ByEmergency: true)]));

        await Eventually.HoldsAsync(
            async () => Of(await AskAsync(), radiologist) is { } found && found["use"]!.AsArray() is [{ } viewed] && viewed["times"]!.GetValue<int>() == 2
                && found["emergencies"]!.GetValue<int>() == 1 && Of(await AskAsync(), over) is null,
            "what was used is indexed");
        JsonNode all = await AskAsync(), mine = Of(all, radiologist)!;
        (await AskAsync("?subject=bob"))["grants"]!.AsArray().ShouldHaveSingleItem()!["subjectId"]!.GetValue<string>().ShouldBe("bob");
        string.Join(' ', all["grants"]!.AsArray().Select(grant => grant!["subjectId"]!.GetValue<string>()).Order())
            .ShouldBe("ada ada bob", "emergency access is judged where it was taken");
        mine["roleDescription"]!.GetValue<string>().ShouldBe("the radiologist");
        mine["source"]!.GetValue<string>().ShouldBe("direct");
        mine["reason"]!.GetValue<string>().ShouldBe("because");
        mine["givenBy"]!.GetValue<string>().ShouldBe("grace");
        Texts(mine["actions"]).ShouldBe(["study.annotate", "study.view"]);
        Texts(mine["lost"]).ShouldBe(["study.annotate"], "an observer may look, too");
        mine["use"]![0]!["action"]!.GetValue<string>().ShouldBe("study.view");
        mine["use"]![0]!["times"]!.GetValue<int>().ShouldBe(2);
        mine["holders"]!.GetValue<int>().ShouldBe(2);
        Texts(mine["conflicts"]).ShouldBe(["apart"]);
        Texts(Of(all, observer)!["lost"]).ShouldBeEmpty();
        JsonNode bobs = all["grants"]!.AsArray().Single(grant => grant!["subjectId"]!.GetValue<string>() == "bob")!;
        Texts(bobs["actions"]).ShouldBe(["study.view"], "a read-only grant reads");
        Texts(bobs["conflicts"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task They_come_in_pages()
    {
        var given = new List<string>();
        for (int i = 0; i < 5; i++)
        {
            given.Add(await GiveAsync($"p{i}", "observer"));
        }

        var found = new List<string>();
        string? after = null;
        await Eventually.HoldsAsync(async () => (await AskAsync())["grants"]!.AsArray().Count == 5, "all are listed");
        do
        {
            JsonNode page = await AskAsync($"?limit=2{(after is null ? "" : $"&after={after}")}");
            found.AddRange(page["grants"]!.AsArray().Select(grant => grant!["id"]!.GetValue<string>()));
            after = page["next"]?.GetValue<string>();
        }
        while (after is not null);

        found.ShouldBe(given.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_reviewers_decided_is_carried_out_once_under_the_rules_of_grants()
    {
        string id = await GiveAsync("rita", "radiologist");
        object reason = new { reason = "Review c.g, decided by boss" };
        using HttpResponseMessage forbidden = await host.SendAsync(
            HttpMethod.Post, $"/reviewed-grants/{id}/revoke", JsonSerializer.Serialize(reason), host.Token("reviews.gather"));
        ((int)forbidden.StatusCode).ShouldBe(403);
        using HttpResponseMessage revoked = await ApplyAsync($"/reviewed-grants/{id}/revoke", reason, "k1");
        revoked.Headers.Contains("AccessGov-Position").ShouldBeTrue();
        (await ViewAsync("rita"))["decision"]!.GetValue<bool>().ShouldBeFalse();

        string[] ids = [await IdAsync(), await IdAsync()];
        ids[0].ShouldBe(ids[1]);
        (await ViewAsync("rita"))["decision"]!.GetValue<bool>().ShouldBeTrue();
        await Refusal.ShouldBeAsync(
            await ApplyAsync($"/reviewed-grants/{id}/restore", new { reason = "Back", revokedFor = "Somebody else's" }, "k3"), 409, "grant_ended_by_others");

        async Task<string> IdAsync()
        {
            using HttpResponseMessage given = await ApplyAsync(
                $"/reviewed-grants/{id}/restore", new { reason = "Back", revokedFor = "Review c.g, decided by boss" }, "k2");
            return JsonNode.Parse(await given.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
        }
    }

    [Fact]
    public async Task A_replacement_gives_no_more_and_no_longer_and_what_it_replaces_is_over()
    {
        string id = await GiveAsync("rita", "observer"), full = await GiveAsync("tom", "radiologist");
        await Refusal.ShouldBeAsync(await ReplaceAsync(id, new { reason = "x", role = "radiologist" }), 409, "replacement_wider");
        await Refusal.ShouldBeAsync(await ReplaceAsync("none", new { reason = "x" }), 404, "grant_unknown");
        (await ViewAsync("rita"))["decision"]!.GetValue<bool>().ShouldBeTrue("what is refused takes nothing away");
        string shorter = await IdAsync(full, new { reason = "Reduced", role = "observer", until = DateTimeOffset.UtcNow.AddDays(30) });
        await Refusal.ShouldBeAsync(await ReplaceAsync(full, new { reason = "x", role = "observer" }), 409, "grant_not_active");
        await Refusal.ShouldBeAsync(
            await ReplaceAsync(shorter, new { reason = "x", until = DateTimeOffset.UtcNow.AddDays(60) }), 409, "replacement_longer");
        (await ViewAsync("tom"))["decision"]!.GetValue<bool>().ShouldBeTrue();
        await DoneAsync(host.PostAsync($"/grants/{shorter}/revoke", new { reason = "Others" }));
        await Refusal.ShouldBeAsync(
            await ApplyAsync($"/reviewed-grants/{full}/restore", new { reason = "Back", revokedFor = "Reduced", replacement = shorter }, "k4"), 409,
            "grant_ended_by_others");
        (await ViewAsync("tom"))["decision"]!.GetValue<bool>().ShouldBeFalse("others took it away");

        Task<HttpResponseMessage> ReplaceAsync(string grant, object body) => ApplyAsync($"/reviewed-grants/{grant}/replace", body, Guid.NewGuid().ToString());

        async Task<string> IdAsync(string grant, object body)
        {
            using HttpResponseMessage given = await ReplaceAsync(grant, body);
            return JsonNode.Parse(await given.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
        }
    }

    [Fact]
    public async Task Only_who_gathers_for_reviews_is_told()
    {
        await Refusal.ShouldBeAsync(
            await host.SendAsync(HttpMethod.Get, "/reviewable-grants?limit=0", token: host.Token("reviews.gather")), 400, "paging_malformed");
        using HttpResponseMessage forbidden = await host.SendAsync(HttpMethod.Get, "/reviewable-grants", token: host.Token("facts.read"));
        ((int)forbidden.StatusCode).ShouldBe(403);
    }

    private async Task<JsonNode> AskAsync(string query = "") =>
        (await DoneAsync(host.SendAsync(HttpMethod.Get, $"/reviewable-grants{query}", token: host.Token("reviews.gather"))))!;

    private static JsonNode? Of(JsonNode all, string id) =>
        all["grants"]!.AsArray().SingleOrDefault(grant => grant!["id"]!.GetValue<string>() == id);

    private static string[] Texts(JsonNode? texts) => [.. texts!.AsArray().Select(text => text!.GetValue<string>())];

    private Task<HttpResponseMessage> ApplyAsync(string path, object body, string key) => host.SendAsync(
        HttpMethod.Post, path, JsonSerializer.Serialize(body), host.Token("reviews.apply"), ("Idempotency-Key", key));

    private async Task<JsonNode> ViewAsync(string subject) => (await DoneAsync(host.SendAsync(
        HttpMethod.Post, "/access/v1/evaluation",
        $$"""{"subject":{"id":"{{subject}}","type":"User"},"action":{"name":"study.view"},"resource":{"type":"Patient","id":"P1"} }""",
        host.Token("decisions.evaluate"))))!;

    private async Task<string> GiveAsync(string subject, string role, bool readOnly = false, string type = "User") =>
        (await DoneAsync(host.PostAsync("/grants", new
        {
            subjectId = subject, subjectType = type, role, scope = new { kind = "everywhere" }, reason = "because", readOnly,
        })))["id"]!.GetValue<string>();
}
