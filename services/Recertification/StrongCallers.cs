using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.Recertification;

/// <summary>Lets only people through, and only those who signed in strongly: what is behind it decides who keeps what. Thread-safe.</summary>
internal sealed class StrongCallers(IOptions<RecertificationOptions> options, IOptions<AuthenticationSettings> authentication)
{
    private readonly string context = options.Value.StrongContext;
    private readonly int level = authentication.Value.LevelOf(options.Value.StrongContext) is > 0 and var known
        ? known
        : throw new OptionsValidationException(
            nameof(RecertificationOptions), typeof(RecertificationOptions),
            [$"Setting Recertification:StrongContext: Authentication:AssuranceLevels does not know {options.Value.StrongContext}."]);

    /// <summary>The filter of an endpoint.</summary>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        HttpContext http = invocation.HttpContext;
        return CallerIdentity.Of(http) is not { IsMachine: false } caller ? Refusals.Answer(Refusals.NoPerson)
            : IsStrong(caller) ? await next(invocation)
            : StepUp(http);
    }

    /// <summary>Whether somebody signed in strongly enough.</summary>
    public bool IsStrong(CallerIdentity caller) => caller.AssuranceLevel >= level;

    /// <summary>Sends somebody to sign in more strongly (RFC 9470).</summary>
    public IResult StepUp(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate =
            "Bearer realm=\"accessgov\", error=\"insufficient_user_authentication\", "
            + $"error_description=\"This needs a stronger sign-in.\", acr_values=\"{context}\"";
        return Refusals.Table.Answer(
            "step_up_required", "This needs a sign-in with a second factor: sign in again with it.", StatusCodes.Status401Unauthorized);
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
