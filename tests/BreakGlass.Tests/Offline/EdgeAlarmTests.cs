using System.Net;
using System.Text.Json.Nodes;
using AccessGov.BreakGlass.Offline;
using AccessGov.Testing;
using Npgsql;
using static AccessGov.BreakGlass.Tests.Spec;

namespace AccessGov.BreakGlass.Tests.Offline;

/// <summary>An alarm of an edge waits until somebody has looked and says what they found.</summary>
public sealed class EdgeAlarmTests : OfflineTests
{
    private static readonly EmergencyEdgeAlarmRaised Raised = new("radiology", "use_forged", Spec.Now, 3);
    private static readonly EmergencyEdgeAlarmSettled Settled = new("radiology", "use_forged", "eva", "A stolen laptop.", Spec.Now);

    [Fact]
    public void It_is_settled_once_with_what_was_found_and_is_raised_again_after_that()
    {
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, Raised).When(state => Settle(state)).Then(Settled);
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, Raised).When(state => Settle(state, findings: " "))
            .ThenRefused("findings_required", 400);
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, Raised).When(state => Settle(state, "journal_broken"))
            .ThenRefused("edge_alarm_unknown", 404);
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, Raised, Settled).When(state => Settle(state)).ThenNothing();
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, Raised, Settled).When(state => Settle(state, by: "bob"))
            .ThenRefused("edge_alarm_settled", 409);
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, Raised, Settled)
            .When(state => EdgeDay.Alarm(state, "radiology", "use_forged", Spec.Now, 3)).Then(Raised);
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, Raised, Settled, Raised).When(state => Settle(state, by: "bob", raised: 2))
            .Then(Settled with { By = "bob" });
    }

    [Fact]
    public void Findings_are_about_what_was_seen_and_none_are_dropped_without_a_word()
    {
        // Whoever looked before it was raised again has not seen what came since.
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, Raised, Settled, Raised).When(state => Settle(state, by: "bob"))
            .ThenRefused("edge_alarm_raised_again", 409);
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, Raised).When(state => Settle(state, raised: 2))
            .ThenRefused("edge_alarm_raised_again", 409);

        // What was said is a retry also when it was raised again meanwhile; other words of the same person are not.
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, Raised, Settled, Raised).When(state => Settle(state)).ThenNothing();
        Given<EdgeDay, EdgeEvent>(EdgeDay.Streams, Raised, Settled).When(state => Settle(state, findings: "No, a tester."))
            .ThenRefused("edge_alarm_settled", 409);
    }

    [Fact]
    [Trait("Requirement", "S71")]
    public async Task Whoever_judges_sees_from_where_it_came_and_settles_it()
    {
        await Hospital.MergeAsync(Journal.Refused("use_forged", Now).Refused("use_forged", Now.AddSeconds(1)));
        string day = EdgeDay.DayOf(Now), path = $"/emergency-edges/radiology/days/{day}";
        JsonNode shown = await Host.GetAsync(path, "eva");
        shown["open"]!.AsArray().Select(alarm => (alarm!["code"]!.GetValue<string>(), alarm["raised"]!.GetValue<int>()))
            .ShouldBe([("use_forged", 1)]);
        JsonNode refused = shown["history"]!.AsArray().Single(step => step!["name"]!.GetValue<string>() == "emergency_capability_refused")!;
        (refused["data"]!["times"]!.GetValue<int>(), refused["data"]!["address"]!.GetValue<string>()).ShouldBe((2, "10.0.0.9"));
        await ListedAsync(settledBy: null);

        using HttpResponseMessage nothing =
            await Host.PostAsync($"{path}/settle", "eva", new { code = "use_forged", findings = "", raised = 1 });
        await Refusal.ShouldBeAsync(nothing, 400, "findings_required");
        using HttpResponseMessage settled =
            await Host.PostAsync($"{path}/settle", "eva", new { code = "use_forged", findings = "A stolen laptop.", raised = 1 });
        settled.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await ListedAsync(settledBy: "eva");
        (await Host.GetAsync(path, "eva"))["open"]!.AsArray().ShouldBeEmpty();

        await Hospital.MergeAsync(Journal.Refused("use_forged", Now), 3);
        await ListedAsync(settledBy: null);
        using HttpResponseMessage late =
            await Host.PostAsync($"{path}/settle", "bob", new { code = "use_forged", findings = "Nothing.", raised = 1 });
        await Refusal.ShouldBeAsync(late, 409, "edge_alarm_raised_again");
        using HttpResponseMessage elsewhere = await Host.SendAsync(HttpMethod.Get, "/emergency-edges/radiology/days/20200101", "eva");
        await Refusal.ShouldBeAsync(elsewhere, 404, "edge_alarm_unknown");
    }

    [Fact]
    [Trait("Requirement", "S71")]
    public async Task The_day_shows_all_runs_of_refusals_and_how_often_in_all()
    {
        string path = $"/emergency-edges/radiology/days/{EdgeDay.DayOf(Now)}";
        Journal.Refused("use_forged", Now).Started(Now).Refused("use_forged", Now).Refused("capability_expired", Now).Started(Now)
            .Refused("capability_expired", Now);
        await Hospital.MergeAsync(Journal);
        JsonNode shown = null!;
        await Eventually.HoldsAsync(
            async () => (shown = await Host.GetAsync(path, "eva"))["refused"]!.AsArray().Sum(one => one!["times"]!.GetValue<int>()) == 4,
            "all are counted");
        shown["refused"]!.AsArray().Select(one => (one!["code"]!.GetValue<string>(), one["times"]!.GetValue<int>()))
            .ShouldBe([("capability_expired", 2), ("use_forged", 2)]);
        shown["history"]!.AsArray().Where(step => step!["name"]!.GetValue<string>() == "emergency_capability_refused")
            .Select(step => (step!["data"]!["sequence"]!.GetValue<int>(), step["data"]!["code"]!.GetValue<string>()))
            .ShouldBe([(1, "use_forged"), (3, "use_forged"), (4, "capability_expired"), (6, "capability_expired")]);

        // Two days later there is nothing else.
        Host.Clock.Advance(TimeSpan.FromDays(2));
        await Hospital.MergeAsync(Journal.Refused("capability_expired", Now), 7);
        string alone = $"/emergency-edges/radiology/days/{EdgeDay.DayOf(Now)}";
        await Eventually.HoldsAsync(
            async () =>
            {
                using HttpResponseMessage day = await Host.SendAsync(HttpMethod.Get, alone, "eva");
                return day.IsSuccessStatusCode;
            }, "a day of which nothing but a refusal is known is shown");

        // A day later they are not that day's.
        Host.Clock.Advance(TimeSpan.FromDays(1));
        await Hospital.MergeAsync(Journal.Started(Now).Refused("use_forged", Now), 7);
        string next = $"/emergency-edges/radiology/days/{EdgeDay.DayOf(Now)}";
        await Eventually.HoldsAsync(
            async () => (await Host.GetAsync(next, "eva"))["refused"]!.AsArray().Sum(one => one!["times"]!.GetValue<int>()) == 1,
            "the next day has its own");
        (await Host.GetAsync(path, "eva"))["refused"]!.AsArray().Sum(one => one!["times"]!.GetValue<int>()).ShouldBe(4);
    }

    [Theory]
    [InlineData("/emergency-edges/north/days/ward-20261128")]
    [InlineData("/emergency-edges/radiology/days/2026-11-28")]
    [InlineData("/emergency-edges/radiology/days/20261131")]
    public async Task A_day_is_written_as_one(string path)
    {
        using HttpResponseMessage read = await Host.SendAsync(HttpMethod.Get, path, "eva");
        await Refusal.ShouldBeAsync(read, 400, "day_malformed");
        using HttpResponseMessage settled =
            await Host.PostAsync($"{path}/settle", "eva", new { code = "use_forged", findings = "x", raised = 1 });
        await Refusal.ShouldBeAsync(settled, 400, "day_malformed");
    }

    [Fact]
    public async Task Health_names_an_edge_that_is_silent_and_one_whose_journal_waits()
    {
        (await HealthAsync()).ShouldNotContain("too long");
        await AskAsync(lines: 0);
        Host.Clock.Advance(TimeSpan.FromMinutes(9));
        (await HealthAsync()).ShouldNotContain("too long");
        Host.Clock.Advance(TimeSpan.FromMinutes(1));
        (await HealthAsync()).ShouldContain("the edge radiology was not heard for too long");

        // It is heard again, and has lines that do not come.
        await AskAsync(lines: 2);
        (await HealthAsync()).ShouldNotContain("the edge radiology was not heard");
        Host.Clock.Advance(TimeSpan.FromMinutes(10));
        await AskAsync(lines: 3);
        (await HealthAsync()).ShouldContain("3 lines of the edge radiology are not taken over");
        JsonNode edge = (await Host.GetAsync("/emergency-edges", "eva"))["edges"]!.AsArray()
            .Single(one => one!["edge"]!.GetValue<string>() == "radiology")!;
        (edge["waiting"]!.GetValue<bool>(), edge["silent"]!.GetValue<bool>(), edge["lines"]!.GetValue<int>()).ShouldBe((true, false, 3));

        await Hospital.MergeAsync(Journal.Started(Now).Started(Now).Started(Now));
        (await HealthAsync()).ShouldNotContain("are not taken over");
        await AskAsync(lines: 3);
        await AskAsync(lines: 4);
        (await HealthAsync()).ShouldNotContain("are not taken over", Case.Sensitive, "it waits since now, and not since before");

        // All came, and the next was written before it was heard again: that waits since then.
        Host.Clock.Advance(TimeSpan.FromMinutes(9));
        await Hospital.MergeAsync(Journal.Started(Now), 4);
        Host.Clock.Advance(TimeSpan.FromMinutes(9));
        await AskAsync(lines: 6);
        (await HealthAsync()).ShouldNotContain("are not taken over");
        Host.Clock.Advance(TimeSpan.FromMinutes(10));
        await AskAsync(lines: 6);
        (await HealthAsync()).ShouldContain("2 lines of the edge radiology are not taken over");
    }

    [Fact]
    public async Task Edges_are_told_what_was_taken_back_when_nothing_can_be_written_down()
    {
        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(Host.Superuser);
        await using NpgsqlCommand fill = superuser.CreateCommand(
            """
            create function break_glass.full_disk() returns trigger language plpgsql as
                $$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$;
            create trigger full_disk before insert or update on break_glass.emergency_edge execute function break_glass.full_disk()
            """);
        await fill.ExecuteNonQueryAsync();
        await AskAsync(lines: 1);
    }

    private static EventSourcing.Outcome<EdgeEvent> Settle(
        EdgeDay state, string code = "use_forged", string by = "eva", string findings = "A stolen laptop.", long raised = 1) =>
        SettleEdgeAlarm.Decide(state, "radiology", by, new SettleEdgeAlarm.Command(code, findings, raised), Spec.Now);

    private Task ListedAsync(string? settledBy) => Eventually.HoldsAsync(
        async () => (await Host.GetAsync("/emergency-edges", "eva"))["alarms"]!.AsArray() is [{ } alarm]
            && alarm["code"]!.GetValue<string>() == "use_forged" && alarm["settledBy"]?.GetValue<string>() == settledBy,
        $"the alarm is listed, settled by {settledBy ?? "nobody"}");

    private async Task AskAsync(long lines)
    {
        using HttpResponseMessage answer = await Host.SendAsync(
            HttpMethod.Get, $"/emergency-capabilities/revoked?edge=radiology&lines={lines}", OfflineHospital.Client);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<string> HealthAsync()
    {
        using HttpResponseMessage answer = await Host.Client.GetAsync("/health/ready");
        return await answer.Content.ReadAsStringAsync();
    }
}
