namespace AccessGov.PolicyDecision.Analytics;

/// <summary>What was decided in a quarter of an hour of UTC: zones begin their hours and days with one.</summary>
internal readonly record struct QuarterCount(DateTimeOffset At, long Permits, long Denials);

/// <summary>An hour or a day, by where it begins on the zone's clocks.</summary>
internal sealed record Bucket(DateTimeOffset At, long Permits, long Denials);

/// <summary>An hour of the week on the zone's clocks; days as ISO 8601 counts them, 1 is Monday.</summary>
internal sealed record HourOfWeek(int Day, int Hour, long Permits, long Denials);

/// <summary>When: one after the other by hour or by day, and the hours of the week.</summary>
internal sealed record AccessCalendar(string Unit, IReadOnlyList<Bucket> Buckets, IReadOnlyList<HourOfWeek> HoursOfWeek)
{
    private const int DaysByHourMax = 7;
    private const int HoursOfDay = 24;
    private const int HoursOfAWeek = 7 * HoursOfDay;

    public static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    /// <summary>Sorts quarters into the zone's hours and days; those in which nothing was decided are there, too. Pure.</summary>
    public static AccessCalendar Of(IEnumerable<QuarterCount> counted, DateTimeOffset from, DateTimeOffset until, TimeZoneInfo zone)
    {
        bool byHour = until - from <= TimeSpan.FromDays(DaysByHourMax);
        var byQuarter = counted.ToDictionary(quarter => quarter.At.UtcTicks);
        var buckets = new List<Bucket>();
        var week = new (long Permits, long Denials)[HoursOfAWeek];
        for (long ticks = from.UtcTicks - (from.UtcTicks % Quarter.Ticks); ticks < until.UtcTicks; ticks += Quarter.Ticks)
        {
            DateTimeOffset local = TimeZoneInfo.ConvertTime(new DateTimeOffset(ticks, TimeSpan.Zero), zone);
            QuarterCount count = byQuarter.GetValueOrDefault(ticks);
            DateTimeOffset begins = byHour ? local.AddTicks(-(local.Ticks % TimeSpan.TicksPerHour)) : Midnight(local, zone);
            if (buckets is [.., { } last] && last.At.EqualsExact(begins))
            {
                buckets[^1] = last with { Permits = last.Permits + count.Permits, Denials = last.Denials + count.Denials };
            }
            else
            {
                buckets.Add(new Bucket(begins, count.Permits, count.Denials));
            }

            ref (long Permits, long Denials) hour = ref week[HourOf(local)];
            hour = (hour.Permits + count.Permits, hour.Denials + count.Denials);
        }

        return new AccessCalendar(
            byHour ? "hour" : "day", buckets,
            [.. week.Select((hour, i) => new HourOfWeek((i / HoursOfDay) + 1, i % HoursOfDay, hour.Permits, hour.Denials))]);
    }

    // Monday is 1 and Sunday, which .NET calls 0, is 7.
    private static int HourOf(DateTimeOffset local) => (((int)local.DayOfWeek + 6) % 7 * HoursOfDay) + local.Hour;

    // On a day when the clocks change, the day began with the other offset.
    private static DateTimeOffset Midnight(DateTimeOffset local, TimeZoneInfo zone) => new(local.Date, zone.GetUtcOffset(local.Date));
}
