using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.SignIn;
using AccessGov.IdentityFederation.Tokens;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessGov.IdentityFederation.Federation.OpenIdConnect;

/// <summary>
/// Where a browser comes back to from an identity provider. It comes from another site, so it does not bring the cookies along that only
/// our own pages are given: it is led to the same page once more, by ourselves, and then it does. What the form's token is elsewhere, the
/// state is here.
/// </summary>
[IgnoreAntiforgeryToken]
internal sealed class CallbackModel(OpenIdConnectSignIn signIn) : PageModel
{
    private const string AgainField = "again";
    private const int ParameterMax = 8_192;
    private static readonly string[] Fields = ["code", "state", "iss", "error"];

    /// <summary>Where the browser is led.</summary>
    public string? Address { get; private set; }

    /// <summary>What it is to send once more.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Form { get; private set; }

    /// <summary>Where whoever is refused begins.</summary>
    public string BeginAnew { get; private set; } = SessionsModule.SignInPath;

    public Task<IActionResult> OnGetAsync(string provider) => AnswerAsync(provider);

    public Task<IActionResult> OnPostAsync(string provider) => AnswerAsync(provider);

    private async Task<IActionResult> AnswerAsync(string provider)
    {
        (OAuthForm? form, _) = await OAuthForm.ReadAsync(HttpContext);
        if (form is null || form.HoldsMoreThan(ParameterMax))
        {
            return this.Refuse(FederationRefusals.Unasked);
        }

        PendingSignIn? pending = signIn.PendingOf(HttpContext, provider, form["state"]);
        if (pending is null && form[AgainField] is null)
        {
            return ComeAgain(form);
        }

        if (pending?.Wish.ReturnUrl is { } returnUrl)
        {
            BeginAnew = QueryHelpers.AddQueryString(SessionsModule.SignInPath, "returnUrl", returnUrl);
        }

        return this.Follow(await signIn.FinishAsync(HttpContext, provider,
            new ProviderAnswer(form["code"], form["state"], form["iss"], form["error"])));
    }

    private PageResult ComeAgain(OAuthForm form)
    {
        KeyValuePair<string, string>[] fields =
        [
            .. Fields.Where(name => form[name] is not null).Select(name => KeyValuePair.Create(name, form[name]!)),
            KeyValuePair.Create(AgainField, "1"),
        ];
        if (!HttpMethods.IsGet(Request.Method))
        {
            Form = fields;
            return Page();
        }

        Address = QueryHelpers.AddQueryString(Request.Path, fields.Select(field => KeyValuePair.Create(field.Key, (string?)field.Value)));
        Response.Headers["Refresh"] = $"0;url={Address}";
        return Page();
    }
}
