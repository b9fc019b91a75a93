using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Networks;

/// <summary>Network lists and countries, from the command to the decision.</summary>
public sealed class NetworkListTests : IAsyncLifetime
{
    private const string Policies = """
        @id("group") permit (principal, action == Action::"group", resource) when { context.networkLists.contains("reading-group") };
        @id("fence") permit (principal, action == Action::"fence", resource) when { context.networkLists.contains("home-countries") };
        @id("country") permit (principal, action == Action::"country", resource) when { context has country && context.country == "AT" };
        @id("nowhere") permit (principal, action == Action::"nowhere", resource) when { context.networkLists.isEmpty() };
        """;

    private readonly string file = Path.GetTempFileName();
    private PolicyDecisionHost host = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(file, "network,country\n203.0.113.0/24,AT\n198.51.100.0/24,FR\n");
        host = await PolicyDecisionHost.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["PolicyDecision:CountryFile"] = file });
        await host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "a.cedar", text = Policies } }, comment = "c" });
        await Eventually.HoldsAsync(() => host.Facts.Current.Countries.Count == 2, "the file of countries is read");
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        File.Delete(file);
    }

    [Fact]
    [Trait("Requirement", "S15, S16")]
    public async Task An_address_is_in_the_lists_that_name_its_network_or_its_country_and_an_unknown_one_in_none()
    {
        await DefineAsync("reading-group", new { description = "d", networks = new[] { new { name = "office", cidr = "192.0.2.0/28" } } });
        await DefineAsync("home-countries", new { description = "d", countries = new[] { "AT" } });

        (await PermittedAsync("192.0.2.15")).ShouldBe("group");
        (await PermittedAsync("192.0.2.16")).ShouldBe("nowhere");
        (await PermittedAsync("203.0.113.7")).ShouldBe("fence country");
        (await PermittedAsync("::ffff:203.0.113.7")).ShouldBe("fence country");
        (await PermittedAsync("198.51.100.7")).ShouldBe("nowhere");
        (await PermittedAsync("2001:db8::1")).ShouldBe("nowhere");
        (await PermittedAsync(null)).ShouldBe("nowhere");

        (await host.SendAsync(HttpMethod.Delete, "/network-lists/home-countries")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await PermittedAsync("203.0.113.7")).ShouldBe("country nowhere");
    }

    [Fact]
    public async Task A_list_is_read_as_it_was_defined_and_another_replica_knows_it()
    {
        await DefineAsync("reading-group", new { description = "d", networks = new[] { new { name = "office", cidr = "192.0.2.0/28" } }, countries = new[] { "AT" } });
        await using PolicyDecisionHost replica = await host.StartReplicaAsync();
        replica.Facts.Current.NetworkLists.ShouldHaveSingleItem().Countries.ShouldBe(["AT"]);
        JsonObject read = (await host.GetAsync("/network-lists"))["networkLists"]!.AsArray().Single()!.AsObject();
        read.Remove("version");
        JsonNode.DeepEquals(read, JsonNode.Parse("""{"id":"reading-group","description":"d","networks":[{"name":"office","cidr":"192.0.2.0/28"}],"countries":["AT"]}"""))
            .ShouldBeTrue(read.ToJsonString());
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Delete, "/network-lists/other"), 404, "network_list_unknown");
        await Refusal.ShouldBeAsync(await host.PutAsync("/network-lists/other", new { description = "d" }), 400, "network_list_malformed");
    }

    [Fact]
    public async Task A_file_of_countries_that_changes_is_read_again_and_one_that_is_broken_leaves_the_one_before_it()
    {
        await File.WriteAllTextAsync(file, "203.0.113.0/24,AT\nbroken\n");
        await Eventually.HoldsAsync(async () => (await HealthAsync())["status"]!.GetValue<string>() == "degraded", "health tells that the file is broken");
        (await HealthAsync())["description"]!.GetValue<string>().ShouldContain("Line 2");
        (await PermittedAsync("203.0.113.7")).ShouldBe("country nowhere");

        await File.WriteAllTextAsync(file, "198.51.100.0/24,AT\n");
        await Eventually.HoldsAsync(() => host.Facts.Current.Countries.Count == 1, "the file is read again");
        (await PermittedAsync("203.0.113.7")).ShouldBe("nowhere");
        (await PermittedAsync("198.51.100.7")).ShouldBe("country nowhere");
        (await HealthAsync())["status"]!.GetValue<string>().ShouldBe("healthy");
    }

    private async Task DefineAsync(string id, object list) =>
        (await host.PutAsync($"/network-lists/{id}", list)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

    private async Task<string> PermittedAsync(string? sourceIp)
    {
        var permitted = new List<string>();
        foreach (string action in (string[])["group", "fence", "country", "nowhere"])
        {
            using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Post, "/access/v1/evaluation", JsonSerializer.Serialize(new
            {
                subject = new { type = "User", id = "ada" }, action = new { name = action }, resource = new { type = "System", id = "s" }, context = new { sourceIp },
            }), host.Token("decisions.evaluate"));
            if (JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["decision"]!.GetValue<bool>())
            {
                permitted.Add(action);
            }
        }

        return string.Join(' ', permitted);
    }

    private async Task<JsonNode> HealthAsync()
    {
        using HttpResponseMessage answer = await host.Client.GetAsync("/health/ready");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!["countries"]!;
    }
}
