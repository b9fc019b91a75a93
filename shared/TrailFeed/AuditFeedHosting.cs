using AccessGov.Contracts.Audit.V1;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AccessGov.TrailFeed;

/// <summary>Adds the audit feed to a service that has an event store and messaging.</summary>
public static class AuditFeedHosting
{
    /// <summary>The feed's table; belongs to what the service creates in its schema.</summary>
    public const string CreateTable = FeedTable.Create;

    /// <summary>
    /// Tells the audit trail every event (subscription <c>AuditTrail</c>), recounts the stores at start and once a day (those registered as
    /// <see cref="IRecount"/> too), and adds the health check <c>audit-feed</c>.
    /// </summary>
    public static IServiceCollection AddAuditFeed(this IServiceCollection services, Action<AuditFeedOptions> configure)
    {
        services.AddSingleton(_ =>
        {
            var options = new AuditFeedOptions();
            configure(options);
            options.Validate();
            return options;
        });
        services.AddSubscription<AuditTrail>();
        services.AddSingleton<IRecount>(provider => new EventsRecount(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<AuditFeedOptions>(),
                provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<StoreRecount>();
        services.AddHostedService(provider => provider.GetRequiredService<StoreRecount>());
        services.AddHealthChecks().AddCheck<AuditFeedHealthCheck>("audit-feed", HealthStatus.Degraded, ["ready"]);
        return services;
    }

    /// <summary>Names the messages that <see cref="AddAuditFeed"/> publishes.</summary>
    public static void AuditFeedMessages(this MessagingOptions messages)
    {
        messages.Message<EventsRecorded>(EventsRecorded.MessageName);
        messages.Message<StoreRecounted>(StoreRecounted.MessageName);
    }
}
