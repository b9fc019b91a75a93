using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Federation.OpenIdConnect;
using AccessGov.IdentityFederation.Federation.Saml;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.SignIn;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>Sends people to their identity provider, by the protocol that it speaks.</summary>
internal sealed class ProviderSignIns(
    IOptions<IdentityProvidersOptions> providers, IOptions<SessionLimits> limits, OpenIdConnectSignIn openIdConnect)
{
    private const int HintMax = 200;

    /// <param name="http">The request.</param>
    /// <param name="provider">Where to.</param>
    /// <param name="wish">What the sign-in is for.</param>
    /// <param name="hint">Who it probably is.</param>
    /// <param name="maxAge">How many seconds ago they may have shown it (max_age).</param>
    /// <param name="again">Whether they are to show it in any case.</param>
    public Task<ProviderStep> BeginAsync(HttpContext http, string provider, SignInWish wish, string? hint, string? maxAge, bool again)
    {
        if (!providers.Value.TryGetValue(provider, out IdentityProviderOptions? settings))
        {
            return Task.FromResult(new ProviderStep(null, FederationRefusals.ProviderUnknown));
        }

        // What will be needed from there is asked of the provider, so that nobody is asked for a second factor twice.
        bool inside = limits.Value.IsInside(http);
        string needed = inside ? AuthenticationContexts.SingleFactor : AuthenticationContexts.MultiFactor;
        TimeSpan? age = long.TryParse(maxAge, out long seconds) && seconds is >= 0 and <= int.MaxValue
            ? TimeSpan.FromSeconds(seconds) : null;
        string context = wish.Asked is { } asked && AuthenticationContexts.Satisfies(asked, needed) ? asked : needed;
        return settings.Saml is not null
            ? Task.FromResult(new ProviderStep(SamlAddress(provider, wish, context, fresh: again || age is not null), null))
            : openIdConnect.BeginAsync(http, provider, new ProviderRequest(
                wish, context, hint is { Length: > 0 and <= HintMax } ? hint : null, age, again));
    }

    private static string SamlAddress(string provider, SignInWish wish, string context, bool fresh) => QueryHelpers.AddQueryString(
        SamlModule.PathOf(provider),
        new[] { ("returnUrl", wish.ReturnUrl), ("acr_values", context), ("prompt", fresh ? "login" : null) }
            .Where(parameter => parameter.Item2 is not null).Select(parameter => KeyValuePair.Create(parameter.Item1, parameter.Item2)));
}

/// <summary>What an identity provider is asked for.</summary>
/// <param name="Wish">What the sign-in is for.</param>
/// <param name="Needed">The context that is needed.</param>
/// <param name="LoginHint">Who it probably is.</param>
/// <param name="MaxAge">How long ago they may have shown it.</param>
/// <param name="Again">Whether they are to show it in any case.</param>
internal sealed record ProviderRequest(SignInWish Wish, string Needed, string? LoginHint, TimeSpan? MaxAge, bool Again);

/// <summary>The provider's address at which it goes on, or why it does not.</summary>
internal sealed record ProviderStep(string? Address, Refusal? Refusal);
