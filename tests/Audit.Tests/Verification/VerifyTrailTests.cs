using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using static AccessGov.Audit.Tests.Verification.VerifiedTrails;

namespace AccessGov.Audit.Tests.Verification;

/// <summary>The service looks at its own trail with an auditor's eyes, and says what it sees.</summary>
public sealed class VerifyTrailTests
{
    [Fact]
    public async Task A_trail_that_is_as_it_was_signed_is_reported_as_that()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        await host.AddAsync([.. Enumerable.Range(0, 300).Select(_ => Records.View())]);
        (await StepAsync(host)).ShouldBeFalse("it is not time yet");

        await NextDayAsync(host, clock);

        JsonNode health = await HealthAsync(host);
        ((string?)health["status"], (long)health["data"]!["throughLeaf"]!).ShouldBe(("healthy", 299L));
        DateTimeOffset last = (DateTimeOffset)health["data"]!["last"]!;
        (clock.GetUtcNow() - last).ShouldBeLessThan(TimeSpan.FromMinutes(5));
        ((DateTimeOffset)health["data"]!["whole"]!).ShouldBe(last);
        (await StepAsync(host)).ShouldBeFalse("once a day is enough");
        await host.AddAsync(Records.View());
        Told(host).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Requirement", "S90")]
    public async Task A_byte_that_was_flipped_in_an_old_bundle_is_found_within_the_week_and_alerted_once()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        await host.AddAsync([.. Enumerable.Range(0, 600).Select(_ => Records.View())]);
        await NextDayAsync(host, clock);
        int at = Flip(host, "tile/entries/000", 7);

        // What was good yesterday is not read again every day.
        await NextDayAsync(host, clock);
        ((string?)(await HealthAsync(host))["status"]).ShouldBe("healthy");

        clock.Advance(TimeSpan.FromDays(6));
        await NextDayAsync(host, clock);
        JsonNode health = await HealthAsync(host);
        ((string?)health["status"], (string?)health["data"]!["found"], (long)health["data"]!["firstBad"]!)
            .ShouldBe(("degraded", "entry_changed", 7L));
        await NextDayAsync(host, clock);
        await host.AddAsync(Records.View());
        Told(host).ShouldBe(["trail.differs security_alert entry_changed Entry::7"]);

