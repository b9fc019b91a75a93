using System.Net;
using System.Text.Json.Nodes;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Tests.Trail;

/// <summary>What was sent long ago is not compared with what is sent now, and not kept either.</summary>
public sealed class SentEventsTests
{
    [Fact]
    public async Task All_that_is_older_than_the_setting_is_forgotten_however_much_it_is()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        var clock = new ShiftedClock();
        await host.ExecuteAsync(
            $"""
            insert into trail.sent select sha256(n::text::bytea), now() - interval '36 days' - n * interval '1 second'
            from generate_series(1, {(2 * SentEvents.Portion) + 1}) n;
            insert into trail.sent select sha256(('young' || n)::bytea), now() - interval '34 days' from generate_series(1, 7) n
            """);
        SentEvents sent = Sent(host, clock, TimeSpan.FromDays(35), TimeSpan.FromDays(36500));

        (await sent.ForgetAsync(CancellationToken.None)).ShouldBe((2 * SentEvents.Portion) + 1);
        (await host.AskAsync<long>("select count(*) from trail.sent")).ShouldBe(7);
        (await sent.ForgetAsync(CancellationToken.None)).ShouldBe(0);

        clock.Advance(TimeSpan.FromDays(2));
        (await sent.ForgetAsync(CancellationToken.None)).ShouldBe(7);
    }

    [Fact]
    public async Task By_a_clock_that_is_wrong_nothing_is_forgotten()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await host.ExecuteAsync("insert into trail.sent values (sha256('x'), now())");
        var ahead = new ShiftedClock();
        ahead.Advance(TimeSpan.FromDays(40));

        await Should.ThrowAsync<ClockDiffersException>(
            () => Sent(host, ahead, TimeSpan.FromDays(35), TimeSpan.FromSeconds(5)).ForgetAsync(CancellationToken.None));
        (await host.AskAsync<long>("select count(*) from trail.sent")).ShouldBe(1);
    }

    [Fact]
    public async Task What_comes_again_within_the_time_is_known_and_later_is_new()
    {
        var clock = new ShiftedClock();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Audit:RepeatedWithin"] = "1.00:00:00", ["Audit:Retention:LookEvery"] = "00:00:00.050",
            ["Audit:Retention:WorkEvery"] = "00:00:00.050",
        };
        await using AuditHost host = await AuditHost.StartAsync(settings: settings, clock: clock);
        var scan = new { event_id = "scan-1", occurred_at = clock.GetUtcNow(), action = "view", outcome = "success", actor = "ada" };
        await PostAsync(host, scan);
        clock.Advance(TimeSpan.FromHours(23));
        await PostAsync(host, scan);
        await host.AddAsync(Records.View());
        Scans(host).ShouldBe(1);

        clock.Advance(TimeSpan.FromHours(2));
        await Eventually.HoldsAsync(
            async () => await host.AskAsync<long>(
                "select count(*) from trail.sent where received_at < now() + interval '20 hours'") == 0, "it is not known any more");
        await PostAsync(host, scan);
        await host.AddAsync(Records.View());
        Scans(host).ShouldBe(2);
    }

    private static async Task PostAsync(AuditHost host, object @event)
    {
        using HttpResponseMessage answer = await host.PostAsync("/events", @event);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    private static int Scans(AuditHost host) => host.Leaves().Count((JsonNode leaf) => (string?)leaf["event_id"] == "scan-1");

    private static SentEvents Sent(AuditHost host, TimeProvider clock, TimeSpan within, TimeSpan differenceMax) => new(
        host.Services.GetRequiredService<TrailDatabase>(),
        Options.Create(new AuditOptions { RepeatedWithin = within, ClockDifferenceMax = differenceMax }), clock);
}
