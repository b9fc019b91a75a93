using AccessGov.PolicyDecision.Analytics;

namespace AccessGov.PolicyDecision.Tests.Analytics;

/// <summary>When: the zone's hours and days, also when its clocks change.</summary>
public sealed class AccessCalendarSpecs
{
    private static readonly TimeZoneInfo Zurich = TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich");

    [Fact]
    public void A_day_is_the_zones_day_and_each_has_its_offset()
    {
        // On 29 March 2026, a Sunday, Zurich's clocks go from 02:00 +01:00 to 03:00 +02:00.
        AccessCalendar calendar = AccessCalendar.Of(
            [At("2026-03-28T22:45:00Z", 1, 0), At("2026-03-28T23:00:00Z", 2, 0), At("2026-03-29T21:45:00Z", 3, 1), At("2026-03-29T22:00:00Z", 4, 0)],
            Instant("2026-03-20T00:00:00Z"), Instant("2026-03-31T00:00:00Z"), Zurich);

        calendar.Unit.ShouldBe("day");
        calendar.Buckets.Where(bucket => bucket.Permits > 0).Select(bucket => $"{bucket.At:yyyy-MM-dd'T'HH:mmzzz} {bucket.Permits} {bucket.Denials}")
            .ShouldBe(["2026-03-28T00:00+01:00 1 0", "2026-03-29T00:00+01:00 5 1", "2026-03-30T00:00+02:00 4 0"]);
        calendar.Buckets.Count.ShouldBe(12, "the first and the last day are there, too, as far as they belong to the range");
        calendar.HoursOfWeek.Where(hour => hour.Permits > 0).Select(hour => (hour.Day, hour.Hour, hour.Permits))
            .ShouldBe([(1, 0, 4), (6, 23, 1), (7, 0, 2), (7, 23, 3)]);
        calendar.HoursOfWeek.Count.ShouldBe(168);
    }

    [Fact]
    public void An_hour_that_comes_twice_is_two_hours()
    {
        AccessCalendar calendar = AccessCalendar.Of(
            [At("2026-10-25T00:15:00Z", 1, 0), At("2026-10-25T01:15:00Z", 2, 0)], Instant("2026-10-25T00:00:00Z"), Instant("2026-10-25T03:00:00Z"), Zurich);

        calendar.Unit.ShouldBe("hour");
        calendar.Buckets.Select(bucket => $"{bucket.At:yyyy-MM-dd'T'HH:mmzzz} {bucket.Permits}")
            .ShouldBe(["2026-10-25T02:00+02:00 1", "2026-10-25T02:00+01:00 2", "2026-10-25T03:00+01:00 0"]);
        calendar.HoursOfWeek.Single(hour => hour is { Day: 7, Hour: 2 }).Permits.ShouldBe(3);
    }

    [Fact]
    public void Hours_of_a_zone_that_is_a_quarter_off_begin_where_its_clocks_say_so()
    {
        AccessCalendar calendar = AccessCalendar.Of(
            [At("2026-03-02T00:00:00Z", 1, 0), At("2026-03-02T00:15:00Z", 2, 0)], Instant("2026-03-02T00:00:00Z"), Instant("2026-03-02T00:30:00Z"),
            TimeZoneInfo.FindSystemTimeZoneById("Asia/Kathmandu"));

        calendar.Buckets.Select(bucket => $"{bucket.At:HH:mmzzz} {bucket.Permits}").ShouldBe(["05:00+05:45 1", "06:00+05:45 2"]);
    }

    [Fact]
    public void Where_nothing_is_counted_there_is_no_hour() =>
        AccessCalendar.Of([], Instant("2026-03-02T00:00:00Z"), Instant("2026-03-01T00:00:00Z"), Zurich).Buckets.ShouldBeEmpty();

    private static QuarterCount At(string at, long permits, long denials) => new(Instant(at), permits, denials);

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
