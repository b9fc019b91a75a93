using System.Net;
using System.Text.Json.Nodes;
using AccessGov.Contracts.Recertification.V1;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.Recertification.Tests.Campaigns;

/// <summary>Campaigns over HTTP, on the real database.</summary>
public sealed class CampaignTests(RecertificationHost host) : IClassFixture<RecertificationHost>
{
    [Fact]
    public async Task A_campaign_is_set_up_launched_paused_resumed_extended_and_cancelled()
    {
        string id = await SetUpAsync(host.Clock.GetUtcNow().AddDays(1));
        await host.TakenAsync($"/campaigns/{id}/launch", "sven");
        await host.TakenAsync($"/campaigns/{id}/pause", "sven", new { reason = "A strike" });
        (await host.GetAsync("/campaigns?state=paused"))["campaigns"]!.AsArray().ShouldContain(one => one!["id"]!.GetValue<string>() == id);
        await host.TakenAsync($"/campaigns/{id}/resume", "sven", new { reason = "It is over" });
        DateTimeOffset later = host.Clock.GetUtcNow().AddDays(30);
        await host.TakenAsync($"/campaigns/{id}/extend", "sven", new { deadline = later, reason = "Holidays" });
        await host.TakenAsync($"/campaigns/{id}/cancel", "sven", new { reason = "A mistake" });

        JsonNode shown = await host.GetAsync($"/campaigns/{id}");
        shown["state"]!.GetValue<string>().ShouldBe("cancelled");
        shown["deadline"]!.GetValue<DateTimeOffset>().ShouldBe(later);
        shown["history"]!.AsArray().Select(step => step!["name"]!.GetValue<string>()).ShouldBe(
            ["campaign_set_up", "campaign_launched", "campaign_paused", "campaign_resumed", "campaign_extended", "campaign_cancelled"]);
        shown["history"]!.AsArray().ShouldAllBe(step => step!["by"]!.GetValue<string>() == "sven");
    }

