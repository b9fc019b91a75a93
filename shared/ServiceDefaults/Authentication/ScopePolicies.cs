using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;

namespace AccessGov.ServiceDefaults;

/// <summary><c>RequireAuthorization("grants.manage")</c>: the name of a policy is the scope that a token must have. A misspelt name permits nobody.</summary>
internal sealed class ScopePolicies : IAuthorizationPolicyProvider
{
    private static readonly AuthorizationPolicy AnyCaller = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();

    public Task<AuthorizationPolicy?> GetPolicyAsync(string policyName) => Task.FromResult<AuthorizationPolicy?>(
        new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new ScopeRequirement(policyName)).Build());

    public Task<AuthorizationPolicy> GetDefaultPolicyAsync() => Task.FromResult(AnyCaller);

    /// <summary>An endpoint that says nothing about authorization still wants a valid token.</summary>
    public Task<AuthorizationPolicy?> GetFallbackPolicyAsync() => Task.FromResult<AuthorizationPolicy?>(AnyCaller);
}

internal sealed class ScopeRequirement(string scope) : AuthorizationHandler<ScopeRequirement>, IAuthorizationRequirement
{
    public string Scope { get; } = scope;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (context.User.HasClaim("scope", requirement.Scope))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

/// <summary>Says in a 403 which scope is missing.</summary>
internal sealed class MissingScopes : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler otherwise = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        string? missing = authorizeResult is { Forbidden: true, AuthorizationFailure: { } failure }
            ? string.Join(' ', failure.FailedRequirements.OfType<ScopeRequirement>().Select(requirement => requirement.Scope))
            : null;
        return string.IsNullOrEmpty(missing)
            ? otherwise.HandleAsync(next, context, policy, authorizeResult)
            : CallerAuthentication.ForbidAsync(context, context.User.Identity?.Name ?? "unknown", missing);
    }
}
