using AccessGov.Console.Services;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AccessGov.Console.Pages.SignIn;

/// <summary>Leads to IdentityFederation and back, and out again.</summary>
[AllowAnonymous]
internal sealed class SignInModel : PageModel
{
    private const int ParameterMax = 200;

    /// <param name="returnUrl">Where to go then; an address of the console.</param>
    /// <param name="context">The authentication context that is asked for (acr_values).</param>
    /// <param name="maxAge">How many seconds ago they may have shown who they are (max_age).</param>
    public async Task<IActionResult> OnGetAsync(
        string? returnUrl, [FromQuery(Name = "acr_values")] string? context, [FromQuery(Name = "max_age")] string? maxAge)
    {
        var properties = new AuthenticationProperties { RedirectUri = Url.IsLocalUrl(returnUrl) ? returnUrl : "/" };
        properties.SetParameter("acr_values", context is { Length: > 0 and <= ParameterMax } ? context : null);
        if (uint.TryParse(maxAge, out uint seconds))
        {
            properties.SetParameter<TimeSpan?>(OpenIdConnectParameterNames.MaxAge, TimeSpan.FromSeconds(seconds));
        }

        try
        {
            await HttpContext.ChallengeAsync(SignInModule.OpenId, properties);
            return new EmptyResult();
        }
        catch (Exception away) when (SignInUnreachableException.IsReason(away))
        {
            return await this.RefuseAsync(Refusal.SignInUnreachable);
        }
    }

    /// <summary>Ends the session here and at IdentityFederation. While that is away, it is over here at least.</summary>
    public async Task<IActionResult> OnPostOutAsync()
    {
        try
        {
            await HttpContext.SignOutAsync(SignInModule.OpenId);
        }
        catch (Exception away) when (SignInUnreachableException.IsReason(away))
        {
            Response.Redirect(SignInModule.SignedOutPath);
        }

        await HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return new EmptyResult();
    }
}
