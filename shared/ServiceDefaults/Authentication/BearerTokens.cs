using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AccessGov.ServiceDefaults;

/// <summary>ASP.NET Core's face of the token validator, for all endpoints that are not hot.</summary>
internal sealed class BearerTokens(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ITokenValidator validator)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private TokenValidation? validation;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Endpoints that take anybody, or authenticate by themselves, do not pay for it here.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return AuthenticateResult.NoResult();
        }

        validation = await CallerAuthentication.ValidateAsync(Context, validator);
        return validation switch
        {
            TokenValidation.Valid valid => AuthenticateResult.Success(new AuthenticationTicket(valid.Caller.ToPrincipal(), Scheme.Name)),
            TokenValidation.Invalid invalid => AuthenticateResult.Fail(invalid.Sentence),
            TokenValidation.Unknown unknown => AuthenticateResult.Fail(unknown.Sentence),
            _ => AuthenticateResult.NoResult(),
        };
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => CallerAuthentication.ChallengeAsync(Context, validation);
}

/// <summary>Not ready while nobody could be recognised.</summary>
internal sealed class KeysCheck(SigningKeys keys) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!keys.AreConfigured)
        {
            return HealthCheckResult.Healthy("No other issuer's tokens are taken than this service's own.");
        }

        try
        {
            int count = (await keys.ForAsync(keyId: null, cancellationToken)).Count;
            return HealthCheckResult.Healthy("The issuer's keys are known.", new Dictionary<string, object>(StringComparer.Ordinal) { ["keys"] = count });
        }
        catch (KeysUnavailableException)
        {
            return HealthCheckResult.Unhealthy("The issuer's keys cannot be read.");
        }
    }
}
