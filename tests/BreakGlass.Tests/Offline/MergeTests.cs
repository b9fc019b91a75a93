using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.BreakGlass.Evidence;
using AccessGov.EmergencyCapabilities;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using V1 = AccessGov.Contracts.BreakGlass.V1;

namespace AccessGov.BreakGlass.Tests.Offline;

/// <summary>What an edge's journal tells becomes cases, once, with the true times.</summary>
public sealed class MergeTests : OfflineTests
{
    [Fact]
    [Trait("Requirement", "S32")]
    public async Task A_use_is_a_case_with_its_true_time_which_is_judged_from_the_merge_on()
    {
        Promised promised = await Hospital.PromiseAsync("ada");
        EmergencyUse use = promised.Use("p-1", Host.Clock.GetUtcNow());
        // It begins when it reached the edge.
        DateTimeOffset at = use.At.AddSeconds(40);
        Journal.Started(use.At).Used(promised, use, at);
        Host.Clock.Advance(TimeSpan.FromHours(3));
        DateTimeOffset before = Host.Clock.GetUtcNow();
        JsonNode merged = await Hospital.MergeAsync(Journal);
        merged["through"]!.GetValue<long>().ShouldBe(2);
        merged["ended"]!.AsArray().ShouldBeEmpty();

        JsonNode found = await Hospital.CaseAsync(use.Id.ToString());
        Said(found, "person", "patient", "role", "invokerRole", "reasonCode", "reason", "state").ShouldBe(
            ["ada", "p-1", "emergency-reader", "emergency-physician", "ETREAT", "Unconscious", "active"]);
        Instant(found["invokedAt"]).ShouldBe(at);
        Instant(found["until"]).ShouldBe(at.AddHours(4));
        Instant(found["reviewDue"]).ShouldBeInRange(before.AddHours(24), before.AddHours(24).AddMinutes(1));
        Said(found["offline"]!, "edge", "capability").ShouldBe(["radiology", promised.Id]);
        found["offline"]!["faults"]!.AsArray().ShouldBeEmpty();
        found["history"]!.AsArray()[0]!["by"]!.GetValue<string>().ShouldBe("ada");

        await Eventually.HoldsAsync(
            async () => (await Host.GetAsync($"/emergency-alerts?caseId={use.Id}", "eva"))["alerts"]!.AsArray().Count == 2, "two are told");
        await Eventually.HoldsAsync(
            async () => (await Host.GetAsync("/emergency-cases?state=active", "eva"))["cases"]!.AsArray()
                .Any(one => one!["edge"]?.GetValue<string>() == "radiology"), "the list says where it was");
        (await Hospital.CountAsync(
            $"select count(*) from break_glass.emergency_alert where note like '%radiology%' and case_id = '{use.Id}'"))
            .ShouldBe(2);
    }

