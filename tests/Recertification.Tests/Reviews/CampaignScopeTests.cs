using System.Text.Json.Nodes;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Messaging;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Recertification.Tests.Reviews;

/// <summary>About whom and what a campaign asks, and whom.</summary>
public sealed class CampaignScopeTests : RunningCampaign
{
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
}
