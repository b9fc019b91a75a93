using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>The wiring of the study index. It wants an NpgsqlDataSource of the service's own role.</summary>
internal static class StudiesModule
{
    public static void AddStudies(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSettings<StudyIndexOptions>(StudyIndexOptions.Section);
        services.AddOptions<StudyIndexOptions>()
            .Configure<IOptions<PolicyDecisionOptions>>(static (studies, service) => studies.Schema = service.Value.Schema);
        services.AddSettings<OrthancOptions>(OrthancOptions.Section);
        services.AddSingleton<StudySchema>();
        services.AddSingleton<StudyReader>();
        services.AddSingleton<IStudyCatalogue, StudyCatalogue>();
        services.AddSingleton<StudyHistory>();
        services.AddSingleton<StudyWriter>();
        services.AddSingleton<FeedPositions>();
        services.AddSingleton<StudyIndex>();
        services.AddSingleton<IStudyIndex>(provider => provider.GetRequiredService<StudyIndex>());
        services.AddSingleton<IOrthancIds>(provider => provider.GetRequiredService<StudyIndex>());
        services.AddSingleton<StudyChanges>().AddSingleton<StudyReach>();
        services.AddSingleton<StudyNews>();
        services.AddHostedService(provider => provider.GetRequiredService<StudyNews>());
        if (!string.IsNullOrEmpty(builder.Configuration[$"{OrthancOptions.Section}:Url"]))
        {
            services.AddSingleton(provider => new OrthancArchive(provider.GetRequiredService<IOptions<OrthancOptions>>().Value));
            services.AddSingleton<OrthancFeeder>();
            services.AddHostedService(provider => provider.GetRequiredService<OrthancFeeder>());
        }

        services.AddHealthChecks().AddCheck<StudiesHealth>("studies", tags: [HealthEndpoints.ReadyTag]);
    }

    public static void MapStudies(this IEndpointRouteBuilder routes)
    {
        ImportStudies.Map(routes);
        RemoveStudy.Map(routes);
        ReadStudy.Map(routes);
    }
}
