using System.Globalization;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>What came from an edge on one day: where alarms lead, and where somebody says what they found.</summary>
internal sealed class EdgeDayModel(EdgesOfArchives edges) : PageModel
{
    public EdgesOfArchives.Told Told { get; private set; } = null!;

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Findings { get; set; }

    /// <summary>How often the alarm was raised when the page was written.</summary>
    [BindProperty]
    public long Raised { get; set; }

    /// <summary>What somebody wrote who was not the first to say that they have looked; null where that is not so.</summary>
    public string? NotKept => Findings is { Length: > 0 } && Told.Open.All(alarm => alarm.Code != Code) ? Findings : null;

    public string DayInWords => DateOnly.TryParseExact(Told.Day, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
        ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : Told.Day;

    public string Here => AddressOf(Told.Edge, Told.Day);

    public async Task<IActionResult> OnGetAsync(string edge, string day, CancellationToken cancellation)
    {
        Answer<EdgesOfArchives.Told> read = await edges.ReadAsync(edge, day, cancellation);
        if (!read.Given)
        {
            return await this.RefuseAsync(read.Refusal);
        }

        Told = read.Value;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string edge, string day, CancellationToken cancellation)
    {
        Answer<Done> done = await edges.SettleAsync(edge, day, Code ?? "", Findings ?? "", Raised, cancellation);
        if (done.Given)
        {
            TempData["Notice"] = "It is kept that you have looked. If it happens again, security is told again.";
            return Redirect(AddressOf(edge, day));
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(edge, day, cancellation);
    }

    private static string AddressOf(string edge, string day) =>
        $"/emergency-cases/edges/{Uri.EscapeDataString(edge)}/{Uri.EscapeDataString(day)}";
}
