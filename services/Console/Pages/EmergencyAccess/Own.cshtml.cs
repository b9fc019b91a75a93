using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.EmergencyAccess;

/// <summary>An emergency access of one's own: how long it still runs, its end, and what the reviewer should know.</summary>
internal sealed class OwnModel(OwnEmergencies own, TimeProvider clock) : PageModel
{
    public EmergencyCase Case { get; private set; } = null!;

    public string Here => $"/emergency-access/{Uri.EscapeDataString(Case.Id)}";

    /// <summary>How long it still runs.</summary>
    public TimeSpan Left => Case.Until - clock.GetUtcNow() is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    [BindProperty]
    public string? Statement { get; set; }

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellation)
    {
        Answer<EmergencyCase> read = await own.ReadAsync(id, cancellation);
        if (!read.Given)
        {
            return await this.RefuseAsync(read.Refusal);
        }

        Case = read.Value;
        return Page();
    }

    public async Task<IActionResult> OnPostEndAsync(string id, CancellationToken cancellation) => await AfterAsync(
        id, await own.EndAsync(id, cancellation), "It is over: these images are closed to you again. Somebody reviews it.", cancellation);

    public async Task<IActionResult> OnPostExplainAsync(string id, CancellationToken cancellation) => await AfterAsync(
        id, await own.ExplainAsync(id, Statement, cancellation), "The reviewer reads it.", cancellation);

    private async Task<IActionResult> AfterAsync(string id, Answer<Done> done, string notice, CancellationToken cancellation)
    {
        if (done.Given)
        {
            TempData["Notice"] = notice;
            return Redirect($"/emergency-access/{Uri.EscapeDataString(id)}");
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(id, cancellation);
    }
}