    [Theory]
    [InlineData("/campaigns")]
    [InlineData("/campaigns/x/launch")]
    [InlineData("/campaigns/x/pause")]
    [InlineData("/campaigns/x/resume")]
    [InlineData("/campaigns/x/extend")]
    [InlineData("/campaigns/x/cancel")]
    public async Task Commands_are_for_people_who_signed_in_with_two_factors(string path)
    {
        object body = path switch
        {
            "/campaigns" => Campaign(),
            "/campaigns/x/extend" => new { deadline = host.Clock.GetUtcNow(), reason = "x" },
            _ => new { reason = "x" },
        };
        using HttpResponseMessage weak =
            await host.SendWithAsync(host.TokenOf("sven", strong: false, RecertificationHost.Manage), HttpMethod.Post, path, body);
        await Refusal.ShouldBeAsync(weak, 401, "step_up_required");
        weak.Headers.WwwAuthenticate.ToString().ShouldContain("insufficient_user_authentication");
        using HttpResponseMessage program =
            await host.SendWithAsync(host.TokenOf("tests", strong: true, RecertificationHost.Manage), HttpMethod.Post, path, body);
        await Refusal.ShouldBeAsync(program, 403, "person_required");
        using HttpResponseMessage without =
            await host.SendWithAsync(host.TokenOf("sven", strong: true, "reviews.decide"), HttpMethod.Post, path, body);
        without.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Refusals_have_their_status()
    {
        using HttpResponseMessage unknown = await host.SendAsync(HttpMethod.Get, "/campaigns/none", "sven");
        await Refusal.ShouldBeAsync(unknown, 404, "campaign_unknown");
        using HttpResponseMessage malformed = await host.PostAsync("/campaigns", "sven", Campaign(zone: "Mars/Olympus"));
        await Refusal.ShouldBeAsync(malformed, 400, "campaign_malformed");
        using HttpResponseMessage state = await host.SendAsync(HttpMethod.Get, "/campaigns?state=odd", "sven");
        await Refusal.ShouldBeAsync(state, 400, "state_unknown");
        using HttpResponseMessage page = await host.SendAsync(HttpMethod.Get, "/campaigns?limit=0", "sven");
        await Refusal.ShouldBeAsync(page, 400, "paging_malformed");
        string id = await SetUpAsync();
        using HttpResponseMessage early = await host.PostAsync($"/campaigns/{id}/pause", "sven", new { reason = "x" });
        await Refusal.ShouldBeAsync(early, 409, "campaign_not_launched");
        using HttpResponseMessage stale = await host.PostAsync($"/campaigns/{id}/launch", "sven", null, ("If-Match", "\"7\""));
        await Refusal.ShouldBeAsync(stale, 412, "stale");
    }

    [Fact]
    public async Task A_command_that_is_sent_twice_is_carried_out_once()
    {
        object body = Campaign();
        string[] ids = [await IdAsync(), await IdAsync()];
        ids[0].ShouldBe(ids[1]);

        async Task<string> IdAsync()
        {
            using HttpResponseMessage answer = await host.PostAsync("/campaigns", "sven", body, ("Idempotency-Key", "the-same"));
            answer.StatusCode.ShouldBe(HttpStatusCode.Created);
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
        }
    }

    [Fact]
    public async Task Others_are_told_once_that_a_campaign_is_launched()
    {
        await using (var connection = new NpgsqlConnection(host.Superuser))
        {
            await connection.OpenAsync();
            await using var subscribe = new NpgsqlCommand(
                "insert into bus.queue (name, role) values ('listener', current_user) on conflict do nothing; "
                + $"insert into bus.subscription (queue, message) values ('listener', '{CampaignLaunched.MessageName}')",
                connection);
            await subscribe.ExecuteNonQueryAsync();
        }

        string id = await SetUpAsync();
        await host.TakenAsync($"/campaigns/{id}/launch", "sven");
        await Eventually.HoldsAsync(async () => await HeardAsync(id) > 0, "it is told");
        (await HeardAsync(id)).ShouldBe(1);
    }

    [Fact]
    public async Task The_calendar_brings_the_next_one_and_launches_it_also_after_a_stop()
    {
        await using RecertificationHost own = await RecertificationHost.StartAsync();
        string id = (await own.TakenAsync("/campaigns", "sven", Campaign(own, recurring: true)))!["id"]!.GetValue<string>();
        await own.TakenAsync($"/campaigns/{id}/launch", "sven");
        await Eventually.HoldsAsync(
            async () => (await own.GetAsync("/campaigns?state=set_up"))["campaigns"]!.AsArray().Count == 1, "the next one is set up");
        string next = (await own.GetAsync("/campaigns?state=set_up"))["campaigns"]![0]!["id"]!.GetValue<string>();

        await own.RestartAsync(TimeSpan.FromDays(93));

        await Eventually.HoldsAsync(
            async () => (await own.GetAsync($"/campaigns/{next}"))["state"]!.GetValue<string>() is "launched" or "closed", "it is launched");
        await Eventually.HoldsAsync(
            async () => (await own.GetAsync("/campaigns?state=set_up"))["campaigns"]!.AsArray().Count == 1, "and followed");
        JsonNode first = (await own.GetAsync($"/campaigns/{next}"))["history"]![0]!;
        first["by"]!.GetValue<string>().ShouldBe("recertification");
    }

    [Fact]
    public async Task A_campaign_with_nothing_to_ask_is_closed()
    {
        string id = await SetUpAsync();
        await host.TakenAsync($"/campaigns/{id}/launch", "sven");
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync($"/campaigns/{id}"))["state"]!.GetValue<string>() == "closed", "it is closed");
        (await host.GetAsync($"/campaigns/{id}"))["history"]!.AsArray().Select(step => step!["name"]!.GetValue<string>()).ShouldBe(
            ["campaign_set_up", "campaign_launched", "campaign_items_opened", "campaign_closed"]);
    }

    private static object Campaign(RecertificationHost on, bool recurring = false, string zone = "Europe/Vienna", DateTimeOffset? starts = null) => new
    {
        name = "The quarter", kind = "quarterly", starts = starts ?? on.Clock.GetUtcNow(), deadline = on.Clock.GetUtcNow().AddDays(14), zone, recurring,
    };

    private object Campaign(string zone = "Europe/Vienna") => Campaign(host, zone: zone);

    private async Task<string> SetUpAsync(DateTimeOffset? starts = null) =>
        (await host.TakenAsync("/campaigns", "sven", Campaign(host, starts: starts)))!["id"]!.GetValue<string>();

    private async Task<long> HeardAsync(string id)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var heard = new NpgsqlCommand(
            "select count(*) from bus.message where queue = 'listener' and data ->> 'campaignId' = $1", connection)
        {
            Parameters = { new() { Value = id } },
        };
        return (long)(await heard.ExecuteScalarAsync())!;
    }
}
