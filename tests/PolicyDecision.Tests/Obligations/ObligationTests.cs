using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.Obligations;

/// <summary>Obligations and their receipts through HTTP, from the published set to the overdue ones.</summary>
public sealed class ObligationTests : IAsyncLifetime
{
    private const string Catalogue = """
        {"notice@3":{"type":"notification","receipt":"required","properties":{"to":"office","body":"{subject.id} {action.name} {resource.id} {evaluation_id} {now}"}},
         "mark@1":{"type":"custom","properties":{"name":"mark"}}}
        """;

    private const string Cedar = """
        @id("view") permit (principal, action == Action::"view", resource);
        @id("told") @obligation_1("notice@3") @obligation_2("mark@1") permit (principal, action == Action::"told", resource);
        @id("no") @obligation_1("mark@1") forbid (principal, action == Action::"no", resource);
        """;

    private readonly SettableClock clock = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync(clock: clock);
        (await PublishAsync(Catalogue)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_decision_carries_its_obligations_and_the_journal_keeps_them()
    {
        JsonNode told = await AskAsync("told");
        JsonArray obligations = told["context"]!["obligations"]!.AsArray();
        string id = told["context"]!["evaluation_id"]!.GetValue<string>();
        obligations.ToJsonString().ShouldBe(
            """[{"id":"mark@1","type":"custom","properties":{"name":"mark"}},{"id":"notice@3","type":"notification","properties":{"body":"ada told s """
            + id + """ 2026-05-04T12:00:00Z","to":"office"}}]""");
        (await AskAsync("view"))["context"]!.AsObject().ContainsKey("obligations").ShouldBeFalse();
        JsonNode denied = await AskAsync("no");
        (denied["decision"]!.GetValue<bool>(), denied["context"]!["obligations"]![0]!["id"]!.GetValue<string>()).ShouldBe((false, "mark@1"));

        JsonNode record = await JournalAsync($"/decisions/{id}");
        record["obligations"]!.ToJsonString().ShouldBe(
            """[{"id":"mark@1","type":"custom","receiptRequired":false},{"id":"notice@3","type":"notification","receiptRequired":true}]""");
        (await host.GetAsync("/.well-known/authzen-configuration"))["supported_obligations"]!.AsArray().Select(type => type!.GetValue<string>())
            .ShouldBe(["step-up", "notification", "session_termination", "custom"]);
    }

    [Theory]
    [InlineData("""["custom","notification","anything"]""", true, "permitted")]
    [InlineData("""["custom"]""", false, "obligation_unsupported")]
    [InlineData("[]", false, "obligation_unsupported")]
    [InlineData("null", true, "permitted")]
    public async Task What_the_enforcement_point_does_not_support_is_denied(string supported, bool permitted, string reason)
    {
        JsonNode answer = await AskAsync("told", supported);
        (answer["decision"]!.GetValue<bool>(), answer["context"]!["reason"]!.GetValue<string>()).ShouldBe((permitted, reason));
        answer["context"]!.AsObject().ContainsKey("obligations").ShouldBe(permitted);
        JsonNode record = await JournalAsync($"/decisions/{answer["context"]!["evaluation_id"]!.GetValue<string>()}");
        (record["permitted"]!.GetValue<bool>(), record["obligations"]!.AsArray().Count).ShouldBe((permitted, permitted ? 2 : 0));
    }

    [Theory]
    [InlineData("\"custom\"")]
    [InlineData("[7]")]
    [InlineData("{}")]
    public async Task A_hint_that_is_malformed_is_400(string supported)
    {
        using HttpResponseMessage answer = await SendAsync("told", supported);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("context.supported_obligations must be an array");
    }

    [Fact]
    public async Task A_broken_catalogue_is_not_published_and_a_version_rolls_back_with_its_own()
    {
        JsonNode problem = await Refusal.ShouldBeAsync(await PublishAsync("{}"), 400, "obligation_unknown_in_catalogue");
        (problem["errors"]!.AsArray().Count, problem["errors"]![0]!["file"]!.GetValue<string>(), problem["errors"]![0]!["line"]!.GetValue<int>()).ShouldBe((3, "hospital.cedar", 2));
        (await PublishAsync(Catalogue.Replace("office", "desk"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await AskAsync("told"))["context"]!["obligations"]![1]!["properties"]!["to"]!.GetValue<string>().ShouldBe("desk");
        (await host.PostAsync("/policy-sets/hospital/roll-back", new { version = 1 })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await AskAsync("told"))["context"]!["obligations"]![1]!["properties"]!["to"]!.GetValue<string>().ShouldBe("office");
    }

    [Fact]
    public async Task A_receipt_is_taken_once_from_the_one_who_asked_by_any_replica_however_far_the_indexer_is()
    {
        string id = (await AskAsync("told"))["context"]!["evaluation_id"]!.GetValue<string>();
        (await ReceiptAsync(host, id, "notice@3", "fulfilled")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await using (PolicyDecisionHost replica = await host.StartReplicaAsync())
        {
            (await ReceiptAsync(replica, id, "notice@3", "fulfilled")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
            await Refusal.ShouldBeAsync(await ReceiptAsync(replica, id, "notice@3", "failed"), 409, "receipt_contradicts");
            (await ReceiptAsync(replica, id, "mark@1", "failed", "No printer.")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        await Refusal.ShouldBeAsync(await ReceiptAsync(host, id, "notice@2", "fulfilled"), 404, "obligation_unknown");
        await Refusal.ShouldBeAsync(await ReceiptAsync(host, Guid.CreateVersion7().ToString(), "notice@3", "fulfilled"), 404, "obligation_unknown");
        await Refusal.ShouldBeAsync(await ReceiptAsync(host, Guid.NewGuid().ToString(), "notice@3", "fulfilled"), 404, "obligation_unknown");
        await Refusal.ShouldBeAsync(
            await ReceiptAsync(host, id, "notice@3", "fulfilled", token: host.TokenOfClient("another", "decisions.evaluate")), 404, "obligation_unknown");
        await Refusal.ShouldBeAsync(await ReceiptAsync(host, id, "notice@3", "done"), 400, "receipt_malformed");
        (await ReceiptAsync(host, id, "notice@3", "fulfilled", token: host.Token("journal.read"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await ReceiptAsync(host, "7", "notice@3", "fulfilled")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await IndexedAsync(1);
        (await ReceiptAsync(host, id, "notice@3", "fulfilled")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Refusal.ShouldBeAsync(await ReceiptAsync(host, id, "notice@2", "fulfilled"), 404, "obligation_unknown");
        (await JournalAsync("/obligations/failed"))["obligations"]![0]!["detail"]!.GetValue<string>().ShouldBe("No printer.");
    }

    [Fact]
    public async Task What_has_no_receipt_in_time_is_listed_page_by_page_until_it_has_one_and_health_says_so()
    {
        var ids = new List<string>();
        for (int i = 0; i < 5; i++)
        {
            clock.Now = clock.Now.AddSeconds(1);
            ids.Add((await AskAsync("told"))["context"]!["evaluation_id"]!.GetValue<string>());
        }

        await IndexedAsync(5);
        await ReceiptAsync(host, ids[1], "notice@3", "fulfilled");
        (await OverdueAsync()).ShouldBeEmpty();
        clock.Now = clock.Now.AddMinutes(5).AddSeconds(-1);
        (await OverdueAsync()).ShouldBe([ids[0], ids[2]]);
        clock.Now = clock.Now.AddSeconds(2);
        (await OverdueAsync()).ShouldBe([ids[0], ids[2], ids[3], ids[4]]);
        JsonNode check = (await HealthAsync())["checks"]!["obligations"]!;
        check.ToJsonString().ShouldContain("4 obligations had no receipt in time");
        await ReceiptAsync(host, ids[0], "notice@3", "failed");
        (await OverdueAsync()).ShouldBe([ids[2], ids[3], ids[4]]);
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, "/obligations/overdue?after=x", token: host.Token("journal.read")), 400, "paging_malformed");
        (await host.SendAsync(HttpMethod.Get, "/obligations/overdue", token: host.Token("facts.read"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        // The list is made again from the batches, and the receipts that are stored still count.
        await ExecuteAsync("delete from policy_decision.decision_obligation; delete from policy_decision.decision; update policy_decision.decision_writer set indexed = 0");
        await IndexedAsync(5);
        (await OverdueAsync()).ShouldBe([ids[2], ids[3], ids[4]]);
    }

    [Theory]
    [InlineData(null, "1", 403, "obligation_unsupported")]
    [InlineData("notification", "1", 200, "permitted")]
    [InlineData("custom", "1", 403, "obligation_unsupported")]
    [InlineData("notification", "{subject.id}{subject.id}{subject.id}", 403, "obligation_unsupported")]
    public async Task Through_a_proxy_only_what_its_configuration_carries_out_is_permitted_and_it_is_told_in_a_header(
        string? configured, string body, int status, string reason)
    {
        await using PolicyDecisionHost other = await PolicyDecisionHost.StartAsync(
            settings: configured is null ? null : new Dictionary<string, string?>(StringComparer.Ordinal) { ["PolicyDecision:ForwardAuth:SupportedObligations:0"] = configured });
        (await other.PostAsync("/policy-sets/hospital/versions", new
        {
            files = new[]
            {
                new { name = "p.cedar", text = "@id(\"p\") @obligation_1(\"notice@1\") permit (principal, action, resource);" },
                new { name = "obligations.json", text = """{"notice@1":{"type":"notification","properties":{"to":"x","body":"BODY"}}}""".Replace("BODY", body) },
            },
            comment = "c",
        })).StatusCode.ShouldBe(HttpStatusCode.OK);

        using HttpResponseMessage answer = await other.SendAsync(
            HttpMethod.Get, "/forward-auth", token: other.TokenOfPerson(new string('a', 700)), headers: [("X-Original-URI", "/dicom-web/studies?PatientID=P1"), ("X-Original-Method", "GET")]);

        ((int)answer.StatusCode, answer.Headers.GetValues("AccessGov-Reason").Single()).ShouldBe((status, reason));
        (answer.Headers.TryGetValues("AccessGov-Obligations", out IEnumerable<string>? told) ? told.Single() : null).ShouldBe(
            status == 200 ? """[{"id":"notice@1","type":"notification","properties":{"body":"1","to":"x"}}]""" : null);
        using HttpResponseMessage journal = await other.SendAsync(HttpMethod.Get, "/decisions", token: other.Token("journal.read"));
        JsonNode.Parse(await journal.Content.ReadAsStringAsync())!["decisions"]![0]!["reason"]!.GetValue<string>().ShouldBe(reason);
    }

    private async Task<List<string>> OverdueAsync()
    {
        var found = new List<string>();
        string? after = null;
        do
        {
            JsonNode page = await JournalAsync($"/obligations/overdue?limit=2{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}");
            found.AddRange(page["obligations"]!.AsArray().Select(item => item!["evaluationId"]!.GetValue<string>()));
            after = page["next"]?.GetValue<string>();
        }
        while (after is not null);
        return found;
    }

    private Task IndexedAsync(int decisions) => Eventually.HoldsAsync(
        async () => (await ScalarAsync("select count(*) from policy_decision.decision_obligation where obligation_id = 'notice@3'")) == decisions, "the decisions are indexed");

    private async Task<long> ScalarAsync(string sql)
    {
        await using NpgsqlCommand command = host.Services.GetRequiredService<JournalDatabase>().Source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = host.Services.GetRequiredService<JournalDatabase>().Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<JsonNode> JournalAsync(string path)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, path, token: host.Token("journal.read"));
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<JsonNode> HealthAsync() => JsonNode.Parse(await host.Client.GetStringAsync("/health/ready"))!;

    private Task<HttpResponseMessage> ReceiptAsync(
        PolicyDecisionHost at, string evaluation, string obligation, string status, string? detail = null, string? token = null) => at.SendAsync(
            HttpMethod.Post, "/access/v1/obligations/receipts",
            JsonSerializer.Serialize(new { evaluation_id = evaluation, obligation_id = obligation, status, detail }), token ?? host.Token("decisions.evaluate"));

    private async Task<JsonNode> AskAsync(string action, string supported = "null")
    {
        using HttpResponseMessage answer = await SendAsync(action, supported);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private Task<HttpResponseMessage> SendAsync(string action, string supported) => host.SendAsync(
        HttpMethod.Post, "/access/v1/evaluation",
        """{"subject":{"type":"User","id":"ada"},"action":{"name":"ACTION"},"resource":{"type":"System","id":"s"},"context":{"supported_obligations":SUPPORTED}}"""
            .Replace("ACTION", action).Replace("SUPPORTED", supported),
        host.Token("decisions.evaluate"));

    private Task<HttpResponseMessage> PublishAsync(string catalogue) => host.PostAsync("/policy-sets/hospital/versions", new
    {
        files = new[] { new { name = "hospital.cedar", text = Cedar }, new { name = "obligations.json", text = catalogue } }, comment = "c",
    });
}
