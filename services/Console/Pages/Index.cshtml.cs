using AccessGov.Console.Pages.Tasks;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages;

/// <summary>What waits for whoever is signed in, and the ways to everything else.</summary>
internal sealed class IndexModel(PersonsTasks tasks) : PageModel
{
    public IReadOnlyList<PersonsTasks.Area> Tasks { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Tasks = await tasks.FindAsync(cancellation);

        // Whoever is signed in no more has no tasks to be told: they sign in again.
        return Tasks.Select(area => area.Refusal).FirstOrDefault(refusal => refusal is { EndsSession: true }) is { } over
            ? await this.RefuseAsync(over)
            : Page();
    }
}
