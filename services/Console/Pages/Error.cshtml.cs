using System.Diagnostics;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages;

/// <summary>What went wrong in the console itself: an address that is none, a form that is too old, a bug.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
internal sealed class ErrorModel : PageModel
{
    public Refusal Why { get; private set; } = null!;

    public void OnGet() => Show();

    public void OnPost() => Show();

    // Nothing is bound: the form may be what could not be read.
    private void Show()
    {
        int shown = HttpContext.Features.Get<IExceptionHandlerFeature>() is { Error: var error }
            ? (error as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError
            : HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is not null && int.TryParse(Request.Query["status"], out int status) ? status
            : StatusCodes.Status404NotFound;
        string trace = Activity.Current?.TraceId.ToHexString() ?? HttpContext.TraceIdentifier;
        Response.StatusCode = shown;
        Why = shown switch
        {
            404 => new Refusal(shown, "page_unknown", "There is no page at this address.", []),
            400 => new Refusal(shown, "form_malformed", "The form cannot be taken: it is too old, larger than 1 MB, was opened before you signed in, or is not ours.", []),
            405 => new Refusal(shown, "method_not_allowed", "This address is not asked that way.", []),
            413 => new Refusal(shown, "form_too_large", "What was sent is larger than the console takes (1 MB).", []),
            < 500 => new Refusal(shown, $"status_{shown}", "The request was not carried out.", []),
            _ => new Refusal(shown, "internal_error", $"Something went wrong here. Tell the operators this trace id: {trace}.", []),
        };
    }
}
