using AccessGov.Contracts.Audit.V1;
using AccessGov.ServiceDefaults;
using AccessGov.TrailFeed;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>The wiring of the decision journal.</summary>
internal static class JournalModule
{
    public const string Section = "DecisionJournal";

    /// <summary>
    /// The journal, its indexer, its daily anchor and its health check. Options come from the section "DecisionJournal" and then from
    /// <paramref name="configure"/>; the database is the service's own unless the section names another. A registered <see cref="AlongsideBatch"/> runs in the transaction of every batch.
    /// </summary>
    public static IServiceCollection AddDecisionJournal(this IServiceCollection services, Action<DecisionJournalOptions>? configure = null)
    {
        services.AddOptions<DecisionJournalOptions>().BindConfiguration(Section)
            .Configure<IOptions<PolicyDecisionOptions>>(static (journal, service) => journal.ConnectionString =
                journal.ConnectionString.Length > 0 ? journal.ConnectionString : service.Value.ConnectionString)
            .Configure(configure ?? (_ => { })).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DecisionJournalOptions>, Validation>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<DecisionJournalOptions>>().Value);
        services.AddSingleton(provider => HashedIds.From(provider.GetRequiredService<DecisionJournalOptions>().IdHashKeyFile));
        services.AddSingleton(provider => AnchorKey.From(provider.GetRequiredService<DecisionJournalOptions>()));
        services.AddSingleton<JournalDatabase>();
        services.AddSingleton<JournalState>();
        services.AddSingleton<DecisionSearch>();
        services.AddSingleton<JournalVerification>();
        services.AddSingleton(provider => new DecisionJournal(
            provider.GetRequiredService<DecisionJournalOptions>(), provider.GetRequiredService<JournalDatabase>(), provider.GetRequiredService<JournalState>(),
            provider.GetRequiredService<HashedIds>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DecisionJournal>>(),
            Guid.CreateVersion7(), provider.GetService<AlongsideBatch>()));
        services.AddSingleton<IDecisionJournal>(provider => provider.GetRequiredService<DecisionJournal>());
        services.AddHostedService(provider => provider.GetRequiredService<DecisionJournal>());
        services.AddHostedService<DecisionIndexer>();
        services.AddHostedService<DailyAnchor>();
        services.AddHealthChecks().AddCheck<JournalHealth>("journal", tags: [HealthEndpoints.ReadyTag]);
        return services;
    }

    /// <summary>Tells the audit trail every batch, and recounts the chains. Needs messaging that knows <see cref="DecisionsRecorded"/>.</summary>
    public static IServiceCollection AddJournalFeed(this IServiceCollection services) => services
        .AddHostedService<JournalFeed>().AddSingleton<IRecount, JournalRecount>();

    /// <summary>The journal's queries; they ask for the authorization policy "journal.read".</summary>
    public static void MapDecisionJournal(this IEndpointRouteBuilder routes)
    {
        VerifyJournal.Map(routes);
        FindDecisions.Map(routes);
    }

    private sealed class Validation : IValidateOptions<DecisionJournalOptions>
    {
        public ValidateOptionsResult Validate(string? name, DecisionJournalOptions options) =>
            options.Problems().ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
