using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Messaging;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Recertification.Tests.Reviews;

/// <summary>Decisions over HTTP, and what PolicyDecision is told then.</summary>
public sealed class DecisionTests : IAsyncLifetime
{
    private RecertificationHost host = null!;
    private string campaign = "";

    public async Task InitializeAsync()
    {
        host = await RecertificationHost.StartAsync();
        foreach (string person in (string[])["boss", "sven"])
        {
            host.House.Add(person);
        }

        foreach (string person in (string[])["ada", "bob", "eva"])
        {
            host.House.Add(person, "radiology", "boss");
        }

        host.House.Give("g1", "ada", "radiologist", "study.view");
        host.House.Give("g2", "bob", "radiologist", "study.view");
        host.House.Give("g3", "eva", "administrator", "user.manage");
        campaign = (await host.TakenAsync("/campaigns", "sven", new
        {
            name = "Now", kind = "ad_hoc", zone = "UTC", starts = host.Clock.GetUtcNow(), deadline = host.Clock.GetUtcNow().AddDays(7),
        }))!["id"]!.GetValue<string>();
        await host.TakenAsync($"/campaigns/{campaign}/launch", "sven");
        await Eventually.HoldsAsync(async () => (await MineAsync("boss")).Length == 3, "the items are there");
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_revoke_holds_at_once_is_probed_and_can_be_given_back()
    {
        (await MineAsync("boss")).ShouldBe(["g3", "g1", "g2"], "the riskiest first");
        await host.TakenAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "revoke" });
        await StateAsync("g1", "applied");

        host.House.Changes[$"{campaign}.g1:revoke"].Path.ShouldBe("/reviewed-grants/g1/revoke");
        JsonNode applied = (await ShownAsync("g1"))["history"]!.AsArray().Last()!["data"]!;
        applied["probe"]!["permitted"]!.GetValue<bool>().ShouldBeFalse();
        applied["probe"]!["evaluation"]!.GetValue<string>().ShouldBe("e-1");
        applied["probe"]!["atPosition"]!.GetValue<long>().ShouldBe(77);
        JsonElement context = host.House.Questions.ShouldHaveSingleItem().GetProperty("context");
        (context.GetProperty("atPosition").GetInt64(), context.GetProperty("sourceIp").GetString()).ShouldBe((77, "10.1.0.1"));
        await Eventually.HoldsAsync(async () => (await MineAsync("boss")).Length == 2, "it is not asked any more");

