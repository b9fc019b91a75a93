using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Health;

/// <summary>Whether each service that the console asks is in order, and what to do where it is not.</summary>
internal sealed class HealthModel(ServiceHealth health, SignedInPerson viewer) : PageModel
{
    /// <summary>Whoever has one of these administers or looks after security, and sees the page.</summary>
    public static IReadOnlyList<string> Scopes { get; } = ["facts.read", "sessions.read", "audit.read"];

    public IReadOnlyList<ServiceHealth.Told> Services { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        // The services tell everybody who reaches them; the console reaches them for others.
        if (!Scopes.Any(viewer.May))
        {
            return await this.RefuseAsync(new Refusal(
                StatusCodes.Status403Forbidden, "insufficient_scope",
                $"Service health is for people who administer: one of the scopes {string.Join(", ", Scopes)} is needed.", []));
        }

        Services = await health.AskAsync(cancellation);
        return Page();
    }
}
