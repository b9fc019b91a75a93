using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.ForwardAuth;

/// <summary>The wiring of forward-auth. It wants the evaluator, the study index and the validator of tokens.</summary>
internal static class ForwardAuthModule
{
    public static void AddForwardAuth(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<ForwardAuthOptions>(ForwardAuthOptions.Section);
        builder.Services.AddSingleton<ForwardAuthEndpoint>();
        builder.Services.Configure<OpenApiOptions>("v1", openApi => openApi.AddDocumentTransformer(ForwardAuthDescription.AddAsync));
    }

    /// <summary>Call it after the defaults and before the service's other endpoints.</summary>
    public static void MapForwardAuth(this WebApplication app)
    {
        var endpoint = app.Services.GetRequiredService<ForwardAuthEndpoint>();
        ForwardingProxy proxy = app.Services.GetRequiredService<IOptions<ForwardAuthOptions>>().Value.Proxy;

        // Every method: nginx asks with GET, Traefik with GET or the original one, Envoy with the original one.
        app.Map(ForwardedRequest.Path, endpoint.AnswerAsync).AllowAnonymous().DisableRateLimiting();
        if (proxy == ForwardingProxy.Envoy)
        {
            // Envoy puts the client's own target behind the prefix. Dot segments in it would lead to another endpoint of ours, whose 200 would let the
            // request through to the archive: what begins with the prefix on the wire is answered here, whatever it resolves to.
            app.Use((context, next) => ForwardedRequest.RawTarget(context).StartsWith(ForwardedRequest.Path, StringComparison.OrdinalIgnoreCase)
                ? endpoint.AnswerAsync(context)
                : next(context));
        }
    }
}
