using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Trail;

/// <summary>What a caller was told is durable, is: whatever becomes of the process that told them.</summary>
public sealed class AcknowledgedTests
{
    private const int Kills = 4;

    [Fact]
    [Trait("Requirement", "S90")]
    public async Task Every_event_that_was_acknowledged_is_in_the_trail_once_after_the_whole_service_was_killed()
    {
        await using PostgresServer server = await PostgresServer.StartPrivateAsync();
        AuditHost host = await AuditHost.PrepareAsync(server);
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        using var client = new HttpClient { BaseAddress = address, Timeout = Eventually.Bound };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.TokenOf("pacs", "audit.append"));
        using var done = new CancellationTokenSource();
        ChildProcess service = Start(host, address);
        var acknowledged = new List<string>();
        Task sending = Task.Run(() => SendAsync(client, acknowledged, done.Token));
        try
        {
            for (int kill = 0; kill < Kills; kill++)
            {
                int before = CountOf(acknowledged);
                await Eventually.HoldsAsync(() => CountOf(acknowledged) > before + 5, $"events are acknowledged: {service.Output}");
                await service.DisposeAsync();
                service = Start(host, address);
            }

            await done.CancelAsync();
            await sending;
            acknowledged.Count.ShouldBeGreaterThan(5 * Kills);
            await Eventually.HoldsAsync(
                () => IdsOf(host).Contains(acknowledged[^1], StringComparer.Ordinal), "the last one is in the trail");
            IReadOnlyList<string> ids = IdsOf(host);
            acknowledged.Except(ids, StringComparer.Ordinal).ShouldBeEmpty();
            ids.ShouldBeUnique();
            PublishedTrail.FirstFault(host.TrailDirectory).ShouldBeNull();
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    private static ChildProcess Start(AuditHost host, Uri address) => new(
        "dotnet", [ChildProcess.AssemblyOf("services/Audit", "Audit"), $"--urls={address.AbsoluteUri.TrimEnd('/')}"],
        host.EnvironmentVariables);

    /// <summary>Sends one event after the other, the same one again until it is acknowledged.</summary>
    private static async Task SendAsync(HttpClient client, List<string> acknowledged, CancellationToken done)
    {
        for (int number = 0; !done.IsCancellationRequested; number++)
        {
            string body = JsonSerializer.Serialize(new
            {
                event_id = $"e-{number}", occurred_at = "2026-11-28T10:00:00Z", action = "view", outcome = "success", actor = "ada",
                patient = $"p-{number % 7}",
            });
            while (!await IsAcknowledgedAsync(client, body))
            {
                await Task.Delay(20, CancellationToken.None);
            }

            lock (acknowledged)
            {
                acknowledged.Add($"e-{number}");
            }
        }
    }

    private static async Task<bool> IsAcknowledgedAsync(HttpClient client, string body)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await client.PostAsync("events", content);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int CountOf(List<string> acknowledged)
    {
        lock (acknowledged)
        {
            return acknowledged.Count;
        }
    }

    private static List<string> IdsOf(AuditHost host) => [.. PublishedTrail.Leaves(host.TrailDirectory)
        .Select(leaf => JsonNode.Parse(leaf.Span)!).Where(leaf => (string?)leaf["actor"] == "ada")
        .Select(leaf => (string)leaf["event_id"]!)];
}
