using AccessGov.Audit.Ingest;
using AccessGov.Audit.Retention;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

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

    [Fact]
    public async Task What_was_taken_in_before_the_approval_gets_its_place_under_the_old_keys_first()
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: Never);
        long sequence = (await host.AddAsync(Records.View("p-1")))[0];

        // Whoever asks for the lock gets it as soon as the first process ends, and the second gives no event its place.
        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(host.Superuser);
        await using NpgsqlConnection leader = await superuser.OpenConnectionAsync();
        await using var lead = new NpgsqlCommand($"select pg_advisory_lock({Sequencer.LeaderLock})", leader);
        Task leading = lead.ExecuteNonQueryAsync();
        await Eventually.HoldsAsync(
            async () => await host.AskAsync<long>("select count(*) from pg_locks where locktype = 'advisory' and not granted") > 0,
            "the lock is asked for");
        await using AuditHost again = await host.AgainAsync();
        await leading;
        AuditRecord late = Records.View("p-1");
        await again.Intake.AcceptAsync("pacs", [late], CancellationToken.None);
        string id = await again.ShredAsync(new { patient = "p-1", ground = "test_data", basis = "none", exception = "x" });

        (await again.Services.GetRequiredService<ShreddingRun>().StepAsync(CancellationToken.None)).ShouldBeFalse();
        (await again.AskAsync<string>("select state from trail.shredding")).ShouldBe("approved");

        await using (var leave = new NpgsqlCommand($"select pg_advisory_unlock({Sequencer.LeaderLock})", leader))
        {
            await leave.ExecuteNonQueryAsync();
        }

        await StepAsync(again);
        ((string?)(await again.SeeAsync($"/shreddings/{id}")).Body!["state"]).ShouldNotBeOneOf("approved", "stopped");
        long lateSequence = again.Leaves().Single(leaf => (string?)leaf["event_id"] == late.EventId)["seq"]!.GetValue<long>();
        (await again.StatesAsync(sequence)).ShouldBe([FieldState.Shredded]);
        (await again.StatesAsync(lateSequence)).ShouldBe([FieldState.Shredded]);
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
