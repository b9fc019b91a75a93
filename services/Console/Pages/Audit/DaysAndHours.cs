namespace AccessGov.Console.Pages.Audit;

/// <summary>How much somebody did in each hour of each day, by the clocks of a zone.</summary>
internal sealed record DaysAndHours(IReadOnlyList<DaysAndHours.Day> Days, int Left)
{
    private const int DaysMax = 31;
    private const int HoursOfDay = 24;
    private const int ShadesMax = 4;

    /// <param name="Hours">How many entries, for each of the 24 hours.</param>
    public sealed record Day(DateOnly Date, IReadOnlyList<int> Hours)
    {
        public int Count => Hours.Sum();
    }

    /// <summary>The days on which there is something, newest first; of days for which there is no room only how many there are.</summary>
    public static DaysAndHours Of(IEnumerable<AuditTrail.Entry> entries, ZonedClock clock)
    {
        Day[] days =
        [
            .. entries.Select(entry => clock.At(entry.At)).GroupBy(at => DateOnly.FromDateTime(at.DateTime))
                .OrderByDescending(day => day.Key).Select(day => new Day(day.Key, HoursOf(day))),
        ];
        return new DaysAndHours([.. days.Take(DaysMax)], Math.Max(0, days.Length - DaysMax));
    }

    /// <summary>How dark an hour is: 0 for none, 4 for the busiest.</summary>
    public int ShadeOf(int count) => (int)Math.Ceiling((double)ShadesMax * count / Math.Max(1, Days.Max(day => day.Hours.Max())));

    private static int[] HoursOf(IEnumerable<DateTimeOffset> times)
    {
        int[] hours = new int[HoursOfDay];
        foreach (DateTimeOffset at in times)
        {
            hours[at.Hour]++;
        }

        return hours;
    }
}
