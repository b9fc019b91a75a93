using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.EndToEnd;

/// <summary>
/// Everything is in the trail, once, and whoever changes a service's own database is found: PolicyDecision, IdentityFederation, Audit and the command line tool as processes.
/// </summary>
public sealed class AuditTrailTests
{
    private static readonly Uri Console = new("http://127.0.0.1:7000");
    private static readonly string Tool = ChildProcess.AssemblyOf("services/Cli", "Cli").Replace("AccessGov.Cli", "accessgov", StringComparison.Ordinal);
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal) { ["PolicyDecision__DirectPublication"] = "true" };

    [Fact]
    [Trait("Requirement", "S41, S44, S54, S92, S102")]
    public async Task What_services_do_is_in_a_trail_that_verifies_against_their_stores_until_somebody_changes_one()
    {
        await using var services = new AccessGovProcesses();
        await services.StartAsync(Console, Settings);
        await using var audit = new AuditProcess();
        await audit.StartAsync(services);
        await services.SendAsync(HttpMethod.Put, "/roles/reader", new { description = "Reads images", permissions = new[] { "study.view" } });
        await services.SendAsync(HttpMethod.Post, "/policy-sets/hospital/versions", new
        {
            files = new[] { new { name = "a.cedar", text = """@id("read") permit (principal in Role::"reader", action == Action::"study.view", resource);""" } },
            comment = "Readers view.",
        });
        await services.SendAsync(HttpMethod.Post, "/studies/import", new { studies = new[] { new { studyInstanceUid = "1.2.1", patientId = "MRN-4711" } } });
        string ada = await ProvisionAsync(services);
        await services.SendAsync(HttpMethod.Post, "/access/v1/evaluation", new
        {
            subject = new { type = "User", id = ada }, action = new { name = "study.view" }, resource = new { type = "Study", id = "1.2.1" },
        });

        JsonNode decision = await FoundAsync(audit, $"study=1.2.1&person={ada}");
        ((string?)decision["kind"], (string?)decision["outcome"]).ShouldBe(("decision", "denied"));
        await FoundAsync(audit, "kind=role_defined");
        await FoundAsync(audit, "kind=policy_set_published");
        await FoundAsync(audit, "kind=person_provisioned");
        (await FoundAsync(audit, "patient=MRN-4711"))["sequence"]!.ToJsonString().ShouldBe(decision["sequence"]!.ToJsonString());

        (await VerifyAsync(services, audit)).ShouldBe((0, ""));
        await using (NpgsqlDataSource superuser = NpgsqlDataSource.Create(services.Superuser))
        await using (NpgsqlCommand change = superuser.CreateCommand(
            "update identity_federation.mt_events set data = data || '{\"Changed\": true}' where seq_id = (select min(seq_id) from identity_federation.mt_events)"))
        {
            (await change.ExecuteNonQueryAsync()).ShouldBe(1);
        }

        (await VerifyAsync(services, audit)).ShouldBe((1, "store_differs"));
    }

    private static async Task<string> ProvisionAsync(AccessGovProcesses services)
    {
        using var scim = new HttpClient { BaseAddress = services.IdentityFederation };
        scim.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await services.TokenAsync("provisioning"));
        using var body = new StringContent("""{"userName":"ada"}""", Encoding.UTF8, "application/scim+json");
        using HttpResponseMessage answer = await scim.PostAsync("scim/v2/Users", body);
        return JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
    }

    /// <summary>The one entry that a search finds, once it does.</summary>
    private static async Task<JsonNode> FoundAsync(AuditProcess audit, string query)
    {
        JsonArray found = [];
        await Eventually.HoldsAsync(
            async () => (found = (await audit.GetAsync($"entries?outcome=success&{query}"))["entries"]!.AsArray()).Count
                + (found.Count > 0 ? 0 : (found = (await audit.GetAsync($"entries?outcome=denied&{query}"))["entries"]!.AsArray()).Count) > 0,
            $"{query} is in the trail");
        return found[^1]!;
    }

    /// <summary>What the command line tool says of the trail's files and exports of both stores: its exit code, and the code of its finding.</summary>
    private static async Task<(int ExitCode, string Code)> VerifyAsync(AccessGovProcesses services, AuditProcess audit)
    {
        List<string> arguments = [Tool, "audit", "verify", audit.TrailDirectory, "--json", "--key", .. await audit.KeysAsync()];
        foreach (string service in new[] { "policy-decision", "identity-federation" })
        {
            arguments.AddRange(["--store", $"{service}={await ExportAsync(services.Superuser, service.Replace('-', '_'))}"]);
        }

        await using var verify = new ChildProcess("dotnet", arguments);
        int exitCode = await verify.ExitCodeAsync(Eventually.Bound);
        await Eventually.HoldsAsync(() => verify.Output.Contains('}', StringComparison.Ordinal), $"the tool, which ended with {exitCode}, has said what it found: {verify.Output}");
        return (exitCode, (string?)JsonNode.Parse(verify.Output)!["code"] ?? "");
    }

    private static async Task<string> ExportAsync(string superuser, string schema)
    {
        string file = Path.GetTempFileName();
        await using NpgsqlDataSource database = NpgsqlDataSource.Create(superuser);
        await using NpgsqlConnection connection = await database.OpenConnectionAsync();
        using TextReader rows = await connection.BeginTextExportAsync(
            $"copy (select f.position, e.id, encode(sha256(convert_to(e.data::text, 'UTF8')), 'hex') from {schema}.event_store_feed f join {schema}.mt_events e on e.seq_id = f.sequence order by 1) to stdout csv");
        await File.WriteAllTextAsync(file, await rows.ReadToEndAsync());
        return file;
    }
}
