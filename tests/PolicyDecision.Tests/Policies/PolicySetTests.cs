using System.Net;
using System.Text.Json.Nodes;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.Policies;

public sealed class PolicySetTests
{
    private const string View = "@id(\"view\")\npermit (principal in Reader::\"radiologist\", action == Action::\"study.view\", resource);";
    private const string Actions = """[{"uid":{"type":"Action","id":"study.view"},"attrs":{},"parents":[{"type":"Action","id":"read"}]}]""";

    [Fact]
    public async Task Policies_are_published_rolled_back_and_read_and_others_are_told()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        await ListenAsync(host);
        (await PublishAsync(host, View)).StatusCode.ShouldBe(HttpStatusCode.OK);
        host.Facts.Current.Policies!.Compiled.Source.Policies.ShouldHaveSingleItem().Id.ShouldBe("view");
        using HttpResponseMessage second = await PublishAsync(host, View + "\n@id(\"no\") forbid (principal, action, resource);");
        JsonNode.Parse(await second.Content.ReadAsStringAsync())!["version"]!.GetValue<int>().ShouldBe(2);
        second.Headers.GetValues("AccessGov-Position").Single().ShouldBe($"{host.Facts.Current.Position}");

        // A broken set: every error, and the old one stays in force.
        JsonNode problem = await Refusal.ShouldBeAsync(await PublishAsync(host, View + "\npermit (principal"), 400, "policy_set_malformed");
        JsonNode error = problem["errors"]!.AsArray().ShouldHaveSingleItem()!;
        (error["file"]!.GetValue<string>(), error["line"]!.GetValue<int>()).ShouldBe(("hospital.cedar", 3));
        (error["column"]!.GetValue<int>(), error["sentence"]!.GetValue<string>().Length).ShouldSatisfyAllConditions(found => found.Item1.ShouldBeGreaterThan(0), found => found.Item2.ShouldBeGreaterThan(0));
        host.Facts.Current.Policies.Version.ShouldBe(2);

        (await host.PostAsync("/policy-sets/hospital/roll-back", new { version = 1 })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.PostAsync("/policy-sets/hospital/roll-back", new { version = 1 })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (host.Facts.Current.Policies.Version, host.Facts.Current.Policies.Compiled.Source.Policies.Count).ShouldBe((1, 1));
        await Refusal.ShouldBeAsync(await host.PostAsync("/policy-sets/hospital/roll-back", new { version = 9 }), 409, "version_unknown");
        await Refusal.ShouldBeAsync(await host.PostAsync("/policy-sets/none/roll-back", new { version = 1 }), 404, "policy_set_unknown");

        JsonNode set = await host.GetAsync("/policy-sets/hospital");
        (set["version"]!.GetValue<int>(), set["versions"]!.AsArray().Count).ShouldBe((1, 2));
        set["versions"]![1]!["publishedBy"]!.GetValue<string>().ShouldBe("grace");
        (await host.GetAsync("/policy-sets/hospital/versions/1"))["files"]!.AsArray().Count.ShouldBe(2);
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, "/policy-sets/hospital/versions/9"), 404, "version_unknown");

        await Eventually.HoldsAsync(async () => (await ToldAsync(host)).Count == 3, "three messages are published");
        (await ToldAsync(host)).ShouldBe(["1 False", "2 False", "1 True"]);
    }

    [Fact]
    public async Task A_custom_role_is_in_force_without_publishing_anything()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        await PublishAsync(host, View);
        (await host.PutAsync("/roles/tech", new { description = "d", permissions = new[] { "study.view" } })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        host.Facts.Current.Policies!.Compiled.Source.Policies.Select(policy => policy.Id).ShouldBe(["view", "role:tech", "role:tech:read"]);
        await Refusal.ShouldBeAsync(await host.PutAsync("/roles/tech", new { description = "d", permissions = new[] { "study.eat" } }), 409, "permission_unknown");
        await host.SendAsync(HttpMethod.Delete, "/roles/tech");
        host.Facts.Current.Policies!.Compiled.Source.Policies.ShouldHaveSingleItem();

        // A set of another name is kept, and decides nothing.
        (await host.PostAsync("/policy-sets/draft/versions", Files("@id(\"all\") permit (principal, action, resource);"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        host.Facts.Current.Policies!.Name.ShouldBe("hospital");
        JsonNode sets = await host.GetAsync("/policy-sets");
        sets["policySets"]!.AsArray().Select(set => set!.GetValue<string>()).ShouldBe(["draft", "hospital"]);
        (sets["deciding"]!.GetValue<string>(), sets["decidingVersion"]!.GetValue<int>()).ShouldBe(("hospital", 1));
    }

    private static Task<HttpResponseMessage> PublishAsync(PolicyDecisionHost host, string cedar) => host.PostAsync("/policy-sets/hospital/versions", Files(cedar));

    private static object Files(string cedar) =>
        new { files = new[] { new { name = "hospital.cedar", text = cedar }, new { name = "actions.json", text = Actions } }, comment = "c" };

    private static Task ListenAsync(PolicyDecisionHost host) => ExecuteAsync(host,
        """
        insert into bus.queue (name, role) values ('listener', current_user);
        insert into bus.subscription (message, queue) values ('accessgov.policy-decision.policy-set-published.v1', 'listener')
        """);

    private static async Task ExecuteAsync(PolicyDecisionHost host, string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<List<string>> ToldAsync(PolicyDecisionHost host)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select data ->> 'version', (data ->> 'rolledBack')::boolean from bus.message where queue = 'listener' order by position", connection);
        var told = new List<string>();
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            told.Add($"{row.GetString(0)} {row.GetBoolean(1)}");
        }

        return told;
    }
}
