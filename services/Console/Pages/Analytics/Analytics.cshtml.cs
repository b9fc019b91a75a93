using System.Globalization;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Analytics;

/// <summary>Accesses over time, by hour of the week, and ranked by person, patient, study, action or program.</summary>
internal sealed class AnalyticsModel(AccessAnalytics analytics) : PageModel
{
    private const int ShadesMax = 4;
    private static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    /// <summary>What rows can be about: PolicyDecision's word, ours for one, and ours for several.</summary>
    public static readonly (string Key, string One, string Several)[] Kinds =
    [
        ("subject", "person or machine", "people and machines"), ("study", "study", "studies"), ("patient", "patient", "patients"),
        ("action", "action", "actions"), ("client", "archive or viewer", "archives and viewers"),
    ];

    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? By { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Outcome { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Subject { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Patient { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Study { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Action { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Zone { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public AccessAnalytics.Answer? Counted { get; private set; }

    /// <summary>What the rows are about.</summary>
    public (string Key, string One, string Several) Kind => Kinds.FirstOrDefault(kind => kind.Key == (Counted?.By ?? By), Kinds[0]);

    /// <summary>The height of the chart: the most accesses in one hour or day.</summary>
    public long Highest => Math.Max(1, Counted!.Series.Buckets.Max(bucket => (long?)bucket.Count) ?? 0);

    /// <summary>Where the further rows are.</summary>
    public string NextLink => "/analytics" + Query.Of(
        ("from", From), ("to", To), ("by", By), ("outcome", Outcome), ("subject", Subject), ("patient", Patient), ("study", Study),
        ("action", Action), ("zone", Zone), ("after", Counted?.Next));

    /// <summary>The search for the decisions behind a row; null where it cannot ask for them.</summary>
    public string? DecisionsLink(AccessAnalytics.Row row)
    {
        // A hash is found by the id that it was made of, which nobody knows here.
        string kind = Counted!.By;
        return kind is "subject" or "patient" or "study" && (kind == "study" || !Counted.IdsHashed)
            ? "/decisions" + Query.Of(
                ("from", Minute(Counted.From)), ("to", Minute(Counted.CountedUntil.AddMinutes(1))),
                ("outcome", Outcome == "all" ? null : Outcome), ("subject", kind == "subject" ? row.Key : Subject),
                ("patient", kind == "patient" ? row.Key : Patient), ("study", kind == "study" ? row.Key : Study))
            : null;
    }

    /// <summary>One sentence about the hours of the week.</summary>
    public string BusiestHour()
    {
        AccessAnalytics.HourOfWeek hour = Counted!.HoursOfWeek.MaxBy(one => one.Count)!;
        return $"Most accesses, {Shown.Number(hour.Count)}, were on {DayOf(hour.Day)}s "
            + $"between {hour.Hour:00}:00 and {hour.Hour + 1:00}:00 ({Counted.Zone}).";
    }

    /// <summary>How dark an hour of the week is: 0 for none, 4 for the busiest.</summary>
    public int ShadeOf(AccessAnalytics.HourOfWeek hour)
    {
        long most = Counted!.HoursOfWeek.Max(one => one.Count);
        return most == 0 ? 0 : (int)Math.Ceiling((double)ShadesMax * hour.Count / most);
    }

    public static string DayOf(int day) => Days[day - 1];

    /// <summary>The beginning of an hour or a day on the zone's clocks, with their offset.</summary>
    public static string Begins(DateTimeOffset at) =>
        at.ToString(at.Offset == TimeSpan.Zero ? "yyyy-MM-dd HH:mm 'UTC'" : "yyyy-MM-dd HH:mm 'UTC'zzz", CultureInfo.InvariantCulture);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        var question = new AccessAnalytics.Question(From, To, By, Outcome, Subject, Patient, Study, Action, Zone);
        Answer<AccessAnalytics.Answer> counted = await analytics.CountAsync(question, After, cancellation);
        if (counted.Given)
        {
            Counted = counted.Value;
            From ??= Minute(Counted.From);
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

    private static string Minute(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
}
