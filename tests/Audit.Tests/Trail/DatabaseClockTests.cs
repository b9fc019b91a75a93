using System.Globalization;
using System.Text.Json.Nodes;
using AccessGov.Audit.Trail;
using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Trail;

/// <summary>A clock that is wrong marks nothing.</summary>
public sealed class DatabaseClockTests
{
    private static readonly DateTimeOffset At = Records.At;

    [Fact]
    public void What_the_question_took_is_no_difference()
    {
        DatabaseClock.Difference(At, At.AddSeconds(3), At.AddSeconds(9)).ShouldBe(TimeSpan.Zero);
        DatabaseClock.Difference(At, At.AddSeconds(-3), At.AddSeconds(9)).ShouldBe(TimeSpan.FromSeconds(3));
        DatabaseClock.Difference(At, At.AddSeconds(12), At.AddSeconds(9)).ShouldBe(TimeSpan.FromSeconds(-3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [Trait("Requirement", "S42")]
    public async Task By_a_clock_that_differs_from_the_databases_nothing_gets_its_place_until_it_is_right(int days)
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(
            settings: new Dictionary<string, string?> { ["Audit:ClockDifferenceMax"] = "00:00:05" }, clock: clock);
        await host.Intake.AcceptAsync("pacs", [Records.View(id: "before")], CancellationToken.None);
        await PublishedTrail.HasAsync(host, 1);
        clock.Advance(TimeSpan.FromDays(days));
        await Eventually.HoldsAsync(async () => (await HealthAsync(host)).Contains("seconds apart"), "health says so");
        await host.Intake.AcceptAsync("pacs", [Records.View(id: "meanwhile")], CancellationToken.None);
        PublishedTrail.CheckpointOf(host.TrailDirectory).Size.ShouldBe(1);

        clock.Advance(TimeSpan.FromDays(-days));

        IReadOnlyList<JsonNode> leaves = await PublishedTrail.HasAsync(host, 2);
        DateTimeOffset received = DateTimeOffset.Parse((string)leaves[1]["recv_ts"]!, CultureInfo.InvariantCulture);
        received.ShouldBeLessThan(DateTimeOffset.UtcNow.AddMinutes(1));
        received.ShouldBeGreaterThanOrEqualTo(DateTimeOffset.Parse((string)leaves[0]["recv_ts"]!, CultureInfo.InvariantCulture));
        await Eventually.HoldsAsync(async () => !(await HealthAsync(host)).Contains("seconds apart"), "and that it is over");
    }

    private static async Task<string> HealthAsync(AuditHost host)
    {
        using HttpResponseMessage answer = await host.Client.GetAsync("/health/ready");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!["trail"]!.ToJsonString();
    }
}
