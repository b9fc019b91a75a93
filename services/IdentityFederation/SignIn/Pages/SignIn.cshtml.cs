using AccessGov.IdentityFederation.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.IdentityFederation.SignIn.Pages;

/// <summary>Begins a sign-in: with a user name and a password, or with a passkey, which says itself who it is.</summary>
internal sealed class SignInModel(LocalSignIn signIn, PasswordCheck passwords, TimeProvider clock) : PageModel
{
    /// <summary>Where to go then.</summary>
    [BindProperty(SupportsGet = true, Name = "returnUrl")]
    public string? ReturnUrl { get; set; }

    /// <summary>The authentication contexts of which one is asked for, with blanks between them (OpenID Connect Core 1.0, 3.1.2.1).</summary>
    [BindProperty(SupportsGet = true, Name = "acr_values")]
    public string? AcrValues { get; set; }

    [BindProperty]
    public string? UserName { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public string? Credential { get; set; }

    /// <summary>Whether somebody is signed in, and is asked again.</summary>
    public bool Again { get; private set; }

    /// <param name="maxAge">How many seconds ago they may have shown who they are (max_age).</param>
    /// <param name="prompt">With login, everybody is asked again.</param>
    /// <param name="hint">Who it probably is (login_hint).</param>
    public async Task<IActionResult> OnGetAsync(
        [FromQuery(Name = "max_age")] string? maxAge, [FromQuery(Name = "prompt")] string? prompt, [FromQuery(Name = "login_hint")] string? hint)
    {
        UserName = hint is { Length: <= 200 } ? hint : null;
        if (await signIn.SessionAsync(HttpContext) is not { } session)
        {
            return Page();
        }

        Again = true;
        bool tooOld = long.TryParse(maxAge, out long seconds) && seconds >= 0
            && (clock.GetUtcNow() - session.State.AuthenticatedAt).TotalSeconds > seconds;
        if (tooOld || prompt?.Split(' ').Contains("login", StringComparer.Ordinal) == true)
        {
            return Page();
        }

        SignInWish wish = Wish();
        if (wish.Asked is null || AuthenticationContexts.Satisfies(session.State.Proof.Context, wish.Asked))
        {
            return this.Follow(new Step(wish.ReturnUrl ?? AccountPaths.Account));
        }

        // What was shown a moment ago still counts, and only what is missing is asked for. A session that was left open, or stolen, is asked for everything.
        return session.State.AuthenticatedAt + CredentialOwners.Recent <= clock.GetUtcNow()
            ? Page()
            : this.Follow(await signIn.GoOnAsync(HttpContext, session.State.Person, session.State.Proof.Methods, wish));
    }

    public async Task<IActionResult> OnPostAsync()
    {
        PasswordCheck.Answer answer = await passwords.CheckAsync(HttpContext, UserName?.Trim() ?? "", Password ?? "");
        return answer switch
        {
            { Person: { } person } => this.Follow(await signIn.GoOnAsync(HttpContext, person, ["pwd"], Wish())),
            { Wait: { } wait } => this.Refuse(PageRefusals.TooMany(wait)),
            _ => this.Refuse(PageRefusals.Wrong),
        };
    }

    public async Task<IActionResult> OnPostPasskeyOptionsAsync([FromServices] Passkeys passkeys) =>
        Content(await passkeys.RequestAsync(HttpContext, null), "application/json");

    public async Task<IActionResult> OnPostPasskeyAsync([FromServices] Passkeys passkeys)
    {
        Passkeys.Shown shown = await passkeys.CheckAsync(HttpContext, Credential ?? "", null);
        return shown.Refusal is { } refusal
            ? this.Refuse(refusal)
            : this.Follow(await signIn.GoOnAsync(HttpContext, shown.Person!, shown.Methods, Wish()));
    }

    // The weakest of the contexts that are known here will do; one that nobody can show is for whoever asked to refuse.
    private SignInWish Wish() => new(
        Url.IsLocalUrl(ReturnUrl) ? ReturnUrl : null,
        (AcrValues ?? "").Split(' ').Where(context => AuthenticationContexts.StrengthOf(context) > 0).MinBy(AuthenticationContexts.StrengthOf));
}
