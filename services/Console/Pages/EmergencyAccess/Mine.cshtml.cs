using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.EmergencyAccess;

/// <summary>The emergency access that one has taken.</summary>
internal sealed class MineModel(OwnEmergencies own) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    /// <summary>The newest first.</summary>
    public IReadOnlyList<EmergencyCaseItem> Cases { get; private set; } = [];

    public string? Next { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<EmergencyCasePage> mine = await own.ListAsync(After, cancellation);
        if (!mine.Given)
        {
            return await this.RefuseAsync(mine.Refusal);
        }

        (Cases, Next) = ([.. mine.Value.Cases.Reverse()], mine.Value.Next);
        return Page();
    }
}
