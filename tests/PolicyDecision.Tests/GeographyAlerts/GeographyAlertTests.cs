using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Testing;
using Npgsql;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Tests.GeographyAlerts;

/// <summary>From the decision over the journal's index to the alert and its message.</summary>
[Trait("Requirement", "S68")]
public sealed class GeographyAlertTests : IAsyncLifetime
{
    private const string Policies = """
        @id("view") permit (principal, action == Action::"view", resource) when { !(context has country) || context.country != "FR" };
        """;

    private readonly string file = Path.GetTempFileName();
    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(file, "network,country\n203.0.113.0/24,AT\n198.51.100.0/24,FR\n192.0.2.0/24,DE\n");
        host = await PolicyDecisionHost.StartAsync(settings: With(("PolicyDecision:CountryFile", file)));
        object[] files = [new { name = "a.cedar", text = Policies }];
        (await host.PostAsync("/policy-sets/hospital/versions", new { files, comment = "c" })).EnsureSuccessStatusCode();
        await SiteAsync("north", "10.1.0.0/16");
        await SiteAsync("south", "10.2.0.0/16");
        foreach ((string list, string country) in ((string, string)[])[("north", "AT"), ("tele-de", "DE")])
        {
            (await host.PutAsync($"/network-lists/{list}", new { description = "d", countries = new[] { country } }))
                .EnsureSuccessStatusCode();
        }

