using System.Text.Json.Nodes;
using AccessGov.Audit.Retention;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Retention;

/// <summary>Trails that may be pruned, and the steps that lead there. Nothing goes on by itself: a test takes each step.</summary>
internal static class PrunedTrails
{
    private const int Old = 600;

    public static readonly Dictionary<string, string?> Never = new(StringComparer.Ordinal)
    {
        ["Audit:Retention:WorkEvery"] = "01:00:00", ["Audit:Retention:LookEvery"] = "1.00:00:00",
    };

    /// <summary>A trail with 600 old leaves whose keys are shredded.</summary>
    public static async Task<AuditHost> StartAsync(Dictionary<string, string?>? settings = null, ShiftedClock? given = null)
    {
        ShiftedClock clock = given ?? new ShiftedClock();
        AuditHost host = await AuditHost.StartAsync(settings: settings ?? Never, clock: clock);
        await host.AddAsync([.. Enumerable.Range(0, Old).Select(i => Records.View($"p-{i % 3}"))]);
        clock.AdvanceToYear(clock.GetUtcNow().Year + 7);
        await host.AddAsync(Records.View("p-young"));
        await host.Services.GetRequiredService<Shreddings>().ProposeExpiredAsync(CancellationToken.None);
        JsonNode proposed = (await host.SeeAsync("/shreddings")).Body!["shreddings"]!.AsArray().Single()!;
        string id = (string)proposed["id"]!;
        (await host.DoAsync("anna", $"/shreddings/{id}/approve", new { })).Status.ShouldBe(204);
        (await host.DoAsync("berta", $"/shreddings/{id}/approve", new { })).Status.ShouldBe(204);
        await Eventually.HoldsAsync(
            async () =>
            {
                await host.Services.GetRequiredService<ShreddingRun>().StepAsync(CancellationToken.None);
                return (string?)(await host.SeeAsync($"/shreddings/{id}")).Body!["state"] == "done";
            },
            "the keys are shredded");
        return host;
    }

    public static async Task<string> PruningProposedAsync(this AuditHost host)
    {
        (int status, string code, JsonNode? body) = await host.DoAsync("paul", "/prunings", new { basis = "Art. 5(1)(e) GDPR" });
        (status, code).ShouldBe((201, ""));
        return (string)body!["id"]!;
    }

    public static async Task<string> PruningApprovedAsync(this AuditHost host)
    {
        string id = await host.PruningProposedAsync();
        (await host.DoAsync("anna", $"/prunings/{id}/approve", new { })).Status.ShouldBe(204);
        (await host.DoAsync("berta", $"/prunings/{id}/approve", new { })).Status.ShouldBe(204);
        return id;
    }

    public static Task PruningDoneAsync(this AuditHost host, string id) => Eventually.HoldsAsync(
        async () =>
        {
            await host.Services.GetRequiredService<PruningRun>().StepAsync(CancellationToken.None);
            return await host.PruningStateAsync(id) == "done";
        },
        "it is pruned");

    public static async Task<string> PruningStateAsync(this AuditHost host, string id) =>
        (string)(await host.SeeAsync("/prunings")).Body!["prunings"]!
        .AsArray().Single(one => (string?)one!["id"] == id)!["state"]!;

    public static async Task<JsonNode> PruningHealthAsync(this AuditHost host) => JsonNode.Parse(
        await (await host.SendAsync(HttpMethod.Get, "/health/ready")).Content.ReadAsStringAsync())!["checks"]!["pruning"]!;
}