        FlipAt(host, "tile/entries/000", at);
        await NextDayAsync(host, clock);
        ((string?)(await HealthAsync(host))["status"]).ShouldBe("healthy");
        await host.AddAsync(Records.View());
        Told(host)[^1].ShouldBe("trail.verified administer  Trail::checkpoint");
    }

    [Fact]
    public async Task What_was_changed_since_yesterday_is_found_today()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        await host.AddAsync([.. Enumerable.Range(0, 300).Select(_ => Records.View())]);
        await NextDayAsync(host, clock);
        await host.AddAsync([.. Enumerable.Range(0, 300).Select(_ => Records.View())]);
        Flip(host, "tile/entries/001", 500);
        await NextDayAsync(host, clock);

        ((long)(await HealthAsync(host))["data"]!["firstBad"]!).ShouldBe(500);

        // As long as something is wrong the whole trail is looked at each time.
        Flip(host, "tile/entries/000", 7);
        await NextDayAsync(host, clock);
        ((long)(await HealthAsync(host))["data"]!["firstBad"]!).ShouldBe(7);
    }

    [Fact]
    public async Task A_trail_that_does_not_begin_with_what_was_verified_before_is_another_one()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        await host.AddAsync([.. Enumerable.Range(0, 3).Select(_ => Records.View())]);
        await NextDayAsync(host, clock);
        await host.ExecuteAsync("update trail.verification set root = sha256('another trail'), through = 2");
        await NextDayAsync(host, clock);
        ((string?)(await HealthAsync(host))["data"]!["found"]).ShouldBe("history_changed");

        await host.ExecuteAsync("update trail.verification set through = 1000");
        await NextDayAsync(host, clock);
        ((string?)(await HealthAsync(host))["data"]!["found"]).ShouldBe("history_changed", "it was cut off");
    }

    [Fact]
    public async Task A_checkpoint_that_is_gone_is_found()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        await host.AddAsync(Records.View());
        await NextDayAsync(host, clock);
        File.Delete(Path.Combine(host.TrailDirectory, "checkpoint"));
        await NextDayAsync(host, clock);

        JsonNode health = await HealthAsync(host);
        ((string?)health["status"], (string?)health["data"]!["found"]).ShouldBe(("degraded", "checkpoint_missing"));
    }

    [Fact]
    public async Task What_a_wrong_clock_said_holds_nothing_up()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        await host.AddAsync(Records.View());
        await NextDayAsync(host, clock);
        await host.ExecuteAsync("update trail.verification set since = '2999-01-01', verified_at = '2999-01-01', whole_at = '2999-01-01'");
        ((string?)(await HealthAsync(host))["data"]!["overdue"]).ShouldBe("latest", "what is to come is not believed");
        await Eventually.HoldsAsync(
            async () => await StepAsync(host)
                || await host.AskAsync<bool>("select verified_at < '2999-01-01' and whole_at < '2999-01-01' from trail.verification"),
            "it is verified");
        ((string?)(await HealthAsync(host))["status"]).ShouldBe("healthy");
        (await host.AskAsync<bool>("select verified_at < '2999-01-01' and whole_at < '2999-01-01' from trail.verification")).ShouldBeTrue();
    }

    [Fact]
    public async Task By_a_clock_that_differs_from_the_databases_nothing_is_verified()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(
            settings: new Dictionary<string, string?>(Daily, StringComparer.Ordinal) { ["Audit:ClockDifferenceMax"] = "00:00:05" },
            clock: clock);
        await ThoughtOfAsync(host);
        clock.Advance(TimeSpan.FromDays(2));
        await Eventually.HoldsAsync(
            async () => await Record.ExceptionAsync(() => StepAsync(host)) is ClockDiffersException, "it says why");
        (await host.AskAsync<bool>("select verified_at is null from trail.verification")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_may_be_missing_when_its_key_was_shredded_and_not_else()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        JsonElement report = JsonSerializer.SerializeToElement(new { report = new string('x', 20_000) });
        await host.AddAsync(Records.View() with { PatientDetails = report });
        JsonNode field = host.Leaves()[0]["sealed"]![0]!;
        File.Delete(TrailWriter.BlobPath(host.TrailDirectory, (string)field["blob"]!));
        await NextDayAsync(host, clock);
        JsonNode health = await HealthAsync(host);
        ((string?)health["data"]!["found"], (long)health["data"]!["firstBad"]!).ShouldBe(("blob_missing", 0L));

        await host.ExecuteAsync($"insert into trail.shredded_key values ('{(string)field["kid"]!}', 'patient', gen_random_uuid())");
        await NextDayAsync(host, clock);
        ((string?)(await HealthAsync(host))["status"]).ShouldBe("healthy");
    }

    [Fact]
    public async Task A_verification_that_is_overdue_is_shown()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        await ThoughtOfAsync(host);
        clock.Advance(TimeSpan.FromDays(3));
        JsonNode health = await HealthAsync(host);
        ((string?)health["status"], (string?)health["data"]!["overdue"]).ShouldBe(("degraded", "latest"));
    }

    [Fact]
    public async Task A_whole_verification_that_was_missed_is_shown_though_each_day_was_verified()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        await host.AddAsync(Records.View());
        await NextDayAsync(host, clock);
        await host.ExecuteAsync("update trail.verification set whole_at = whole_at - interval '7 days'");
        ((string?)(await HealthAsync(host))["status"]).ShouldBe("healthy", "it has a day");
        await host.ExecuteAsync("update trail.verification set whole_at = whole_at - interval '2 days'");
        JsonNode health = await HealthAsync(host);
        ((string?)health["status"], (string?)health["data"]!["overdue"]).ShouldBe(("degraded", "whole"));
    }

    /// <summary>Changes the session of a leaf by one bit; answers where.</summary>
    private static int Flip(AuditHost host, string file, int leaf)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(host.TrailDirectory, file));
        byte[] before = Encoding.ASCII.GetBytes($"\"seq\":{leaf},\"session\":\"");
        int at = bytes.AsSpan().IndexOf(before) + before.Length;
        FlipAt(host, file, at);
        return at;
    }

    private static void FlipAt(AuditHost host, string file, int at)
    {
        string path = Path.Combine(host.TrailDirectory, file);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private static string[] Told(AuditHost host) =>
    [
        .. host.Leaves().Where(leaf => ((string)leaf["kind"]!).StartsWith("trail.", StringComparison.Ordinal))
            .Select(leaf => $"{leaf["kind"]} {leaf["action"]} {leaf["reason"]} {leaf["object"]!["resource"]}"),
    ];
}
