using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>What must not be shredded, whatever has expired: placed and lifted for a reason.</summary>
internal sealed class LegalHoldsModel(TrailRetention retention, SignedInPerson viewer) : PageModel
{
    private const string Here = "/audit/legal-holds";
    private const int YearMax = 9000;

    public IReadOnlyList<TrailRetention.Hold> Holds { get; private set; } = [];

    public IReadOnlyList<string> Classes { get; private set; } = [];

    public bool MayHold => viewer.May("audit.hold");

    [BindProperty]
    public string? Patient { get; set; }

    [BindProperty]
    public string? Person { get; set; }

    [BindProperty]
    public string? Class { get; set; }

    [BindProperty]
    public string? FromYear { get; set; }

    [BindProperty]
    public string? ToYear { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>The hold whose lifting was refused, and what was written there.</summary>
    public (string? Id, string? Reason) NotLifted { get; private set; }

    public static string InWords(TrailRetention.Hold hold) => hold.About switch
    {
        "patient" => "About a patient",
        "person" => "About somebody who works here",
        _ => "About everybody",
    };

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<TrailRetention.Schedule> schedule = await retention.ScheduleAsync(cancellation);
        if (!schedule.Given)
        {
            return await this.RefuseAsync(schedule.Refusal);
        }

        (Holds, Classes) = (schedule.Value.Holds, [.. schedule.Value.Classes.Select(one => one.Name)]);
        return Page();
    }

    public async Task<IActionResult> OnPostPlaceAsync(CancellationToken cancellation)
    {
        if (!TryYear(FromYear, out int? from) || !TryYear(ToYear, out int? to))
        {
            this.Tell(new Refusal(StatusCodes.Status400BadRequest, "year_malformed", $"A year is a number from 1 to {YearMax}.", []));
            return await OnGetAsync(cancellation);
        }

        // The service's end is exclusive; the form's last year is held, too.
        return await AfterAsync(
            await retention.PlaceAsync(
                new(Said(Patient), Said(Person), Said(Class), Begin(from), Begin(to + 1), Said(Reason)), cancellation),
            "The hold is placed: nothing that it covers is shredded from now on.", cancellation);
    }

    public async Task<IActionResult> OnPostLiftAsync(string? id, string? why, CancellationToken cancellation)
    {
        NotLifted = (id, why);
        return await AfterAsync(
            await retention.LiftAsync(id, Said(why), cancellation),
            "The hold is lifted: what has expired may be shredded again.", cancellation);
    }

    private async Task<IActionResult> AfterAsync(Answer<Done> done, string notice, CancellationToken cancellation)
    {
        if (done.Given)
        {
            TempData["Notice"] = notice;
            return Redirect(Here);
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(cancellation);
    }

    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static DateTimeOffset? Begin(int? year) => year is { } given ? new DateTimeOffset(given, 1, 1, 0, 0, 0, TimeSpan.Zero) : null;

    private static bool TryYear(string? text, out int? year)
    {
        year = int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int read)
            && read is >= 1 and <= YearMax ? read : null;
        return year is not null || string.IsNullOrWhiteSpace(text);
    }
}
