using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;
using AccessGov.Recertification.Reviews;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.Recertification.Tests.Reviews;

/// <summary>Who would get what, and who does: on the real database, with what the others say in pages.</summary>
public sealed class OpenItemsTests : IAsyncLifetime
{
    private RecertificationHost host = null!;

    public async Task InitializeAsync()
    {
        host = await RecertificationHost.StartAsync(("Recertification:DepartmentHeads:radiology", "head"));
        host.House.PageMax = 2;
        host.House.Add("ada", "radiology", "ext-boss");
        host.House.Add("bob", "radiology", "nobody-knows");
        host.House.Add("eva", null, "boss", active: false);
        foreach (string other in (string[])["boss", "head", "sven"])
        {
            host.House.Add(other);
        }

        host.House.Give("g1", "ada", "radiologist", "study.view");
        host.House.Give("g2", "bob", "radiologist", "study.view", "study.delete");
        host.House.Give("g3", "eva", "clerk", "worklist.read");
        host.House.Give("g4", "stranger", "clerk", "worklist.read");
        host.House.Give("g5", "ada", "exporter", "study.export");
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_preview_says_who_would_get_what_and_asks_nobody()
    {
        string id = await SetUpAsync(new { });
        JsonNode preview = await host.GetAsync($"/campaigns/{id}/preview");
        preview["items"]!.GetValue<int>().ShouldBe(5);
        preview["secondReviews"]!.GetValue<int>().ShouldBe(1);
        preview["reviewers"]!.AsArray().Select(share => $"{share!["reviewer"]} {share["items"]} {share["low"]} {share["medium"]} {share["high"]} {share["people"]}")
            .ShouldBe(["boss 3 2 1 0 2", "head 1 0 0 1 1", "sven 1 1 0 0 1"]);
        (await ItemsAsync(id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_grant_is_an_item_of_its_own_with_its_reviewer_the_riskiest_first()
    {
        string id = await LaunchedAsync(new { });
        JsonNode[] items = await ItemsAsync(id);
        items.Select(item => $"{item["about"]!["grant"]} {item["about"]!["risk"]} {item["about"]!["assignment"]!["reviewer"]} {item["about"]!["assignment"]!["second"]}")
            .ShouldBe(["g2 high head sven", "g5 medium boss ", "g1 low boss ", "g3 low boss ", "g4 low sven "]);
        items[0]["name"]!.GetValue<string>().ShouldBe("bob of the house");
        items[0]["about"]!["recommendation"]!["advice"]!.GetValue<string>().ShouldBe("reduce");
        items[3]["about"]!["recommendation"]!["reason"]!.GetValue<string>().ShouldBe("person_inactive");
        items[4]["about"]!["recommendation"]!["reason"]!.GetValue<string>().ShouldBe("person_unknown");
        (await host.GetAsync("/campaigns"))["campaigns"]![0]!["items"]!.GetValue<int>().ShouldBe(5);

        JsonNode page = await host.GetAsync($"/campaigns/{id}/items?limit=2");
        JsonNode rest = await host.GetAsync($"/campaigns/{id}/items?limit=3&after={page["next"]}");
        rest["items"]!.AsArray().Select(item => item!["about"]!["grant"]!.GetValue<string>()).ShouldBe(["g1", "g3", "g4"]);
    }

    [Fact]
    public async Task A_campaign_asks_about_its_scope_only()
    {
        string id = await LaunchedAsync(new { departments = new[] { "radiology" }, risks = new[] { "low", "medium" } });
        (await ItemsAsync(id)).Select(item => item["about"]!["grant"]!.GetValue<string>()).ShouldBe(["g5", "g1"]);
    }

    [Fact]
    public async Task Whoever_is_stopped_goes_on_and_asks_nobody_twice()
    {
        for (int stops = 1; stops <= 6; stops++)
        {
            host.House.FailsAfter = host.House.Asked + stops;
            string id = (await SetUpAsync(new { }));
            await host.TakenAsync($"/campaigns/{id}/launch", "sven");
            int before = host.House.Asked;
            await Eventually.HoldsAsync(() => host.House.Asked > before + stops, "it was stopped");
            await host.RestartAsync(TimeSpan.Zero);
            host.House.FailsAfter = null;

            await Eventually.HoldsAsync(
                async () => (await host.GetAsync($"/campaigns/{id}"))["history"]!.AsArray()
                    .Any(step => step!["name"]!.GetValue<string>() == "campaign_items_opened"),
                "its items are there");
            (await host.GetAsync($"/campaigns/{id}"))["history"]!.AsArray().Last()!["data"]!["items"]!.GetValue<int>().ShouldBe(5);
            await Eventually.HoldsAsync(async () => (await ItemsAsync(id)).Length == 5, "they are listed");
            (await CountAsync($"select count(*) from recertification.mt_events where stream_id like 'review-item-{id}.%'")).ShouldBe(5);
            host.House.FailsAfter = int.MaxValue;
        }
    }

    [Fact]
    public async Task What_was_opened_before_a_stop_and_not_noted_is_not_opened_again()
    {
        string id = await SetUpAsync(new { });
        foreach (string grant in (string[])["g1", "g5"])
        {
            // As a stop leaves it between the append of a page and the note of how far it is.
            await host.Store.AppendAsync(new StreamAppend($"review-item-{id}.{grant}", ExpectedVersion.NoStream, [new ReviewItemOpened(
                id, grant, "ada", "radiologist", "", "everywhere", null, Spec.Now, null, false, "direct", "because", null, Spec.Now, RiskClass.Low,
                new ItemFacts([], [], [], Spec.Now, 1, [], 0), new Assignment("boss", null, []), new Recommendation(Advice.Keep, "used"), Spec.Now)]));
        }

        await host.TakenAsync($"/campaigns/{id}/launch", "sven");
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync($"/campaigns/{id}"))["history"]!.AsArray().Last()!["data"]!["items"]?.GetValue<int>() == 5, "all are there");
        (await CountAsync($"select count(*) from recertification.mt_events where stream_id like 'review-item-{id}.%'")).ShouldBe(5);
    }

    [Fact]
    public async Task A_preview_without_the_others_says_so()
    {
        string id = await SetUpAsync(new { });
        host.House.FailsAfter = host.House.Asked;
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, $"/campaigns/{id}/preview", "sven");
        await Refusal.ShouldBeAsync(answer, 503, "sources_unavailable");
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    private async Task<string> SetUpAsync(object scope)
    {
        JsonObject body = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(scope))!.AsObject();
        body["name"] = "The quarter";
        body["kind"] = "ad_hoc";
        body["zone"] = "Europe/Vienna";
        body["starts"] = host.Clock.GetUtcNow();
        body["deadline"] = host.Clock.GetUtcNow().AddDays(14);
        return (await host.TakenAsync("/campaigns", "sven", body))!["id"]!.GetValue<string>();
    }

    private async Task<string> LaunchedAsync(object scope)
    {
        string id = await SetUpAsync(scope);
        await host.TakenAsync($"/campaigns/{id}/launch", "sven");
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync($"/campaigns/{id}"))["history"]!.AsArray().Last() is { } last
                && last["name"]!.GetValue<string>() == "campaign_items_opened"
                && last["data"]!["items"]!.GetValue<int>() == (await ItemsAsync(id)).Length, "its items are there");
        return id;
    }

    private async Task<JsonNode[]> ItemsAsync(string id) => [.. (await host.GetAsync($"/campaigns/{id}/items"))["items"]!.AsArray().OfType<JsonNode>()];

    private async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var count = new NpgsqlCommand(sql, connection);
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
