using AccessGov.Console.Pages.SignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace AccessGov.Console.Services;

/// <summary>How pages show refusals: beside the form that was refused, or instead of a page that cannot be shown.</summary>
internal static class RefusedPage
{
    public const string Key = "Refusal";

    /// <summary>The page is shown all the same, with the refusal above it and in the status.</summary>
    public static void Tell(this PageModel page, Refusal refusal)
    {
        page.ViewData[Key] = refusal;
        page.Response.StatusCode = refusal.Status;
    }

    /// <summary>The refusal instead of the page. A session whose token is worth nothing any more ends.</summary>
    public static async Task<IActionResult> RefuseAsync(this PageModel page, Refusal refusal)
    {
        if (refusal.EndsSession)
        {
            await page.HttpContext.SignOutAsync();
            return new RedirectResult(SignInModule.AddressFor(page.Request.Path + page.Request.QueryString));
        }

        return page.Instead("/Pages/Shared/Refused.cshtml", refusal, refusal.Status);
    }

    /// <summary>Where somebody comes back to after another sign-in: all that the address names, without the form that was sent.</summary>
    public static string BackTo(HttpRequest request) => request.Path + QueryString.Create(
        request.Query.Where(parameter => !parameter.Key.Equals("handler", StringComparison.OrdinalIgnoreCase))).ToUriComponent();

    /// <summary>Something else instead of the page.</summary>
    public static ViewResult Instead<T>(this PageModel page, string view, T model, int status = StatusCodes.Status200OK) => new()
    {
        ViewName = view,
        StatusCode = status,
        ViewData = new ViewDataDictionary<T>(page.ViewData, model),
    };
}
