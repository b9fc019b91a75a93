using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>How pages tell a refusal.</summary>
internal static class PageRefusals
{
    public const string Key = "Refusal";

    public static readonly Refusal Wrong = new(
        "sign_in_wrong",
        "The user name or the password is not right, or this account cannot sign in with a password. Try again, or ask the service desk.");

    public static readonly Refusal TicketSpent = new(
        "sign_in_expired", "That took longer than five minutes, or what you sign in with is another than before: begin anew.");

    /// <summary>For people who see what is meant for programs: what goes wrong before, beside and behind a page.</summary>
    public static readonly ErrorPage Page = new(
        "/sign-in.css", AccountPaths.Account, "To your account", static (status, code) => code switch
    {
        "store_unavailable" or "store_not_started" => "Nothing can be looked up or kept at the moment. Wait a little, then try again.",
        "stopping" => "The service is just being started anew. Wait a little, then try again.",
        "unauthenticated" or "not_found" => "There is nothing for you to see at this address. Check it, or begin at your account page.",
        "status_400" =>
            "The form cannot be taken: it is too old, or it is not ours. Go back, open the page again, and repeat what you wanted.",
        _ when status == StatusCodes.Status405MethodNotAllowed => "This address is not opened that way. Begin at your account page.",
        _ => null,
    });

    public static Refusal TooMany(TimeSpan wait) => new(
        "too_many_failures",
        $"There were too many failures. Wait {(int)Math.Ceiling(wait.TotalSeconds)} seconds, then try again, "
        + "or use a browser that you have signed in with before.");

    /// <summary>The page again, with the refusal.</summary>
    public static PageResult Refuse(this PageModel page, Refusal refusal)
    {
        page.ViewData[Key] = refusal;
        page.Response.StatusCode = refusal.Code == "too_many_failures"
            ? StatusCodes.Status429TooManyRequests : Refusals.Table.StatusOf(refusal.Code);
        return page.Page();
    }

    /// <summary>
    /// Where a step leads, or the page again with the reason why it leads nowhere. Nowhere but to a path of this service.
    /// </summary>
    public static IActionResult Follow(this PageModel page, Step step) => step.Refusal is { } refusal
        ? page.Refuse(refusal)
        : page.LocalRedirect(page.Url.IsLocalUrl(step.Path) ? step.Path! : AccountPaths.Account);
}

/// <summary>The addresses of people's own pages.</summary>
internal static class AccountPaths
{
    public const string Account = "/account";
    public const string Password = "/account/password";
    public const string App = "/account/authenticator-app";
    public const string Passkeys = "/account/passkeys";
    public const string RecoveryCodes = "/account/recovery-codes";
}
