using AccessGov.IdentityFederation.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.IdentityFederation.SignIn.Pages;

/// <summary>Tells somebody once that every action is logged and attributed to them; they come in when they have said that they know.</summary>
internal sealed class AcknowledgementModel(LocalSignIn signIn) : PageModel
{
    public IActionResult OnGet() => signIn.Ticket(HttpContext) is null ? LocalRedirect(SessionsModule.SignInPath) : Page();

    public async Task<IActionResult> OnPostAsync() => signIn.Ticket(HttpContext) is { } ticket
        ? this.Follow(await signIn.AcknowledgeAsync(HttpContext, ticket))
        : this.Refuse(PageRefusals.TicketSpent);
}
