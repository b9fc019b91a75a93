using System.Text.Json.Nodes;
using AccessGov.Audit.Verification;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Verification;

/// <summary>Trails that are verified when a test says that a day is over.</summary>
internal static class VerifiedTrails
{
    public static readonly Dictionary<string, string?> Daily = new(StringComparer.Ordinal)
    {
        ["Audit:VerifyEvery"] = "1.00:00:00", ["Audit:VerifyWholeEvery"] = "7.00:00:00",
    };

    public static Task<bool> StepAsync(AuditHost host) =>
        host.Services.GetRequiredService<VerifyTrail>().StepAsync(CancellationToken.None);

    /// <summary>Waits until the service's own look is over: it may be the first, and only one looks at a time.</summary>
    public static Task ThoughtOfAsync(AuditHost host) => Eventually.HoldsAsync(
        async () => await host.AskAsync<long>("select count(*) from trail.verification") == 1, "it is thought of");

    public static async Task NextDayAsync(AuditHost host, ShiftedClock clock)
    {
        await ThoughtOfAsync(host);
        clock.Advance(TimeSpan.FromDays(1));
        DateTimeOffset now = clock.GetUtcNow();
        await Eventually.HoldsAsync(
            async () => await StepAsync(host)
                || await host.AskAsync<DateTime>("select coalesce(verified_at, since) from trail.verification") >= now.UtcDateTime,
            "it is verified");
    }

    public static async Task<JsonNode> HealthAsync(AuditHost host) => JsonNode.Parse(
        await (await host.SendAsync(HttpMethod.Get, "/health/ready")).Content.ReadAsStringAsync())!["checks"]!["trail-verification"]!;

    /// <summary>What was found, and the first leaf that is bad.</summary>
    public static async Task<(string? Code, long? Leaf)> FoundAsync(AuditHost host)
    {
        JsonNode data = (await HealthAsync(host))["data"]!;
        return ((string?)data["found"], (long?)data["firstBad"]);
    }
}
