using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Clearances;

/// <summary>Who administers without a clearance, or will soon.</summary>
internal sealed class ClearancesModel(FiledClearances clearances) : PageModel
{
    public FiledClearances.MissingPage Found { get; private set; } = null!;

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<FiledClearances.MissingPage> found = await clearances.MissingAsync(After, cancellation);
        if (!found.Given)
        {
            return await this.RefuseAsync(found.Refusal);
        }

        Found = found.Value;
        return Page();
    }
}
