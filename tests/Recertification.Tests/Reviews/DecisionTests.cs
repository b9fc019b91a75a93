using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Recertification.Tests.Reviews;

/// <summary>Decisions over HTTP, and what PolicyDecision is told then.</summary>
public sealed class DecisionTests : RunningCampaign
{
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
    public async Task What_is_decided_anew_while_it_is_carried_out_finds_it_carried_out()
    {
        host.House.Refuses = "replacement_wider";
        await host.TakenAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "reduce", role = "observer" });
        await StateAsync("g1", "not_applied");
        (host.House.Refuses, host.House.Holds) = (null, new TaskCompletionSource());
        host.Clock.Advance(TimeSpan.FromMinutes(20));
        await Eventually.HoldsAsync(() => host.House.Held > 0, "it is being carried out");
        await using NpgsqlCommand waiting = host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            """
            select count(*) from pg_locks
            where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())
            """);
        Task<HttpResponseMessage> anew = host.PostAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "revoke" });
        await Eventually.HoldsAsync(async () => (long)(await waiting.ExecuteScalarAsync())! > 0, "what is decided anew waits");
        host.House.Holds.SetResult();
        await Refusal.ShouldBeAsync(await anew, 409, "already_decided");
        await StateAsync("g1", "applied");
        host.House.Changes.ShouldHaveSingleItem().Value.Path.ShouldBe("/reviewed-grants/g1/replace");
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
    public async Task A_stop_between_decision_and_application_loses_nothing()
    {
        host.House.Away = true;
        await host.TakenAsync($"/reviews/{campaign}.g1/decide", "boss", new { verdict = "revoke" });
        host.House.Away = false;
        await host.RestartAsync(TimeSpan.FromMinutes(1));
        await StateAsync("g1", "applied");
        host.House.Changes.Count.ShouldBe(1);
    }
}
