using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>Enforcement points by their bearer tokens; a token is validated once and then known by its hash.</summary>
internal sealed class EnforcementPointTokens(ITokenValidator validator) : IEnforcementPoints
{
    public const string Scope = "decisions.evaluate";

    public async ValueTask<EnforcementPoint?> AuthenticateAsync(HttpContext http) =>
        await http.AuthenticateCallerAsync(validator, Scope) is { } caller
            ? new EnforcementPoint(caller.ClientId, http.Response.Headers["X-Request-ID"])
            : null;
}
