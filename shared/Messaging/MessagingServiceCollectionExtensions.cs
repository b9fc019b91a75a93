using AccessGov.Messaging.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.Messaging;

/// <summary>Adds messaging to a host.</summary>
public static class MessagingServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IMessageBus"/>, the consumer of the service's queue, <see cref="DeadLetters"/>, <see cref="QueueFigures"/> and the health
    /// check <c>messaging</c>. Handlers are checked when the host starts: one that cannot be called stops it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The options are not valid, or messaging was added before.</exception>
    public static IServiceCollection AddMessaging(this IServiceCollection services, Action<MessagingOptions> configure)
    {
        if (services.Any(service => service.ServiceType == typeof(MessagingOptions)))
        {
            throw new InvalidOperationException("Messaging is added once per host.");
        }

        var options = new MessagingOptions();
        configure(options);
        options.Validate();

        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => BusDatabase.From(provider, options));
        services.AddSingleton(QueueStatements.Default);
        services.AddSingleton<MessageCatalog>();
        services.AddSingleton<HandlerTable>();
        services.AddSingleton<Inbox>();
        services.AddSingleton<ITransport, PostgresTransport>();
        services.AddSingleton<IMessageBus, MessageBus>();
        services.AddSingleton<MessageHandling>();
        services.AddSingleton(provider => new DeadLetters(
            provider.GetRequiredService<BusDatabase>(), provider.GetRequiredService<CommitSignal>(), options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new QueueFigures(provider.GetRequiredService<BusDatabase>(), options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CommitSignal>();
        services.AddHostedService(provider => provider.GetRequiredService<CommitSignal>());
        services.AddHostedService<Consumer>();
        services.AddHealthChecks().AddCheck<MessagingHealthCheck>("messaging", HealthStatus.Degraded, ["ready"]);
        return services;
    }
}
