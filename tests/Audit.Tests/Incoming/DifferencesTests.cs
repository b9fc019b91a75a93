using System.Text.RegularExpressions;
using AccessGov.Audit.Incoming;
using AccessGov.Audit.Ingest;
using AccessGov.Contracts.Audit.V1;
using AccessGov.Testing;
using static AccessGov.Audit.Tests.Incoming.Told;

namespace AccessGov.Audit.Tests.Incoming;

/// <summary>What cannot be after what was told before, and what events mean.</summary>
public sealed class DifferencesTests
{
    private static readonly EventsRecorded First = After(null, "s", Event(1, "a-1", "x", new { }), Event(2, "a-1", "x", new { }));
    private static readonly EventsRecorded Second = After(First, "s", Event(3, "a-1", "x", new { }));
    private static readonly Feed AtFirst = Feed.New("s", "events") with { Through = 2, Count = 2, Digest = First.Digest };

    [Fact]
    public void What_goes_on_where_it_stopped_differs_in_nothing()
    {
        WhenEventsRecorded.Differences(Feed.New("s", "events"), First).ShouldBeEmpty();
        WhenEventsRecorded.Differences(AtFirst, Second).ShouldBeEmpty();
    }

    [Fact]
    public void What_does_not_go_on_where_it_stopped_has_a_gap() =>
        WhenEventsRecorded.Differences(AtFirst, Second with { After = 5, Through = 6, Events = [Event(6, "a-1", "x", new { })] })
            .ShouldBe([new FeedFinding("gap", 5)]);

    [Fact]
    public void A_store_that_tells_from_its_beginning_again_has_a_gap() =>
        WhenEventsRecorded.Differences(AtFirst, First).ShouldBe([new FeedFinding("gap", 0)]);

    [Fact]
    public void A_digest_or_count_that_does_not_come_from_the_events_differs()
    {
        WhenEventsRecorded.Differences(AtFirst, Second with { Digest = Zeros }).ShouldBe([new FeedFinding("digest_differs", 3)]);
        WhenEventsRecorded.Differences(AtFirst, Second with { Count = 9 }).ShouldBe([new FeedFinding("digest_differs", 3)]);
        WhenEventsRecorded.Differences(AtFirst with { Digest = Zeros }, Second).ShouldBe([new FeedFinding("digest_differs", 3)]);
    }

    [Fact]
    public void A_position_without_an_event_is_named()
    {
        EventsRecorded holed = After(First, "s", Event(3, "a-1", "x", new { }), Event(5, "a-1", "x", new { }));
        WhenEventsRecorded.Differences(AtFirst, holed).ShouldBe([new FeedFinding("event_missing", 4)]);
    }

    [Theory]
    [InlineData("policy-decision", "PolicyDecision")]
    [InlineData("identity-federation", "IdentityFederation")]
    [InlineData("break-glass", "BreakGlass")]
    [InlineData("recertification", "Recertification")]
    public void Every_event_of_a_service_has_a_meaning_and_every_meaning_an_event(string service, string folder)
    {
        string[] names = [.. Directory.EnumerateFiles(WorkingCopy.PathOf("services", folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), "\\[EventName\\(\"([a-z0-9_]+)\"\\)\\]")
                .Select(match => match.Groups[1].Value))];

        names.Length.ShouldBeGreaterThan(5);
        names.Except(EventMeaning.Known[service].Keys).ShouldBeEmpty();
        EventMeaning.Known[service].Keys.Except(names).ShouldBeEmpty();
        EventMeaning.Known[service].Values.ShouldAllBe(meaning => AuditActions.All.Contains(meaning.Action)
            && AuditOutcomes.All.Contains(meaning.Outcome));
    }

    [Fact]
    public void An_event_that_nobody_gave_a_meaning_is_kept_all_the_same()
    {
        AuditRecord record = RecordedEvents.RecordOf("policy-decision",
            Event(1, new string('x', 4000), "unheard_of", new { A = 1 }, source: "job"));
        (record.Kind, record.Action, record.Actor, record.Address).ShouldBe(("unheard_of", "other", "grace", null));
        record.Stream!.Length.ShouldBeLessThanOrEqualTo(200);
        record.PersonDetails!.Value.GetProperty("event").GetProperty("A").GetInt32().ShouldBe(1);
        record.PersonDetails!.Value.GetProperty("source").GetString().ShouldBe("job");
    }
}
