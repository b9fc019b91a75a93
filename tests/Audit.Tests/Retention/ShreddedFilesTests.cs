using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Tests.Trail;
using AccessGov.Audit.Trail;
using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Retention;

/// <summary>The files of long fields after their keys.</summary>
public sealed class ShreddedFilesTests
{
    private static readonly Dictionary<string, string?> Quick = new(StringComparer.Ordinal)
    {
        ["Audit:Retention:WorkEvery"] = "00:00:00.100", ["Audit:Retention:LookEvery"] = "00:00:00.500",
    };

    [ImmutableFact]
    public async Task A_file_that_is_immutable_is_shown_until_a_person_has_released_it()
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: Quick);
        JsonElement report = JsonSerializer.SerializeToElement(new { report = new string('x', 20_000) });
        await host.AddAsync(Records.View("p-1") with { PatientDetails = report });
        string hash = (string)host.Leaves()[0]["sealed"]![0]!["blob"]!, blob = TrailWriter.BlobPath(host.TrailDirectory, hash);
        (await RunAsync("chattr", "+i", blob)).ShouldBe(0);
        try
        {
            await host.IsAsync(
                await host.ShredAsync(new { patient = "p-1", ground = "test_data", basis = "none", exception = "Nobody was treated." }),
                "done");
            await Eventually.HoldsAsync(async () => await HealthAsync() == ("degraded", 1), "health says so");
            string list = Path.Combine(host.Folder, "list"), seal = WorkingCopy.PathOf("deploy", "seal-trail");
            using (HttpResponseMessage files = await host.SendAsync(HttpMethod.Get, "/shreddings/files"))
            {
                await File.WriteAllTextAsync(list, await files.Content.ReadAsStringAsync());
            }

            (await File.ReadAllTextAsync(list)).ShouldBe(hash + "\n");
            await File.WriteAllTextAsync(list + ".bad", $"{hash}\n../{hash}\n");
            (await RunAsync(seal, host.TrailDirectory, "--release-shredded", list + ".bad")).ShouldNotBe(0);
            File.Exists(blob).ShouldBeTrue();
            (await RunAsync(seal, host.TrailDirectory, "--release-shredded", list)).ShouldBe(0);
            await Eventually.HoldsAsync(() => !File.Exists(blob), "the file is gone");
            await Eventually.HoldsAsync(async () => await HealthAsync() == ("healthy", 0), "health says so");
        }
        finally
        {
            await RunAsync(WorkingCopy.PathOf("deploy", "seal-trail"), host.TrailDirectory, "--release");
        }

        async Task<(string?, long?)> HealthAsync()
        {
            using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, "/health/ready");
            JsonNode check = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!["shredding"]!;
            return ((string?)check["status"], (long?)check["data"]!["filesLeft"]);
        }

        static async Task<int> RunAsync(string program, params string[] arguments)
        {
            await using var process = new ChildProcess(program, arguments);
            return await process.ExitCodeAsync(Eventually.Bound);
        }
    }
}
