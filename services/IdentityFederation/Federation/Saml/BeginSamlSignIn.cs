using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.SignIn;
using AccessGov.IdentityFederation.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>Sends somebody to an identity provider with a request that it say who they are.</summary>
internal sealed class BeginSamlSignIn(SamlProviders providers, SentRequests requests, TimeProvider clock)
{
    /// <summary>How long an address to come back to may be: the browser keeps it, in a cookie of 4,096 bytes.</summary>
    public const int ReturnUrlMax = 2_000;

    /// <summary>What the sign-in page is asked for, too.</summary>
    public sealed record Asked(
        [FromQuery(Name = "returnUrl")] string? ReturnUrl, [FromQuery(Name = "acr_values")] string? Contexts,
        [FromQuery(Name = "max_age")] string? MaxAge, [FromQuery(Name = "prompt")] string? Prompt);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet(SamlModule.PathPattern, (string name, [AsParameters] Asked asked, BeginSamlSignIn begin, HttpContext http) =>
            begin.AnswerAsync(http, name, new SignInWish(LocalOrNull(asked.ReturnUrl), WeakestOf(asked.Contexts)),
                fresh: asked.MaxAge is not null || asked.Prompt?.Split(' ').Contains("login", StringComparer.Ordinal) == true))
        .AllowAnonymous().ExcludeFromDescription();

    /// <param name="http">The request.</param>
    /// <param name="name">The provider.</param>
    /// <param name="wish">What the sign-in is for.</param>
    /// <param name="fresh">Whether the provider is to ask whoever is signed in there already; its answer is held to it.</param>
    public async Task<IResult> AnswerAsync(HttpContext http, string name, SignInWish wish, bool fresh)
    {
        if (wish.ReturnUrl is { Length: > ReturnUrlMax })
        {
            return SamlPages.Refused(SamlRefusals.ReturnUrlLong);
        }

        (SamlPartner? partner, EventSourcing.Refusal? refusal) = await providers.FindAsync(name, http.RequestAborted);
        if (partner is null)
        {
            return SamlPages.Refused(refusal!);
        }

        var request = new SentRequest(SamlMessages.NewId(), clock.GetUtcNow(), fresh);
        string handle = requests.Remember(http, name, request, wish);
        http.Response.Headers.CacheControl = "no-store";
        string message = SamlMessages.AuthnRequest(request, partner, ClassesFor(wish.Asked, partner.Options));
        return Authorize.SeeOther(http, RedirectBinding.Write(
            partner.Known.SignInUrl, "SAMLRequest", message, handle, partner.Options.SignRequests ? partner.SigningKey : null));
    }

    /// <summary>
    /// What is asked of the provider when this context is needed: what is asked always, and what the weakest that will do is asked with.
    /// </summary>
    internal static IReadOnlyList<string> ClassesFor(string? context, SamlOptions options) =>
        (options.ContextsAsked
            .Where(asked => asked.When is not null && context is not null && AuthenticationContexts.Satisfies(asked.When, context))
            .MinBy(asked => AuthenticationContexts.StrengthOf(asked.When))
        ?? options.ContextsAsked.FirstOrDefault(asked => asked.When is null))?.Ask ?? [];

    private static string? LocalOrNull(string? url) => RedirectHttpResult.IsLocalUrl(url) ? url : null;

    private static string? WeakestOf(string? contexts) =>
        (contexts ?? "").Split(' ').Where(context => AuthenticationContexts.StrengthOf(context) > 0)
            .MinBy(AuthenticationContexts.StrengthOf);
}
