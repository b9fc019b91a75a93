using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// Lets only people through, and only those who signed in strongly: what is behind it opens what is sealed or cannot be taken back.
/// Thread-safe.
/// </summary>
internal sealed class StrongCallers(IOptions<SealingOptions> options, IOptions<AuthenticationSettings> authentication)
{
    private readonly string context = options.Value.UnsealContext;
    private readonly int level = authentication.Value.LevelOf(options.Value.UnsealContext) is > 0 and var known
        ? known
        : throw new OptionsValidationException(
            nameof(SealingOptions), typeof(SealingOptions),
            [$"Setting Audit:UnsealContext: Authentication:AssuranceLevels does not know {options.Value.UnsealContext}."]);

    /// <summary>The filter of an endpoint.</summary>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        HttpContext http = invocation.HttpContext;
        if (CallerIdentity.Of(http) is not { IsMachine: false } caller)
        {
            return Refusals.Table.Answer("person_required", "Only a person who has signed in may do this, no program.");
        }

        if (caller.AssuranceLevel >= level)
        {
            return await next(invocation);
        }

        http.Response.Headers.WWWAuthenticate =
            "Bearer realm=\"accessgov\", error=\"insufficient_user_authentication\", "
            + $"error_description=\"This needs a stronger sign-in.\", acr_values=\"{context}\"";
        return Refusals.Table.Answer("step_up_required", "This needs a sign-in with a second factor: sign in again with it.",
            StatusCodes.Status401Unauthorized);
    }
}

/// <summary>Marks endpoints that only people who signed in strongly may use.</summary>
internal static class StrongCallerEndpoints
{
    /// <summary>
    /// A group with a scope, behind <see cref="StrongCallers"/>; a setting that can never be met fails here, at the start.
    /// </summary>
    public static RouteGroupBuilder MapStrongGroup(this IEndpointRouteBuilder routes, string scope)
    {
        StrongCallers callers = routes.ServiceProvider.GetRequiredService<StrongCallers>();
        RouteGroupBuilder group = routes.MapGroup("").RequireAuthorization(scope);
        group.AddEndpointFilter(callers.InvokeAsync);
        return group;
    }
}
