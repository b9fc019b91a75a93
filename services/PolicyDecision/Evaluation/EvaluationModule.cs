using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>The wiring of the evaluation: the hot path of the service.</summary>
internal static class EvaluationModule
{
    private static readonly int[] Refused = [400, 401, 403, 413, 503];

    /// <summary>The hospital's evaluator behind the AuthZEN endpoints. Needs the facts, the study index and the journal.</summary>
    public static IServiceCollection AddEvaluation(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<PolicyErrors>("policies");
        return services
            .AddSingleton<PolicyErrors>()
            .AddSingleton<IEvaluator, HospitalEvaluator>()
            .AddSingleton<HospitalDecisionPoint>()
            .AddSingleton<IDecisionPoint, Reevaluation>()
            .AddSingleton<IEnforcementPoints, EnforcementPointTokens>()
            .AddSingleton<EvaluationEndpoint>();
    }

    /// <summary>The AuthZEN endpoints. <paramref name="publicUrl"/> is configured, never taken from a request's Host header.</summary>
    public static void MapEvaluation(this WebApplication app, Func<Uri> publicUrl, bool obligations = false, bool requests = false)
    {
        EvaluationEndpoint endpoint = app.Services.GetRequiredService<EvaluationEndpoint>();
        Map<AuthZenDescription.Evaluation, AuthZenDescription.Decision>(app, AuthZenMetadata.EvaluationPath, endpoint.EvaluateAsync);
        Map<AuthZenDescription.Batch, AuthZenDescription.Decisions>(app, AuthZenMetadata.EvaluationsPath, endpoint.EvaluateAllAsync);
        app.MapGet(AuthZenMetadata.WellKnownPath, () => Results.Json(AuthZenMetadata.Of(publicUrl(), obligations, requests))).AllowAnonymous().WithTags("AuthZEN");
    }

    /// <summary>Maps one of AuthZEN's endpoints.</summary>
    // The endpoint authenticates by itself, because this is the hot path; no other middleware stands between.
    public static void Map<TBody, TAnswer>(WebApplication app, string path, RequestDelegate handler)
    {
        // A decision that is refused for its rate would keep an image from a physician: the journal's bound is what holds a flood back.
        IEndpointConventionBuilder endpoint = app.MapPost(path, handler).AllowAnonymous().DisableRateLimiting().WithPlainErrors().WithBodyLimit(AuthZenBody.BytesMax)
            .WithTags("AuthZEN").ShortCircuit().WithDescribedBody<IEndpointConventionBuilder, TBody>(handler)
            .WithDescribedAnswer(StatusCodes.Status200OK, "application/json", typeof(TAnswer));
        foreach (int refused in Refused)
        {
            endpoint.WithDescribedAnswer(refused, "text/plain", typeof(string));
        }
    }
}
