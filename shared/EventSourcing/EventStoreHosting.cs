using AccessGov.EventSourcing.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccessGov.EventSourcing;

/// <summary>Registers the event store in a host.</summary>
public static class EventStoreHosting
{
    /// <summary>
    /// Registers <see cref="IEventStore"/> (and the <see cref="PostgresEventStore"/> behind it), starts it with the host before what is registered later, and adds the health check
    /// <c>event-store</c>. A host whose database is away starts all the same, and the store with its subscriptions when the database is there. Needs an <see cref="NpgsqlDataSource"/>; takes the registered <see cref="TimeProvider"/>, else the system's.
    /// </summary>
    public static IServiceCollection AddEventStore(this IServiceCollection services, Action<EventStoreOptions> configure)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<PostgresEventStore>(provider =>
        {
            var options = new EventStoreOptions();
            configure(options);
            return new PostgresEventStore(
                provider.GetRequiredService<NpgsqlDataSource>(), options, provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<PostgresEventStore>>());
        });
        services.AddSingleton<IEventStore>(provider => provider.GetRequiredService<PostgresEventStore>());
        services.AddSingleton<SubscriptionStates>();
        services.AddHostedService<EventStoreHost>();
        services.AddHealthChecks().AddCheck<EventStoreHealthCheck>("event-store", HealthStatus.Degraded, ["ready"]);
        return services;
    }

    /// <summary>Runs a read model's subscription with the host; one instance for the life of the process.</summary>
    public static IServiceCollection AddSubscription<T>(this IServiceCollection services)
        where T : class, ISubscription
    {
        services.TryAddSingleton<T>();
        services.AddSingleton<ISubscription>(provider => provider.GetRequiredService<T>());
        return services;
    }
}
