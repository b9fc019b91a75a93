using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.People;

/// <summary>After how long sessions end: the rules, as they hold.</summary>
internal sealed class SessionLimitsModel(SessionRules rules) : PageModel
{
    public SessionRules.Page Stated { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<SessionRules.Page> stated = await rules.ReadAsync(cancellation);
        if (!stated.Given)
        {
            return await this.RefuseAsync(stated.Refusal);
        }

        Stated = stated.Value;
        return Page();
    }
}
