using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>Where the trail is sent, how far each destination has it, and what failed.</summary>
internal sealed class DestinationsModel(AuditTrail trail) : PageModel
{
    public IReadOnlyList<AuditTrail.Destination> Destinations { get; private set; } = [];

    public static (string Words, string Mark) OfStatus(string status) => status switch
    {
        "connected" => ("connected", "good"),
        "failing" => ("fails", "bad"),
        "elsewhere" => ("served by another process", "plain"),
        "starting" => ("starts", "plain"),
        _ => (status.Replace('_', ' '), "plain"),
    };

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<AuditTrail.DestinationPage> told = await trail.DestinationsAsync(cancellation);
        if (!told.Given)
        {
            return await this.RefuseAsync(told.Refusal);
        }

        Destinations = told.Value.Destinations;
        return Page();
    }
}