        await host.PutAsync("/roles/radiologist", new { description = "Reads" });
        var grant = new { subjectId = "nora", role = "radiologist", scope = new { kind = "site", id = "north" }, reason = "x" };
        (await host.PostAsync("/grants", grant)).EnsureSuccessStatusCode();
        await Eventually.HoldsAsync(() => host.Facts.Current.Countries.Count == 3, "the file of countries is read");
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        File.Delete(file);
    }

    [Fact]
    public async Task Each_person_and_place_is_one_alert_in_an_hour_and_one_message()
    {
        await TellOrganisationAsync("tess", "tele-de");
        await ListenAsync();
        string first = await DecideAsync("nora", "198.51.100.7");
        await DecideAsync("nora", "198.51.100.8");
        string second = await DecideAsync("nora", "10.2.0.1");

        // At home, or nobody knows where: none of these.
        (string, string)[] unremarkable = [("nora", "10.1.0.1"), ("nora", "203.0.113.9"), ("nora", "8.8.8.8"), ("tess", "192.0.2.1")];
        foreach ((string who, string address) in unremarkable)
        {
            await DecideAsync(who, address);
        }

        string last = await DecideAsync("tess", "198.51.100.9");

        await Eventually.HoldsAsync(
            async () => (await AlertsAsync()).Any(alert => Text(alert, "evaluationId") == last), "the last one is listed");
        List<JsonNode> alerts = await AlertsAsync();
        alerts.Select(alert => $"{Text(alert, "subject")} {Text(alert, "placeKind")} {Text(alert, "place")} {alert["permitted"]}")
            .ShouldBe(["tess country FR false", "nora site south true", "nora country FR false"]);
        alerts.Select(alert => Text(alert, "evaluationId")).ShouldBe([last, second, first]);
        await Eventually.HoldsAsync(
            async () => (await AlertsAsync("?subject=nora")).Select(alert => (long)alert["decisions"]!).SequenceEqual([1, 2]),
            "further ones are counted");
        (Text(alerts[2], "action"), Text(alerts[2], "resource"), Text(alerts[2], "reason")).ShouldBe(("view", "Thing::t", "not_permitted"));

        await Eventually.HoldsAsync(async () => (await MessagesAsync()).Count == 3, "each was told once");
        JsonNode told = (await MessagesAsync()).Single(message => Text(message, "evaluationId") == first);
        (Text(told, "userId"), Text(told, "placeKind"), Text(told, "place"), (bool)told["permitted"]!)
            .ShouldBe(("nora", "country", "FR", false));
    }

    [Fact]
    public async Task The_list_has_pages_and_is_for_those_who_review_the_journal()
    {
        string[] people = ["ann", "ben", "cia"];
        foreach (string who in people)
        {
            await DecideAsync(who, "198.51.100.7");
        }

        await Eventually.HoldsAsync(async () => (await AlertsAsync()).Count == 3, "all are listed");
        var read = new List<string>();
        string? after = null;
        do
        {
            JsonNode page = await PageAsync($"?limit=2{(after is null ? "" : $"&after={after}")}");
            read.AddRange(page["alerts"]!.AsArray().Select(alert => Text(alert!, "subject")));
            after = page["next"]?.GetValue<string>();
        }
        while (after is not null);
        read.ShouldBe(["cia", "ben", "ann"]);

        await Refusal.ShouldBeAsync(await AskAsync("?after=x"), 400, "paging_malformed");
        await Refusal.ShouldBeAsync(await AskAsync("?limit=0"), 400, "paging_malformed");
        (await host.SendAsync(HttpMethod.Get, "/alerts/geography", null, host.Token("facts.read")))
            .StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_journal_that_hashes_the_ids_of_people_has_no_alerts_and_says_so()
    {
        string key = Path.GetTempFileName();
        await File.WriteAllBytesAsync(key, RandomNumberGenerator.GetBytes(32));
        await using PolicyDecisionHost hashed = await PolicyDecisionHost.StartAsync(settings: With(("DecisionJournal:IdHashKeyFile", key)));

        await Refusal.ShouldBeAsync(
            await hashed.SendAsync(HttpMethod.Get, "/alerts/geography", null, hashed.Token("journal.read")), 409, "ids_hashed");
        File.Delete(key);
    }

    private static Dictionary<string, string?> With((string Name, string Value) setting) =>
        new(StringComparer.Ordinal) { [setting.Name] = setting.Value };

    private static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();

    private async Task SiteAsync(string id, string cidr) =>
        (await host.PutAsync($"/sites/{id}", new { name = id, timeZone = "UTC", networks = new[] { new { name = "wards", cidr } } }))
            .EnsureSuccessStatusCode();

    private async Task TellOrganisationAsync(string user, string organisation)
    {
        // Twice, as a message may come.
        for (int i = 0; i < 2; i++)
        {
            await Incoming.Publishing.TellAsync(
                host, user, new V1.UserProvisioned(user, organisation, user, null, null, null, null, DateTimeOffset.UtcNow));
        }

        await Eventually.HoldsAsync(
            async () => await ScalarAsync($"select count(*) from policy_decision.home_organisation where user_id = '{user}'") is 1L,
            "it is known");
    }

    private async Task<string> DecideAsync(string who, string sourceIp)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Post, "/access/v1/evaluation", JsonSerializer.Serialize(new
        {
            subject = new { type = "User", id = who }, action = new { name = "view" }, resource = new { type = "Thing", id = "t" },
            context = new { sourceIp },
        }), host.Token("decisions.evaluate"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["context"]!["evaluation_id"]!.GetValue<string>();
    }

    private Task<HttpResponseMessage> AskAsync(string query) =>
        host.SendAsync(HttpMethod.Get, $"/alerts/geography{query}", null, host.Token("journal.read"));

    private async Task<JsonNode> PageAsync(string query)
    {
        using HttpResponseMessage answer = await AskAsync(query);
        string text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }

    private async Task<List<JsonNode>> AlertsAsync(string query = "") =>
        [.. (await PageAsync(query))["alerts"]!.AsArray().Select(alert => alert!)];

    /// <summary>Somebody else who wants to hear of it.</summary>
    private Task ListenAsync() => ScalarAsync(
        """
        insert into bus.queue (name, role) values ('others', current_user);
        insert into bus.subscription (queue, message) values ('others', 'accessgov.policy-decision.unusual-geography-detected.v1')
        """);

    private async Task<List<JsonNode>> MessagesAsync()
    {
        var found = new List<JsonNode>();
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var read = new NpgsqlCommand(
            "select data::text from bus.message where queue = 'others'", connection);
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            found.Add(JsonNode.Parse(row.GetString(0))!);
        }

        return found;
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
