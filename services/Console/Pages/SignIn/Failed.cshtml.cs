using AccessGov.Console.Services;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.SignIn;

/// <summary>Where somebody comes whose sign-in did not end well.</summary>
[AllowAnonymous]
internal sealed class FailedModel : PageModel
{
    public Task<IActionResult> OnGetAsync(string? code) =>
        this.RefuseAsync(code == Refusal.SignInUnreachable.Code ? Refusal.SignInUnreachable : Refusal.SignInFailed);
}
