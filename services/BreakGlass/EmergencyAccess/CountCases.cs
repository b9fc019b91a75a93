using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>How often emergency access is taken, why, by whom, and how soon and how it is judged. Drills are left out.</summary>
internal static class CountCases
{
    private const int DaysUnlessGiven = 30;
    private const int DaysMax = 366;
    private const int DaysByDay = 62;

    public static readonly Refusal Malformed = new(
        "period_malformed", $"from and to are instants with their zone, such as 2026-11-26T00:00:00Z, and at most {DaysMax} days apart.");

    /// <summary>From when (inclusive) to when (exclusive).</summary>
    public readonly record struct Period(DateTimeOffset From, DateTimeOffset To)
    {
        public string Unit => To - From <= TimeSpan.FromDays(DaysByDay) ? "day" : "week";

        /// <summary>The beginnings of its days or weeks (from Monday on), in UTC.</summary>
        public IEnumerable<DateTimeOffset> Begins()
        {
            DateTimeOffset day = new(From.UtcDateTime.Date, TimeSpan.Zero);
            (DateTimeOffset begin, int step) = Unit == "day" ? (day, 1) : (day.AddDays(-(((int)day.DayOfWeek + 6) % 7)), 7);
            for (; begin < To; begin = begin.AddDays(step))
            {
                yield return begin;
            }
        }
    }

    /// <summary>The last 30 days unless given; null when it is malformed.</summary>
    public static Period? PeriodOf(string? from, string? to, DateTimeOffset now)
    {
        if ((to is null ? now : InstantText.Parse(to)) is not { } end || end < DateTimeOffset.UnixEpoch.AddDays(DaysMax)
            || (from is null ? end.AddDays(-DaysUnlessGiven) : InstantText.Parse(from)) is not { } begin)
        {
            return null;
        }

        return begin < end && end - begin <= TimeSpan.FromDays(DaysMax) ? new Period(begin.ToUniversalTime(), end.ToUniversalTime()) : null;
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/emergency-cases/statistics", async (
                CaseCounts counts, IOptions<BreakGlassOptions> options, TimeProvider clock, string? from, string? to,
                CancellationToken cancellation) =>
            PeriodOf(from, to, clock.GetUtcNow()) is { } period
                ? Results.Ok(await counts.CountAsync(period, options.Value.ReviewWithin, clock.GetUtcNow(), cancellation))
                : Refusals.Answer(Malformed))
        .RequireAuthorization(ReviewEmergencyAccess.Scope);
}