        await host.TakenAsync($"/reviews/{campaign}.g1/restore", "boss", new { reason = "A mistake" });
        await StateAsync("g1", "restored");
        host.House.Changes[$"{campaign}.g1:restore"].Path.ShouldBe("/reviewed-grants/g1/restore");
        host.House.Changes[$"{campaign}.g1:restore"].Body.GetProperty("revokedFor").GetString()
            .ShouldBe(host.House.Changes[$"{campaign}.g1:revoke"].Body.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task What_is_reduced_is_replaced_and_given_back_as_it_was()
    {
        await host.TakenAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "reduce" });
        await StateAsync("g1", "applied");
        (string key, (string path, JsonElement body)) = host.House.Changes.ShouldHaveSingleItem();
        (path, body.GetProperty("readOnly").GetBoolean()).ShouldBe(("/reviewed-grants/g1/replace", true));
        await host.TakenAsync($"/reviews/{campaign}.g1/restore", "boss", new { reason = "A mistake" });
        await StateAsync("g1", "restored");
        host.House.Changes[$"{campaign}.g1:restore"].Body.GetProperty("replacement").GetString().ShouldBe($"new-{key.Replace(':', '-')}");
    }

    [Fact]
    public async Task What_was_refused_is_decided_anew()
    {
        host.House.Refuses = "replacement_wider";
        await host.TakenAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "reduce", role = "observer" });
        await StateAsync("g1", "not_applied");
        host.House.Refuses = null;
        await host.TakenAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "revoke" });
        await StateAsync("g1", "applied");
        host.House.Changes.Keys.ShouldBe([$"{campaign}.g1:revoke"]);
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync($"/campaigns/{campaign}/items?state=applied"))["items"]!.AsArray() is [{ } item] && item["fault"] is null,
            "its fault is gone");
    }

    [Fact]
    public async Task Where_nothing_shows_it_no_probe_is_made_and_a_denial_for_another_cause_is_none()
    {
        host.House.HasProbe = false;
        await host.TakenAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "revoke" });
        await StateAsync("g1", "applied");
        (await ShownAsync("g1"))["history"]!.AsArray().Last()!["data"]!["probe"].ShouldBeNull();
        host.House.Questions.ShouldBeEmpty();
        (host.House.HasProbe, host.House.Reason) = (true, "facts_stale");
        await host.TakenAsync($"/reviews/{campaign}.g2/decide", "boss", new { verdict = "revoke" });
        await StateAsync("g2", "not_applied");
        host.House.Reason = "forbidden";
        host.Clock.Advance(TimeSpan.FromMinutes(20));
        await StateAsync("g2", "applied");
    }

    [Fact]
    public async Task A_campaign_about_changes_asks_for_what_is_different_since_it_was_certified()
    {
        await host.TakenAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "keep" });
        await host.TakenAsync($"/reviews/{campaign}.g2/decide", "boss", new { verdict = "keep_until", until = host.Clock.GetUtcNow().AddDays(30) });
        await StateAsync("g1", "applied");
        await StateAsync("g2", "applied");
        string replacement = (await ShownAsync("g2"))["history"]!.AsArray().Last()!["data"]!["newGrant"]!.GetValue<string>();
        host.House.Grants.RemoveAll(grant => grant.Id == "g2");
        host.House.Give(replacement, "bob", "radiologist", "study.view");
        (await ChangesAsync(changedOnly: true)).ShouldBe(["g3 never_certified"]);
        (await ChangesAsync(changedOnly: false)).ShouldBe(["g1 ", "g3 never_certified", $"{replacement} "], ignoreOrder: true);
        host.House.Grants.RemoveAll(grant => grant.Id == "g1");
        host.House.Give("g1", "ada", "radiologist", "study.view", "study.export");
        (await ChangesAsync(changedOnly: true)).ShouldBe(["g3 never_certified", "g1 gives_more riskier advised_otherwise"], "only looking was used");

        async Task<string[]> ChangesAsync(bool changedOnly)
        {
            string id = (await host.TakenAsync("/campaigns", "sven", new
            {
                name = "Next", kind = "ad_hoc", zone = "UTC", starts = host.Clock.GetUtcNow(), deadline = host.Clock.GetUtcNow().AddDays(7), changedOnly,
            }))!["id"]!.GetValue<string>();
            await host.TakenAsync($"/campaigns/{id}/launch", "sven");
            JsonArray items = [];
            await Eventually.HoldsAsync(
                async () => (items = (await host.GetAsync($"/campaigns/{id}/items"))["items"]!.AsArray()).Count > 0
                    && (await host.GetAsync($"/campaigns/{id}"))["history"]!.AsArray().Last()!["data"]!["items"]?.GetValue<int>() == items.Count,
                "its items are there");
            return [.. items.Select(item => item!["about"]!).Select(about =>
                $"{about["grant"]} {string.Join(' ', about["facts"]!["changes"]!.AsArray().Select(change => change!.GetValue<string>()))}")];
        }
    }

    [Fact]
    public async Task Whoever_moves_or_is_back_after_a_long_time_is_asked_about_once()
    {
        DateTimeOffset now = host.Clock.GetUtcNow();
        await TellAsync("eva", new UserDeprovisioned("eva", "left", null, now.AddDays(-5)), Guid.NewGuid());
        await TellAsync("eva", new UserReactivated("eva", null, now), Guid.NewGuid());
        await TellAsync("bob", new UserDeprovisioned("bob", "left", null, now.AddDays(-30)), Guid.NewGuid());
        await TellAsync("bob", new UserReactivated("bob", null, now), Guid.NewGuid());
        var moved = Guid.NewGuid();
        for (int times = 0; times < 2; times++)
        {
            await TellAsync("ada", new UserMoved("ada", "radiology", "surgery", "boss", "head", false, null, now), moved);
        }

        JsonNode[] begun = [];
        await Eventually.HoldsAsync(async () => (begun = await BegunAsync()).Length == 2, "both are launched");
        begun.Select(one => $"{one["kind"]} {one["name"]}").ShouldBe(["mover Moved to surgery", "returner Back after a long time"], ignoreOrder: true);
        host.Clock.Advance(TimeSpan.FromMinutes(6));
        string mover = begun.Single(one => one["kind"]!.GetValue<string>() == "mover")["id"]!.GetValue<string>();
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync($"/campaigns/{mover}/items"))["items"]!.AsArray() is [{ } item] && item["about"]!["grant"]!.GetValue<string>() == "g1",
            "what ada has is asked, and nothing else");
        (await BegunAsync()).Length.ShouldBe(2);

        Task TellAsync(string person, object message, Guid id) =>
            host.Services.GetRequiredService<IMessageBus>().PublishAsync(message, new PublishOptions($"person-{person}", id));

        async Task<JsonNode[]> BegunAsync() => [.. (await host.GetAsync("/campaigns"))["campaigns"]!.AsArray().OfType<JsonNode>()
            .Where(one => one["kind"]!.GetValue<string>() is "mover" or "returner" && one["state"]!.GetValue<string>() != "set_up")];
    }

    [Fact]
    public async Task Whoever_runs_the_campaign_asks_somebody_else()
    {
        string path = $"/campaigns/{campaign}/items/g1/reassign";
        await Refusal.ShouldBeAsync(await host.PostAsync(path, "sven", new { to = "nobody", note = "On leave" }), 400, "reviewer_malformed");
        await host.TakenAsync(path, "sven", new { to = "eva", note = "On leave" });
        await Eventually.HoldsAsync(async () => (await MineAsync("eva")).Contains("g1") && !(await MineAsync("boss")).Contains("g1"), "eva is asked");
        await Refusal.ShouldBeAsync(await host.PostAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "keep" }), 404, "item_unknown");
        await host.TakenAsync($"/reviews/{campaign}.g1/decide", "eva", new { verdict = "keep" });
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync($"/reviews/{campaign}.g1", "eva"))["state"]!.GetValue<string>() == "applied", "what eva decides holds");
    }

    [Theory]
    [InlineData("grant_by_groups", false, false)]
    [InlineData("policy_decision_unavailable", true, false)]
    [InlineData("still_permitted", false, true)]
    public async Task What_cannot_be_carried_out_is_never_done_has_an_owner_and_is_tried_again(string fault, bool away, bool permits)
    {
        (host.House.Refuses, host.House.Away, host.House.Permits) = (fault == "grant_by_groups" ? fault : null, away, permits);
        await host.TakenAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "revoke" });
        await StateAsync("g1", "not_applied");
        JsonNode said = (await ShownAsync("g1"))["history"]!.AsArray().Last()!["data"]!;
        (said["fault"]!.GetValue<string>(), said["owner"]!.GetValue<string>()).ShouldBe((fault, "sven"));
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync($"/campaigns/{campaign}/items?state=not_applied"))["items"]!.AsArray().Count == 1, "it is listed");

        (host.House.Refuses, host.House.Away, host.House.Permits) = (null, false, false);
        host.Clock.Advance(TimeSpan.FromMinutes(20));
        await StateAsync("g1", "applied");
        (await ShownAsync("g1"))["history"]!.AsArray().Count(step => step!["step"]!.GetValue<string>() == "review_item_not_applied").ShouldBe(1);
    }

    [Fact]
    public async Task A_high_risk_needs_a_strong_sign_in_and_two_reviewers_to_stay()
    {
        object keep = new { verdict = "keep", justification = "On call" };
        using HttpResponseMessage weak = await host.SendWithAsync(
            host.TokenOf("boss", strong: false, RecertificationHost.Decide), HttpMethod.Post, $"/reviews/{campaign}.g3/decide", keep);
        await Refusal.ShouldBeAsync(weak, 401, "step_up_required");
        weak.Headers.WwwAuthenticate.ToString().ShouldContain("insufficient_user_authentication");
        await host.TakenAsync($"/reviews/{campaign}.g3/decide", "boss", keep);
        await Eventually.HoldsAsync(async () => (await MineAsync("sven")).Contains("g3"), "the second is asked");
        (await host.GetAsync($"/reviews/{campaign}.g3", "boss"))["state"]!.GetValue<string>().ShouldBe("open");
        await host.TakenAsync($"/reviews/{campaign}.g3/decide", "sven", keep);
        await StateAsync("g3", "applied");
        host.House.Changes.ShouldBeEmpty("what is kept changes nothing");
    }

    [Fact]
    public async Task Low_risks_are_kept_together_each_by_itself_and_the_campaign_is_closed()
    {
        JsonNode answer = (await host.TakenAsync(
            "/reviews/keep", "boss", new { items = new[] { $"{campaign}.g1", $"{campaign}.g2", $"{campaign}.g3" } }))!;
        answer["results"]!.AsArray().Select(result => result!["refusal"]?.GetValue<string>()).ShouldBe([null, null, "not_a_low_risk"]);
        await host.TakenAsync($"/reviews/{campaign}.g3/decide", "boss", new { verdict = "revoke" });
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync($"/campaigns/{campaign}"))["state"]!.GetValue<string>() == "closed", "it is closed");
    }

    [Fact]
    public async Task Whoever_is_not_asked_sees_and_decides_nothing()
    {
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, $"/reviews/{campaign}.g1", "eva"), 404, "item_unknown");
        await Refusal.ShouldBeAsync(await host.PostAsync($"/reviews/{campaign}.g1/decide", "eva", new { verdict = "keep" }), 404, "item_unknown");
        (await MineAsync("eva")).ShouldBeEmpty();
        await host.TakenAsync($"/campaigns/{campaign}/pause", "sven", new { reason = "A strike" });
        await Refusal.ShouldBeAsync(
            await host.PostAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "keep" }), 409, "campaign_not_running");
        (await MineAsync("boss")).ShouldBeEmpty();
        await Refusal.ShouldBeAsync(await host.PostAsync("/reviews/keep", "boss", new { items = Array.Empty<string>() }), 400, "items_malformed");
        await Refusal.ShouldBeAsync(
            await host.SendWithAsync(host.TokenOf("tests", true, RecertificationHost.Decide), HttpMethod.Get, "/reviews"), 403, "person_required");
    }

    [Fact]
    public async Task A_decision_for_an_older_version_is_stale()
    {
        await host.TakenAsync($"/reviews/{campaign}.g1/ask", "boss", new { question = "What for?" });
        using HttpResponseMessage stale =
            await host.PostAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "keep" }, ("If-Match", "\"1\""));
        await Refusal.ShouldBeAsync(stale, 412, "stale");
        await host.TakenAsync($"/reviews/{campaign}.g1/answer", "ada", new { answer = "On call" });
        await host.TakenAsync($"/reviews/{campaign}.g1/pass-on", "boss", new { note = "Not my team" });
        await Eventually.HoldsAsync(async () => (await MineAsync("sven")).Contains("g1"), "the next one is asked");
    }

    [Fact]
    public async Task Nobody_is_asked_about_whoever_left_nor_in_a_campaign_that_is_given_up()
    {
        for (int times = 0; times < 2; times++)
        {
            await host.Services.GetRequiredService<IMessageBus>().PublishAsync(
                new UserDeprovisioned("ada", "left", null, DateTimeOffset.UtcNow), new PublishOptions("person-ada", Guid.NewGuid()));
        }

        await StateAsync("g1", "closed");
        await host.Services.GetRequiredService<IMessageBus>().PublishAsync(
            new UserReactivated("ada", null, DateTimeOffset.UtcNow), new PublishOptions("person-ada", Guid.NewGuid()));
        await using NpgsqlCommand left = host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select count(*) from review_left");
        await Eventually.HoldsAsync(async () => (long)(await left.ExecuteScalarAsync())! == 0, "whoever is back is asked about again");
        await host.TakenAsync($"/campaigns/{campaign}/cancel", "sven", new { reason = "A mistake" });
        await StateAsync("g2", "closed");
        await StateAsync("g3", "closed");
    }

    [Fact]
    public async Task A_stop_between_decision_and_application_loses_nothing()
    {
        host.House.Away = true;
        await host.TakenAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "revoke" });
        host.House.Away = false;
        await host.RestartAsync(TimeSpan.FromMinutes(1));
        await StateAsync("g1", "applied");
        host.House.Changes.Count.ShouldBe(1);
    }

    private async Task<string[]> MineAsync(string person) =>
        [.. (await host.GetAsync("/reviews", person))["items"]!.AsArray().Select(item => item!["about"]!["grant"]!.GetValue<string>())];

    private Task<JsonNode> ShownAsync(string grant) => host.GetAsync($"/reviews/{campaign}.{grant}", "boss");

    private Task StateAsync(string grant, string state) => Eventually.HoldsAsync(
        async () => (await ShownAsync(grant))["state"]!.GetValue<string>() == state, $"{grant} is {state}");
}