    [Fact]
    public async Task Merged_twice_or_by_two_at_once_it_is_there_once()
    {
        Promised promised = await Hospital.PromiseAsync("ada");
        EmergencyUse[] uses = [.. Enumerable.Range(0, 3).Select(i => promised.Use($"p-{i}", Host.Clock.GetUtcNow()))];
        foreach (EmergencyUse use in uses)
        {
            Journal.Used(promised, use).Opened(use, "study.view", "1.2.3", use.At.AddSeconds(5))
                .Ended(use, "clinician", use.At.AddMinutes(1));
        }

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Hospital.SendLinesAsync(1, Journal.Lines)));
        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        (await Hospital.MergeAsync(Journal))["through"]!.GetValue<long>().ShouldBe(9);
        foreach (EmergencyUse use in uses)
        {
            Names(await Hospital.CaseAsync(use.Id.ToString())).ShouldBe(
                ["emergency_access_invoked", "emergency_images_opened_offline", "emergency_access_ended"]);
        }

        (await Hospital.CountAsync("select count(*) from break_glass.edge_journal")).ShouldBe(9);
        (await Hospital.CountAsync("select count(*) from break_glass.mt_events where stream_id like 'emergency-edge-%'")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_missing_or_was_changed_is_not_taken_over_and_alarms_once()
    {
        Journal.Started(Host.Clock.GetUtcNow()).Refused("capability_expired", Host.Clock.GetUtcNow()).Started(Host.Clock.GetUtcNow());
        await DiffersAsync(2, Journal.Lines.Skip(1), "journal_gap", 1);

        // What stands before the change is taken over.
        string[] changed = [Journal.Lines[0], Journal.Lines[1].Replace("expired", "forged", StringComparison.Ordinal), Journal.Lines[2]];
        await DiffersAsync(1, changed, "journal_broken", 3);
        await DiffersAsync(3, changed.Skip(2), "journal_broken", 3);
        await DiffersAsync(1, Journal.Lines, "journal_broken", 2);
        await DiffersAsync(1, new EdgeJournal().Started(Host.Clock.GetUtcNow().AddDays(1)).Lines, "journal_broken", 1);
        await DiffersAsync(3, ["no json"], "journal_broken", 3);
        await Eventually.HoldsAsync(
            async () => await Hospital.CountAsync(
                "select count(*) from break_glass.emergency_alert where reason_code = 'journal_broken' and person = 'radiology'")
                == 1, "security is told");
        (await Hospital.CountAsync("select count(*) from break_glass.mt_events where type = 'emergency_edge_journal_broken'")).ShouldBe(1);
    }

    [Fact]
    public async Task Lines_are_an_edges_own_and_so_many()
    {
        using HttpResponseMessage nowhere = await Hospital.SendLinesAsync(1, [], "nowhere");
        await Refusal.ShouldBeAsync(nowhere, 404, "edge_unknown");
        using HttpResponseMessage others = await Hospital.SendLinesAsync(1, [], "others");
        await Refusal.ShouldBeAsync(others, 403, "edge_forbidden");
        foreach ((long from, string[] lines) in ((long, string[])[])
            [(0, []), (-1, []), (long.MaxValue, []), (1, [""]), (1, [.. Enumerable.Repeat("x", 501)])])
        {
            using HttpResponseMessage malformed = await Hospital.SendLinesAsync(from, lines);
            await Refusal.ShouldBeAsync(malformed, 400, "lines_malformed");
        }

        (await StatusOfHugeAsync()).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    [Trait("Requirement", "S35")]
    public async Task The_next_one_is_called_so_long_after_the_merge()
    {
        Promised promised = await Hospital.PromiseAsync("ada");
        EmergencyUse use = promised.Use("p-1", Host.Clock.GetUtcNow());
        Journal.Used(promised, use).Ended(use, "clinician", use.At.AddMinutes(5));
        Host.Clock.Advance(TimeSpan.FromHours(30));
        await Hospital.MergeAsync(Journal);
        DateTimeOffset received = Instant((await Hospital.CaseAsync(use.Id.ToString()))["offline"]!["receivedAt"]);

        Host.Clock.Advance(received + TimeSpan.FromHours(12) - TimeSpan.FromMinutes(1) - Host.Clock.GetUtcNow());
        JsonNode early = await Hospital.CaseAsync(use.Id.ToString());
        (Names(early).Contains("emergency_review_escalated", StringComparer.Ordinal), early["overdue"]!.GetValue<bool>())
            .ShouldBe((false, false));
        Host.Clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.HoldsAsync(
            async () => Names(await Hospital.CaseAsync(use.Id.ToString())).Contains("emergency_review_escalated", StringComparer.Ordinal),
            "the deputy is called");
    }

    [Fact]
    public async Task It_ended_when_the_edge_says_also_where_its_time_has_run_out_since()
    {
        Promised promised = await Hospital.PromiseAsync("ada");
        EmergencyUse early = promised.Use("p-early", Host.Clock.GetUtcNow()), late = promised.Use("p-late", Host.Clock.GetUtcNow());
        Host.Clock.Advance(TimeSpan.FromHours(6));
        await Hospital.MergeAsync(Journal.Used(promised, early));

        // The rest of the journal is waited for before it counts as run out.
        (await Host.Services.GetRequiredService<OpenCases>().ExpiredAsync(Host.Clock.GetUtcNow(), CancellationToken.None))
            .ShouldNotContain(early.Id.ToString());
        await Hospital.MergeAsync(
            Journal.Used(promised, late).Opened(early, "study.view", "1.2.3", early.At.AddMinutes(1))
                .Ended(early, "clinician", early.At.AddMinutes(20)), 2);
        (string Cause, DateTimeOffset At) ended = Ended(await Hospital.CaseAsync(early.Id.ToString()));
        ended.ShouldBe(("clinician", early.At.AddMinutes(20)));
        Host.Clock.Advance(TimeSpan.FromMinutes(2));
        await Eventually.HoldsAsync(async () => Names(await Hospital.CaseAsync(late.Id.ToString())).Length == 2, "the other has run out");
        Ended(await Hospital.CaseAsync(late.Id.ToString())).ShouldBe(("expired", late.At.AddHours(4)));
    }

    [Fact]
    public async Task What_was_opened_there_is_evidence_and_the_rest_is_asked_of_PolicyDecision()
    {
        Promised promised = await Hospital.PromiseAsync("ada");
        EmergencyUse use = promised.Use("p-1", Host.Clock.GetUtcNow());
        await Hospital.MergeAsync(Journal.Used(promised, use).Opened(use, "study.search", null, use.At.AddSeconds(1))
            .Opened(use, "study.view", "1.2.3", use.At.AddSeconds(5)).Opened(use, "study.view", "1.2.3", use.At.AddMinutes(3)));
        Host.PolicyDecision.Evidence = Host.PolicyDecision.Evidence with
        {
            Opened = [new OpenedImages("study.view", "9.9", "ward", false, 1, use.At.AddHours(1), use.At.AddHours(1), [], [])],
            Studies = [new KnownStudy("1.2.3", "ward", true)],
        };
        JsonNode evidence = await Host.GetAsync($"/emergency-cases/{use.Id}/evidence", "eva");
        evidence["times"]!.GetValue<int>().ShouldBe(4);
        evidence["opened"]!.AsArray()
            .Select(one => (one!["action"]!.GetValue<string>(), one["study"]?.GetValue<string>(), one["count"]!.GetValue<int>()))
            .ShouldBe([("study.search", null, 1), ("study.view", "1.2.3", 2), ("study.view", "9.9", 1)]);
        evidence["opened"]!.AsArray().Select(one => one!["byMinute"]!.GetValue<bool>()).ShouldBe([true, true, false]);
        Instant(evidence["first"]).ShouldBe(use.At.AddSeconds(1));
        (evidence["opened"]![1]!["department"]!.GetValue<string>(), evidence["opened"]![1]!["vip"]!.GetValue<bool>())
            .ShouldBe(("ward", true));
        evidence["scoreReasons"]!.AsArray().Select(reason => reason!["code"]!.GetValue<string>()).ShouldBe(["vip"]);
        Host.PolicyDecision.Asked[^1].GetProperty("studies").EnumerateArray().Single().GetString().ShouldBe("1.2.3");
        evidence["opened"]![1]!["addresses"]!.AsArray().Single()!.GetValue<string>().ShouldBe("10.0.0.7");

        Host.PolicyDecision.NoEvidence = HttpStatusCode.ServiceUnavailable;
        JsonNode part = await Host.GetAsync($"/emergency-cases/{use.Id}/evidence", "eva");
        (part["complete"]!.GetValue<bool>(), part["times"]!.GetValue<int>()).ShouldBe((false, 3));
    }

    [Fact]
    public async Task Only_what_is_certain_gives_a_grant_here()
    {
        await ListenAsync();
        Promised own = await Hospital.PromiseAsync("ada"), revoked = await Hospital.PromiseAsync("bob"),
            station = await Hospital.PromiseStationAsync("shock-room");
        (await Host.PostAsync($"/emergency-capabilities/{revoked.Id}/revoke", "sec", new { reason = "lost" })).Dispose();
        DateTimeOffset now = Host.Clock.GetUtcNow().AddSeconds(2);
        EmergencyUse good = own.Use("p-1", now), bad = revoked.Use("p-1", now), said = station.Use("p-1", now, saidToBe: "carl");
        await Hospital.MergeAsync(Journal.Used(revoked, bad).Used(station, said).Used(own, good));
        await Eventually.HoldsAsync(async () => await HeardAsync(good) == 1, "the good one is told");
        (await HeardAsync(bad), await HeardAsync(said)).ShouldBe((0, 0));
    }

    private async Task ListenAsync() => await Hospital.CountAsync(
        $"""
        with added as (insert into bus.queue (name, role) values ('listener', current_user) returning name),
            subscribed as (insert into bus.subscription (queue, message)
                select name, '{V1.EmergencyAccessInvoked.MessageName}' from added returning queue)
        select count(*) from subscribed
        """);

    private Task<long> HeardAsync(EmergencyUse use) =>
        Hospital.CountAsync($"select count(*) from bus.message where queue = 'listener' and data ->> 'caseId' = '{use.Id}'");

    private async Task DiffersAsync(long from, IEnumerable<string> lines, string code, long expected)
    {
        using HttpResponseMessage refused = await Hospital.SendLinesAsync(from, lines);
        await Refusal.ShouldBeAsync(refused, 409, code);
        JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["expected"]!.GetValue<long>().ShouldBe(expected);
    }

    private static (string Cause, DateTimeOffset At) Ended(JsonNode found)
    {
        JsonNode ended = found["history"]!.AsArray()
            .Single(step => step!["name"]!.GetValue<string>() == "emergency_access_ended")!["data"]!;
        return (ended["cause"]!.GetValue<string>(), Instant(ended["at"]));
    }

    private static string[] Names(JsonNode found) => [.. found["history"]!.AsArray().Select(step => step!["name"]!.GetValue<string>())];

    private static string[] Said(JsonNode found, params string[] names) => [.. names.Select(name => found[name]!.GetValue<string>())];

    private static DateTimeOffset Instant(JsonNode? node) => DateTimeOffset.Parse(node!.GetValue<string>(), CultureInfo.InvariantCulture);

    /// <summary>Whoever still sends when the answer comes may see the connection end instead.</summary>
    private async Task<HttpStatusCode> StatusOfHugeAsync()
    {
        try
        {
            using HttpResponseMessage huge = await Hospital.SendLinesAsync(1, [new string('x', 3 * 1024 * 1024)]);
            return huge.StatusCode;
        }
        catch (HttpRequestException)
        {
            return HttpStatusCode.RequestEntityTooLarge;
        }
    }
}
