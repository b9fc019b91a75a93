using AccessGov.IdentityFederation.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.IdentityFederation.SignIn.Pages;

/// <summary>
/// Tells somebody once that every action is logged and attributed to them; they come in when they have said that they know.
/// </summary>
internal sealed class AcknowledgementModel(LocalSignIn signIn) : PageModel
{
    public async Task<IActionResult> OnGetAsync() =>
        await signIn.TicketAsync(HttpContext) is null ? LocalRedirect(SessionsModule.SignInPath) : Page();

    public async Task<IActionResult> OnPostAsync() => await signIn.TicketAsync(HttpContext) is { } ticket
        ? this.Follow(await signIn.AcknowledgeAsync(HttpContext, ticket))
        : this.Refuse(PageRefusals.TicketSpent);
}
