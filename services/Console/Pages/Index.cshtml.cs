using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Pages.Tasks;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages;

/// <summary>What waits for whoever is signed in, and the ways to everything else.</summary>
internal sealed class IndexModel(PersonsTasks tasks, PersonsTokens tokens) : PageModel
{
    public IReadOnlyList<PersonsTasks.Area> Tasks { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        // What they may is what a token of now says: for whoever has no tasks to ask for nothing else here fetches one.
        try
        {
            if (await tokens.GetAsync(HttpContext, cancellation) is null)
            {
                return await this.RefuseAsync(Refusal.SignedInNoMore);
            }
        }
        catch (SignInUnreachableException)
        {
            this.Tell(Refusal.SignInUnreachable);
        }

        Tasks = await tasks.FindAsync(cancellation);

        // Whoever is signed in no more has no tasks to be told: they sign in again.
        return Tasks.Select(area => area.Refusal).FirstOrDefault(refusal => refusal is { EndsSession: true }) is { } over
            ? await this.RefuseAsync(over)
            : Page();
    }
}
