using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>What was proposed for shredding, and how far it has come; what else is to be proposed.</summary>
internal sealed class ShreddingsModel(TrailRetention retention, SignedInPerson viewer) : PageModel
{
    public const string Scope = "audit.shred";

    public TrailRetention.ShreddingPage Found { get; private set; } = null!;

    public IReadOnlyList<string> Classes { get; private set; } = [];

    public bool MayShred => viewer.May(Scope);

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    [BindProperty]
    public string? Patient { get; set; }

    [BindProperty]
    public string? Ground { get; set; }

    [BindProperty]
    public string? Exception { get; set; }

    [BindProperty]
    public string? Class { get; set; }

    [BindProperty]
    public string? Year { get; set; }

    [BindProperty]
    public string? Basis { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<TrailRetention.ShreddingPage> found = await retention.ShreddingsAsync(After, cancellation);
        if (!found.Given)
        {
            return await this.RefuseAsync(found.Refusal);
        }

        Found = found.Value;
        if (MayShred)
        {
            Answer<TrailRetention.Schedule> schedule = await retention.ScheduleAsync(cancellation);
            if (!schedule.Given)
            {
                return await this.RefuseAsync(schedule.Refusal);
            }

            Classes = [.. schedule.Value.Classes.Select(one => one.Name)];
        }

        return Page();
    }

    public Task<IActionResult> OnPostPatientAsync(CancellationToken cancellation) =>
        ProposeAsync(new(Patient?.Trim() ?? "", null, null, Ground, Said(Basis), Said(Exception)), cancellation);

    public Task<IActionResult> OnPostYearAsync(CancellationToken cancellation) => ProposeAsync(
        new(null, Class ?? "", int.TryParse(Year, System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture, out int year) ? year : null, null, Said(Basis), null), cancellation);

    private async Task<IActionResult> ProposeAsync(TrailRetention.Proposal proposal, CancellationToken cancellation)
    {
        Answer<TrailRetention.Made> made = await retention.ProposeAsync(proposal, cancellation);
        if (made.Given)
        {
            TempData["Notice"] = "It is proposed. Two others approve it, or deny it.";
            return Redirect($"/audit/shreddings/{made.Value.Id}");
        }

        this.Tell(made.Refusal);
        return await OnGetAsync(cancellation);
    }

    private static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
