using AccessGov.Console.PolicyDecision;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.SignIn;

/// <summary>Signs somebody in by their name alone, which Development alone permits.</summary>
[AllowAnonymous]
internal sealed class SignInModel(DevelopmentTokens tokens, TimeProvider clock) : PageModel
{
    [BindProperty]
    public string? Person { get; set; }

    [BindProperty]
    public bool SecondFactor { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (Person?.Trim() is not { Length: > 0 and <= 200 } person)
        {
            this.Tell(new Refusal(StatusCodes.Status400BadRequest, "name_required", "Say who you are in at most 200 characters.", []));
            return Page();
        }

        DateTimeOffset asked = clock.GetUtcNow();
        Answer<DevelopmentTokens.Token> answer = await tokens.GetAsync(person, SecondFactor, cancellation);
        if (!answer.Given)
        {
            this.Tell(answer.Refusal);
            return Page();
        }

        await HttpContext.BeginSessionAsync(person, answer.Value.AccessToken, asked.AddSeconds(answer.Value.ExpiresInSeconds));
        return LocalRedirect(Url.IsLocalUrl(ReturnUrl) ? ReturnUrl! : "/");
    }

    /// <summary>Ends the session here, and the token's life at its issuer.</summary>
    public async Task<IActionResult> OnPostOutAsync(CancellationToken cancellation)
    {
        if (await HttpContext.GetTokenAsync("access_token") is { } token)
        {
            // Where the issuer is away the token ends by itself, and nobody has it any more.
            await tokens.RevokeAsync(token, cancellation);
        }

        await HttpContext.SignOutAsync();
        TempData["Notice"] = "You are signed out.";
        return LocalRedirect(SignInModule.Path);
    }
}
