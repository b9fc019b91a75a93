using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Learning;

/// <summary>The wiring of what is learnt from cases.</summary>
internal static class LearningModule
{
    // A policy set of megabytes goes there and back.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static void AddLearning(this IServiceCollection services)
    {
        services.AddSingleton<ShowLessons>().AddSingleton<ProposeLesson>();
        services.AddSingleton(provider => new PolicyDrafts(
            new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
            {
                BaseAddress = provider.GetRequiredService<IOptions<BreakGlassOptions>>().Value.PolicyDecisionUrl, Timeout = Patience,
            },
            provider.GetRequiredService<ILogger<PolicyDrafts>>()));
    }

    public static void MapLearning(this IEndpointRouteBuilder routes)
    {
        ShowLessons.Map(routes);
        ProposeLesson.Map(routes);
    }
}
