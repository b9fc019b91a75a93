using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.Analytics;

/// <summary>Who accesses which studies, when, how often.</summary>
internal sealed class AccessAnalytics(HttpClient http)
{
    /// <summary>What is asked; what is empty does not matter.</summary>
    public sealed record Question(
        string? From, string? To, string? By, string? Outcome, string? Subject, string? Patient, string? Study, string? Action,
        string? Zone)
    {
        public string ToQuery(string? after) => Query.Of(
            ("from", Instant(From)), ("to", Instant(To)), ("by", By), ("outcome", Outcome), ("subject", Subject), ("patient", Patient),
            ("study", Study), ("action", Action), ("zone", Zone), ("limit", $"{RowsMax}"), ("after", after));

        // A browser sends 2026-11-26T18:30 for what the page calls UTC.
        private static string? Instant(string? given) => given is { Length: 16 } ? $"{given}Z" : given;
    }

    public sealed record Answer(
        DateTimeOffset From, DateTimeOffset To, DateTimeOffset CountedUntil, long Spooled, string By, string Outcome, string Zone,
        bool IdsHashed, Totals Totals, IReadOnlyList<Row> Rows, Series Series, IReadOnlyList<HourOfWeek> HoursOfWeek, string? Next = null);

    public sealed record Totals(long Permits, long Denials, long Studies, long Keys, long WithoutKey);

    public sealed record Row(string Key, long Permits, long Denials, long Studies, DateTimeOffset First, DateTimeOffset Last);

    /// <summary>By hour or by day, as the unit says; each begins at an instant of the zone.</summary>
    public sealed record Series(string Unit, IReadOnlyList<Bucket> Buckets);

    public sealed record Bucket(DateTimeOffset At, long Permits, long Denials)
    {
        public long Count => Permits + Denials;
    }

    /// <summary>Monday is day 1.</summary>
    public sealed record HourOfWeek(int Day, int Hour, long Permits, long Denials)
    {
        public long Count => Permits + Denials;
    }

    private const int RowsMax = 50;

    public Task<Answer<Answer>> CountAsync(Question question, string? after, CancellationToken cancellation) =>
        http.AskAsync<Answer>($"analytics/access{question.ToQuery(after)}", cancellation);
}
