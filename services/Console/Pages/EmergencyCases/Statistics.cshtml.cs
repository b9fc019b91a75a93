using System.Globalization;
using AccessGov.Console.Pages.Analytics;
using AccessGov.Console.Pages.EmergencyAccess;
using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>How often emergency access is taken, by whom and why, and how soon and how it is judged.</summary>
internal sealed class StatisticsModel(ReviewedEmergencies cases, AccessAnalytics analytics, SignedInPerson viewer) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    public EmergencyStatistics? Counted { get; private set; }

    /// <summary>How many accesses there were; null where that is not known.</summary>
    public long? Accesses { get; private set; }

    /// <summary>Why it is not known how often emergency access is taken among all accesses.</summary>
    public string NoRate { get; private set; } = "Not known: there was no access in this time.";

    public double? PerThousand => Accesses is > 0 and { } all ? 1000.0 * Counted!.Cases / all : null;

    public string JustifiedShare => Counted!.Reviewed == 0 ? "none is reviewed yet"
        : $"{Written(100.0 * Counted.Justified / Counted.Reviewed)} % of those reviewed ({Shown.Number(Counted.Unjustified)} not, "
            + $"{Shown.Number(Counted.Unclear)} unclear)";

    public string TimeInWords => Counted is { MedianHours: { } median, P90Hours: { } ninety }
        ? $"half of them within {InWords(median)}, nine in ten within {InWords(ninety)}; the limit is "
            + $"{Written(Counted.ReviewHours)} hours"
        : "none is reviewed yet";

    public Bars OverTime
    {
        get
        {
            EmergencyStatistics.Series series = Counted!.OverTime;
            EmergencyStatistics.Bucket most = series.Buckets.MaxBy(bucket => bucket.Cases)!;
            return new Bars(
                "over-time", $"By {series.Unit}",
                $"Most cases, {Shown.Number(most.Cases)}, were in the {series.Unit} that began on {Day(most.At)}.",
                $"The {series.Unit} that began on", [.. series.Buckets.Select(bucket => new Bars.Bar(Day(bucket.At), bucket.Cases))]);
        }
    }

    public Bars TimeToReview
    {
        get
        {
            IReadOnlyList<EmergencyStatistics.ReviewTime> times = Counted!.TimesToReview;
            long within = times.Where(time => time.ToHours is not null).Sum(time => time.Cases);
            return new Bars(
                "time-to-review", "Time to review",
                $"{Shown.Number(within)} of {Shown.Count(Counted.Reviewed, "review")} came within {Written(Counted.ReviewHours)} hours.",
                "Hours from the invocation to the verdict", [.. times.Select(time => new Bars.Bar(InWords(time), time.Cases))],
                $"The line stands at {Written(Counted.ReviewHours)} hours.", times.Count - 1);
        }
    }

    public string TopReason => Top(Counted!.ByReasonCode, EmergencyInWords.OfReason);

    public string TopRole => Top(Counted!.ByRole, role => role);

    public static string Written(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<EmergencyStatistics> counted = await cases.CountAsync(UtcMinute.Sent(From), UtcMinute.Sent(To), cancellation);
        if (counted.Given)
        {
            Counted = counted.Value;
            (From, To) = (From ?? UtcMinute.Field(Counted.From), To ?? UtcMinute.Field(Counted.To));
            await CountAccessesAsync(cancellation);
            return Page();
        }

        // What is wrong with the question is told beside its form.
        if (counted.Refusal.Status == StatusCodes.Status400BadRequest)
        {
            this.Tell(counted.Refusal);
            return Page();
        }

        return await this.RefuseAsync(counted.Refusal);
    }

    /// <summary>PolicyDecision knows how many there were, and tells whoever may read it.</summary>
    private async Task CountAccessesAsync(CancellationToken cancellation)
    {
        if (!viewer.May("journal.read"))
        {
            NoRate = "Known to those who may read who accessed what.";
            return;
        }

        Answer<AccessAnalytics.Answer> accesses = await analytics.CountAsync(
            new(Exact(Counted!.From), Exact(Counted.To), null, null, null, null, null, null, null), null, cancellation);
        if (accesses.Given)
        {
            Accesses = accesses.Value.Totals.Permits + accesses.Value.Totals.Denials;
        }
        else
        {
            NoRate = $"Cannot be told now: {accesses.Refusal.Sentence}";
        }
    }

    private static string Top(IReadOnlyList<EmergencyStatistics.Share> shares, Func<string, string> words) =>
        $"{words(shares[0].Key)} comes first, with {Shown.Count(shares[0].Cases, "case")}.";

    private static string InWords(double hours) => Shown.Duration(TimeSpan.FromHours(hours));

    private static string InWords(EmergencyStatistics.ReviewTime time) => time.ToHours is { } to
        ? $"{Written(time.FromHours)} to {Written(to)} hours" : $"more than {Written(time.FromHours)} hours";

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
