using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.ServiceDefaults;

/// <summary>How callers show who they are: a bearer token (RFC 6750).</summary>
public static class CallerAuthentication
{
    internal const string Scheme = "Bearer";
    private const string Prefix = "Bearer ";

    /// <summary>
    /// For an endpoint so hot that it authenticates by itself (and says <c>AllowAnonymous</c>): the caller when the token is good and has the scope, else null
    /// with the status (401, 403 or 503), the <c>WWW-Authenticate</c> header and the sentence written to the response. Waits only for a token it has not seen before.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="validator">Who knows the tokens.</param>
    /// <param name="scope">What the token must be good for.</param>
    /// <param name="refusing">Called with code and sentence before a refusal is written, for headers of the endpoint's own.</param>
    public static ValueTask<CallerIdentity?> AuthenticateCallerAsync(
        this HttpContext context, ITokenValidator validator, string scope, Action<HttpContext, string, string>? refusing = null)
    {
        string header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            && validator.TryGetCached(header.AsSpan(Prefix.Length), out CallerIdentity? caller)
            && caller.Scopes.Contains(scope)
                ? new(caller)
                : new(AuthenticateSlowlyAsync(context, validator, scope, refusing));
    }

    internal static void AddCallerAuthentication(this IServiceCollection services)
    {
        services.AddSettings<AuthenticationSettings>(AuthenticationSettings.Section);
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<JwtValidator>().AddSingleton<ITokenValidator>(provider => provider.GetRequiredService<JwtValidator>());
        services.AddHostedService<KeysRefresh>();
        services.AddAuthentication(Scheme).AddScheme<AuthenticationSchemeOptions, BearerTokens>(Scheme, null);
        services.AddAuthorization();
        services.AddSingleton<IAuthorizationPolicyProvider, ScopePolicies>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, MissingScopes>();
        services.AddHealthChecks().AddCheck<KeysCheck>("signing-keys", tags: [HealthEndpoints.ReadyTag]);
    }

    internal static async ValueTask<TokenValidation?> ValidateAsync(HttpContext context, ITokenValidator validator)
    {
        string header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? await validator.ValidateAsync(header[Prefix.Length..].Trim(), context.RequestAborted)
            : null;
    }

    /// <summary>401 as RFC 6750 words it: without an error code when no token was sent.</summary>
    internal static Task ChallengeAsync(HttpContext context, TokenValidation? validation, Action<HttpContext, string, string>? refusing = null)
    {
        if (validation is TokenValidation.Unknown unknown)
        {
            context.Response.Headers.RetryAfter = "5";
            return RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "keys_unavailable", unknown.Sentence, refusing);
        }

        string sentence = (validation as TokenValidation.Invalid)?.Sentence ?? "Send a bearer token in the Authorization header.";
        context.Response.Headers.WWWAuthenticate = validation is null
            ? "Bearer realm=\"accessgov\""
            : $"Bearer realm=\"accessgov\", error=\"invalid_token\", error_description=\"{sentence}\"";
        return RefuseAsync(context, StatusCodes.Status401Unauthorized, validation is null ? "unauthenticated" : "invalid_token", sentence, refusing);
    }

    internal static Task ForbidAsync(HttpContext context, string clientId, string scopes, Action<HttpContext, string, string>? refusing = null)
    {
        context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"accessgov\", error=\"insufficient_scope\", scope=\"{scopes}\"";
        return RefuseAsync(context, StatusCodes.Status403Forbidden, "insufficient_scope",
            $"This needs the scope {scopes}, which the token of client {clientId} does not have: ask for a token with it.", refusing);
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string sentence, Action<HttpContext, string, string>? refusing)
    {
        refusing?.Invoke(context, code, sentence);
        return Problems.WriteAsync(context, status, code, sentence);
    }

    private static async Task<CallerIdentity?> AuthenticateSlowlyAsync(
        HttpContext context, ITokenValidator validator, string scope, Action<HttpContext, string, string>? refusing)
    {
        TokenValidation? validation = await ValidateAsync(context, validator);
        if (validation is not TokenValidation.Valid { Caller: var caller })
        {
            await ChallengeAsync(context, validation, refusing);
            return null;
        }

        if (!caller.Scopes.Contains(scope))
        {
            await ForbidAsync(context, caller.ClientId, scope, refusing);
            return null;
        }

        return caller;
    }
}
