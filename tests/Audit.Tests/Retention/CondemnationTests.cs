using AccessGov.Audit.Retention;
using AccessGov.Audit.Sealing;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Retention;

/// <summary>What was right when it was approved is looked at again when keys are taken away.</summary>
public sealed class CondemnationTests
{
    private static readonly Dictionary<string, string?> Never = new(StringComparer.Ordinal)
    {
        ["Audit:Retention:WorkEvery"] = "01:00:00", ["Audit:Retention:LookEvery"] = "1.00:00:00",
    };

    [Fact]
    public async Task A_class_that_keeps_longer_since_the_approval_stops_the_shredding()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Never, clock: clock);
        (string id, long sequence) = await ApprovedAsync(host, clock);
        await using AuditHost again = await host.AgainAsync(settings:
            [("Audit:Retention:Classes:access:Basis", "A new law"), ("Audit:Retention:Classes:access:KeepYears", "30")]);
        await StepAsync(again);
        ((string?)(await again.SeeAsync($"/shreddings/{id}")).Body!["state"]).ShouldBe("stopped");
        (await again.StatesAsync(sequence)).ShouldBe([FieldState.Opened]);
        (await again.ToldAsync($"Shredding::{id}", 4))[^1].ShouldBe("shredding.stopped");
    }

    [Fact]
    public async Task A_hold_on_all_of_it_since_the_approval_stops_the_shredding()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Never, clock: clock);
        (string id, long sequence) = await ApprovedAsync(host, clock);
        (await host.DoAsync("lena", "/legal-holds", new { @class = "access", reason = "Lawsuit" })).Status.ShouldBe(201);
        await StepAsync(host);
        ((string?)(await host.SeeAsync($"/shreddings/{id}")).Body!["state"]).ShouldBe("stopped");
        (await host.StatesAsync(sequence)).ShouldBe([FieldState.Opened]);
    }

    [Fact]
    public async Task What_is_as_it_was_is_shredded()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Never, clock: clock);
        (string id, long sequence) = await ApprovedAsync(host, clock);
        await StepAsync(host);
        ((string?)(await host.SeeAsync($"/shreddings/{id}")).Body!["state"]).ShouldBeOneOf("condemned", "recorded", "destroyed", "done");
        (await host.StatesAsync(sequence)).ShouldBe([FieldState.Shredded]);
    }

    private static async Task<(string Id, long Sequence)> ApprovedAsync(AuditHost host, ShiftedClock clock)
    {
        long sequence = (await host.AddAsync(Records.View()))[0];
        int year = clock.GetUtcNow().Year;
        clock.AdvanceToYear(year + 7);
        return (await host.ShredAsync(new { @class = "access", year, basis = "x" }), sequence);
    }

    private static Task StepAsync(AuditHost host) => Eventually.HoldsAsync(
        () => host.Services.GetRequiredService<ShreddingRun>().StepAsync(CancellationToken.None), "a step is done");
}
