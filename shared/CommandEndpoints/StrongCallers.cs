using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccessGov.CommandEndpoints;

/// <summary>Lets only people through, and only those who signed in strongly. Thread-safe.</summary>
public sealed class StrongCallers
{
    private readonly RefusalTable refusals;
    private readonly Refusal noPerson;
    private readonly string context;
    private readonly int level;

    /// <param name="refusals">The service's table.</param>
    /// <param name="noPerson">What programs are told.</param>
    /// <param name="context">How strongly somebody must have signed in: an <c>acr</c> that <c>Authentication:AssuranceLevels</c> knows.</param>
    /// <param name="setting">The full name of the setting that says so.</param>
    /// <param name="levels">The levels of assurance.</param>
    /// <exception cref="OptionsValidationException">No level of assurance has this context, so nobody could ever come through.</exception>
    internal StrongCallers(RefusalTable refusals, Refusal noPerson, string context, string setting, AuthenticationSettings levels)
    {
        (this.refusals, this.noPerson, this.context) = (refusals, noPerson, context);
        level = levels.LevelOf(context) is > 0 and var known
            ? known
            : throw new OptionsValidationException(
                setting, typeof(StrongCallers), [$"Setting {setting}: Authentication:AssuranceLevels does not know {context}."]);
    }

    /// <summary>Whether somebody signed in strongly enough.</summary>
    public bool IsStrong(CallerIdentity caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.AssuranceLevel >= level;
    }

    /// <summary>Sends somebody to sign in more strongly: 401 <c>step_up_required</c> with a challenge (RFC 9470, section 3).</summary>
    public IResult StepUp(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        http.Response.Headers.WWWAuthenticate =
            "Bearer realm=\"accessgov\", error=\"insufficient_user_authentication\", "
            + $"error_description=\"This needs a stronger sign-in.\", acr_values=\"{context}\"";
        return refusals.Answer(
            "step_up_required", "This needs a sign-in with a second factor: sign in again with it.", StatusCodes.Status401Unauthorized);
    }

    internal async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        HttpContext http = invocation.HttpContext;
        return CallerIdentity.Of(http) is not { IsMachine: false } caller ? refusals.Answer(noPerson)
            : IsStrong(caller) ? await next(invocation)
            : StepUp(http);
    }
}

/// <summary>Marks endpoints that only people who signed in strongly may use.</summary>
public static class StrongCallerEndpoints
{
    /// <summary>Registers <see cref="StrongCallers"/>; the service's <see cref="RefusalTable"/> is registered too.</summary>
    /// <param name="services">Where.</param>
    /// <param name="noPerson">What programs are told.</param>
    /// <param name="setting">The full name of the setting, for example Audit:UnsealContext.</param>
    /// <param name="context">Where the settings have it.</param>
    public static IServiceCollection AddStrongCallers<TOptions>(
        this IServiceCollection services, Refusal noPerson, string setting, Func<TOptions, string> context)
        where TOptions : class => services.AddSingleton(provider => new StrongCallers(
            provider.GetRequiredService<RefusalTable>(), noPerson, context(provider.GetRequiredService<IOptions<TOptions>>().Value), setting,
            provider.GetRequiredService<IOptions<AuthenticationSettings>>().Value));

    /// <summary>A group with a scope, behind <see cref="StrongCallers"/>.</summary>
    /// <exception cref="OptionsValidationException">The setting can never be met: it fails here, at the start.</exception>
    public static RouteGroupBuilder MapStrongGroup(this IEndpointRouteBuilder routes, string scope)
    {
        ArgumentNullException.ThrowIfNull(routes);
        StrongCallers callers = routes.ServiceProvider.GetRequiredService<StrongCallers>();
        RouteGroupBuilder group = routes.MapGroup("").RequireAuthorization(scope);
        group.AddEndpointFilter(callers.InvokeAsync);
        return group;
    }
}
