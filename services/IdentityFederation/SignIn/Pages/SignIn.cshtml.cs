using AccessGov.IdentityFederation.Federation;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.IdentityFederation.SignIn.Pages;

/// <summary>
/// Begins a sign-in: with a user name and a password, with a passkey, which says itself who it is, or at the identity provider of whoever's
/// name is typed.
/// </summary>
internal sealed class SignInModel(LocalSignIn signIn, PasswordCheck passwords, HomeRealms realms, ProviderSignIns providers,
    TimeProvider clock) : PageModel
{
    /// <summary>Where to go then.</summary>
    [BindProperty(SupportsGet = true, Name = "returnUrl")]
    public string? ReturnUrl { get; set; }

    /// <summary>
    /// The authentication contexts of which one is asked for, with blanks between them (OpenID Connect Core 1.0, 3.1.2.1).
    /// </summary>
    [BindProperty(SupportsGet = true, Name = "acr_values")]
    public string? AcrValues { get; set; }

    /// <summary>How many seconds ago they may have shown who they are.</summary>
    [BindProperty(SupportsGet = true, Name = "max_age")]
    public string? MaxAge { get; set; }

    /// <summary>With login, everybody is asked again.</summary>
    [BindProperty(SupportsGet = true, Name = "prompt")]
    public string? Prompt { get; set; }

    /// <summary>Who it probably is.</summary>
    [BindProperty(SupportsGet = true, Name = "login_hint")]
    public string? Hint { get; set; }

    [BindProperty]
    public string? UserName { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public string? Credential { get; set; }

    /// <summary>The identity provider that is chosen.</summary>
    [BindProperty]
    public string? Provider { get; set; }

    /// <summary>The identity providers to choose from.</summary>
    public IReadOnlyList<(string Name, string DisplayName)> Providers => realms.Shown;

    /// <summary>Whether a name alone may lead to one.</summary>
    public bool HasProviders => realms.Any;

    /// <summary>Whether somebody is signed in, and is asked again.</summary>
    public bool Again { get; private set; }

    private bool MustShowAgain => Prompt?.Split(' ').Contains("login", StringComparer.Ordinal) == true;

    public async Task<IActionResult> OnGetAsync()
    {
        UserName = Hint is { Length: <= 200 } ? Hint : null;
        if (await signIn.SessionAsync(HttpContext) is not { } session)
        {
            return Page();
        }

        Again = true;
        bool tooOld = long.TryParse(MaxAge, out long seconds) && seconds >= 0
            && (clock.GetUtcNow() - session.State.AuthenticatedAt).TotalSeconds > seconds;
        if (tooOld || MustShowAgain)
        {
            return Page();
        }

        SignInWish wish = Wish();
        if (wish.Asked is null || AuthenticationContexts.Satisfies(session.State.Proof.Context, wish.Asked))
        {
            return this.Follow(new Step(wish.ReturnUrl ?? AccountPaths.Account));
        }

        // What was shown a moment ago still counts, and only what is missing is asked for. A session that was left open, or stolen, is
        // asked for everything.
        Proof proof = session.State.Proof;
        Vouched? vouched = proof.Provider is null
            ? null : new Vouched(proof.Provider, proof.ProviderSession, session.State.AuthenticatedAt);
        return session.State.AuthenticatedAt + CredentialOwners.Recent <= clock.GetUtcNow()
            ? Page()
            : this.Follow(await signIn.GoOnAsync(HttpContext, session.State.Person, proof.Methods, wish, vouched));
    }

    public async Task<IActionResult> OnPostAsync()
    {
        // By the domain alone, before anything is looked up about the name: what is answered tells nothing about it.
        if (await realms.FindAsync(UserName ?? "", HttpContext.RequestAborted) is { } realm
            && (realm.IsRequired || string.IsNullOrEmpty(Password)))
        {
            return await ToProviderAsync(realm.Provider, UserName!.Trim());
        }

        if (string.IsNullOrEmpty(Password))
        {
            return this.Refuse(FederationRefusals.PasswordMissing);
        }

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

    public Task<IActionResult> OnPostProviderAsync() => ToProviderAsync(Provider ?? "", Hint);

    public async Task<IActionResult> OnPostPasskeyAsync([FromServices] Passkeys passkeys, [FromServices] PersonDirectory people)
    {
        Passkeys.Shown shown = await passkeys.CheckAsync(HttpContext, Credential ?? "", null);
        return shown.Refusal is { } refusal ? this.Refuse(refusal)
            : await people.FindAsync(shown.Person!, HttpContext.RequestAborted) is { } person
                && realms.ProviderIsRequired(person.Organisation)
                ? this.Refuse(FederationRefusals.ProviderRequired)
            : this.Follow(await signIn.GoOnAsync(HttpContext, shown.Person!, shown.Methods, Wish()));
    }

    private async Task<IActionResult> ToProviderAsync(string provider, string? hint)
    {
        ProviderStep step = await providers.BeginAsync(HttpContext, provider, Wish(), hint, MaxAge, MustShowAgain);
        return step.Refusal is { } refusal ? this.Refuse(refusal) : Redirect(step.Address!);
    }

    // The strongest of the contexts that are known here, as at the authorization endpoint; one that nobody can show is for whoever asked to
    // refuse.
    private SignInWish Wish() => new(
        Url.IsLocalUrl(ReturnUrl) ? ReturnUrl : null,
        (AcrValues ?? "").Split(' ')
            .Where(context => AuthenticationContexts.StrengthOf(context) > 0).MaxBy(AuthenticationContexts.StrengthOf));
}
