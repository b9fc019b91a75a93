using System.Security.Cryptography;
using System.Text;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.SignIn;
using AccessGov.IdentityFederation.Tokens;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AccessGov.IdentityFederation.Federation.OpenIdConnect;

/// <summary>Sends a browser to an identity provider (OpenID Connect Core, 3.1), and takes in what it comes back with.</summary>
internal sealed class OpenIdConnectSignIn(
    IOptions<IdentityProvidersOptions> providers, IOptions<IdentityFederationOptions> options, ProviderMetadata metadata,
    CodeExchange exchange, ProviderTokens tokens, FederatedSignIn federated, SealedCookies cookies, UsedOnce used, TimeProvider clock,
    ILogger<OpenIdConnectSignIn> logger)
{
    private const int TextMax = 4_096;

    /// <summary>Where the provider sends browsers back to: to the public address, whatever a request says of itself.</summary>
    public string RedirectUriOf(string provider) =>
        $"{options.Value.PublicUrl!.OriginalString.TrimEnd('/')}/sign-in/providers/{provider}/callback";

    /// <summary>Where the browser goes on, or why it does not.</summary>
    public async Task<ProviderStep> BeginAsync(HttpContext http, string provider, ProviderRequest asked)
    {
        IdentityProviderOptions there = providers.Value[provider];
        OpenIdConnectSettings settings = there.OpenIdConnect!;
        OpenIdConnectConfiguration configuration;
        try
        {
            configuration = await metadata.FindAsync(provider, http.RequestAborted);
        }
        catch (ProviderUnavailableException e)
        {
            return new ProviderStep(null, Unavailable(provider, there, e));
        }

        var pending = new PendingSignIn(
            provider, AuthorizationGrants.NewSecret(), AuthorizationGrants.NewSecret(), AuthorizationGrants.NewSecret(), asked.Wish,
            asked.Again ? TimeSpan.Zero : asked.MaxAge, clock.GetUtcNow());
        cookies.Write(http, PendingSignIn.CookieOf(pending.State)!, pending, PendingSignIn.Lasts, stays: true);
        string contexts = string.Join(' ', there.WordsFor(asked.Needed));
        var parameters = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["response_type"] = "code", ["client_id"] = settings.ClientId, ["redirect_uri"] = RedirectUriOf(provider),
            ["scope"] = string.Join(' ', settings.ScopesAsked),
            ["state"] = pending.State, ["nonce"] = pending.Nonce, ["code_challenge_method"] = "S256",
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(pending.Verifier))),
            ["response_mode"] = settings.ResponseMode == ResponseMode.FormPost ? "form_post" : null,
            ["login_hint"] = asked.LoginHint, ["acr_values"] = contexts.Length == 0 ? null : contexts,
            ["max_age"] = pending.MaxAge is { } age ? $"{(long)age.TotalSeconds}" : null,
            ["prompt"] = pending.MaxAge == TimeSpan.Zero ? "login" : null,
        };
        return new ProviderStep(QueryHelpers.AddQueryString(
            configuration.AuthorizationEndpoint, parameters.Where(parameter => parameter.Value is not null)), null);
    }

    /// <summary>
    /// The sign-in that the browser is away for with this state; null when it asked for none, or not there, or too long ago.
    /// </summary>
    public PendingSignIn? PendingOf(HttpContext http, string provider, string? state) =>
        PendingSignIn.CookieOf(state) is { } cookie && cookies.Read<PendingSignIn>(http, cookie) is { } pending
        && pending.State == state && pending.Provider == provider ? pending : null;

    /// <summary>Takes the provider's answer in. Whatever becomes of it, it is answered once.</summary>
    public async Task<Step> FinishAsync(HttpContext http, string provider, ProviderAnswer answer)
    {
        if (!providers.Value.TryGetValue(provider, out IdentityProviderOptions? there) || there.OpenIdConnect is null)
        {
            return new Step(null, FederationRefusals.ProviderUnknown);
        }

        try
        {
            if (PendingOf(http, provider, answer.State) is not { } pending)
            {
                return Refuse(provider, FederationRefusals.Unasked, "no such request");
            }

            cookies.Delete(http, PendingSignIn.CookieOf(pending.State)!);
            return await used.UseAsync("state", provider, pending.State, pending.BegunAt + PendingSignIn.Lasts, http.RequestAborted)
                ? await FinishAsync(http, there, pending, answer)
                : Refuse(provider, FederationRefusals.Unasked, "used already");
        }
        catch (OwnSecretUnreadableException e)
        {
            FederationLog.SecretUnreadable(logger, provider, e.Message);
            return new Step(null, FederationRefusals.OwnSecretUnreadable);
        }
        catch (ProviderUnavailableException e)
        {
            return new Step(null, Unavailable(provider, there, e));
        }
        catch (Exception e) when (CommandRunner.NotWritten(e) is { } refusal)
        {
            return new Step(null, refusal);
        }
    }

    private async Task<Step> FinishAsync(HttpContext http, IdentityProviderOptions there, PendingSignIn pending, ProviderAnswer answer)
    {
        (string provider, OpenIdConnectSettings settings, CancellationToken cancellation) =
            (pending.Provider, there.OpenIdConnect!, http.RequestAborted);
        DateTimeOffset now = clock.GetUtcNow();
        OpenIdConnectConfiguration configuration = await metadata.FindAsync(provider, cancellation);

        // Whose answer it is (RFC 9207): a code of one provider is not taken to another.
        bool mustNameItself = configuration.AuthorizationResponseIssParameterSupported == true;
        if (answer.Issuer is null ? mustNameItself : answer.Issuer != configuration.Issuer)
        {
            return Refuse(provider, FederationRefusals.MixedUp, "another issuer");
        }

        if (answer.Code is not { Length: > 0 and <= TextMax } code)
        {
            return Refuse(provider, FederationRefusals.Declined, answer.Error is null ? "no code" : "an error");
        }

        CodeExchange.Answer redeemed =
            await exchange.RedeemAsync(settings, configuration, code, RedirectUriOf(provider), pending.Verifier, cancellation);
        if (redeemed.IdToken is null)
        {
            return Refuse(provider, FederationRefusals.CodeRefused, redeemed.Fault ?? "refused");
        }

        ProviderTokens.Read read = await tokens.ReadIdTokenAsync(provider, settings, redeemed.IdToken, pending.Nonce, cancellation);
        if (read.Token is not { } token)
        {
            return Refuse(provider, FederationRefusals.TokenRefused, read.Fault!);
        }

        var claims = ClaimsOfJson.OfToken(token.EncodedPayload).ToList();
        if (settings.ClaimsFromUserInfo)
        {
            if (redeemed.AccessToken is not { } access
                || await exchange.AskUserInfoAsync(settings, configuration, access, token.Subject, cancellation) is not { } more)
            {
                return Refuse(provider, FederationRefusals.ClaimsIncomplete, "no user info");
            }

            var known = claims.Select(claim => claim.Key).ToHashSet(StringComparer.Ordinal);
            claims.AddRange(more.Where(claim => !known.Contains(claim.Key)));
        }

        return Identity.Of(pending, token, claims, there, now) switch
        {
            (_, { } refusal) => Refuse(provider, refusal, "claims"),
            ({ } identity, _) => await federated.GoOnAsync(http, identity, pending.Wish),
            _ => throw new InvalidOperationException("An identity, or why there is none."),
        };
    }

    private Step Refuse(string provider, Refusal refusal, string fault)
    {
        FederationLog.RefusedBecause(logger, provider, refusal.Code, fault);
        return new Step(null, refusal);
    }

    private Refusal Unavailable(string provider, IdentityProviderOptions there, ProviderUnavailableException e)
    {
        FederationLog.Unavailable(logger, provider, e.Message);
        return FederationRefusals.Unavailable(there.DisplayName);
    }
}

/// <summary>What a provider's answer holds (RFC 6749, 4.1.2; RFC 9207).</summary>
internal sealed record ProviderAnswer(string? Code, string? State, string? Issuer, string? Error);
