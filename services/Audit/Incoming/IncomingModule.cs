using AccessGov.Audit.Trail;
using AccessGov.Contracts.Audit.V1;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Contracts.PolicyDecision.V1;
using AccessGov.Messaging;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Incoming;

/// <summary>
/// The wiring of what other services tell: their events, their decisions, and what they find when they count again. Without a bus
/// nothing is subscribed to, and they keep what they have to tell.
/// </summary>
internal static class IncomingModule
{
    public static void AddIncoming(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration[$"{AuditOptions.Section}:{nameof(AuditOptions.BusConnectionString)}"]))
        {
            return;
        }

        services.AddSingleton<FeedLedger>().AddSingleton<SenderCheck>().AddSingleton<BusSource>();
        services.AddMessaging(options =>
        {
            options.Queue = Refusals.Service;
            options.DataSource = provider => provider.GetRequiredService<BusSource>().Source;
            // What a message says and that it was handled commit together, in the trail's own database.
            options.HandlerDataSource = provider => provider.GetRequiredService<TrailDatabase>().Append;
            options.Message<EventsRecorded>(EventsRecorded.MessageName);
            options.Handler(typeof(WhenEventsRecorded));
            options.Message<DecisionsRecorded>(DecisionsRecorded.MessageName);
            options.Handler(typeof(WhenDecisionsRecorded));
            options.Message<StoreRecounted>(StoreRecounted.MessageName);
            options.Handler(typeof(WhenStoreRecounted));
            options.Message<SignInFailed>(SignInFailed.MessageName);
            options.Handler(typeof(WhenSignInFailed));
            options.Message<UnusualGeographyDetected>(UnusualGeographyDetected.MessageName);
            options.Handler(typeof(WhenUnusualGeographyDetected));
        });
        services.AddSingleton<FeedSilence>().AddHostedService(provider => provider.GetRequiredService<FeedSilence>());
        services.AddHealthChecks().AddCheck<FeedHealth>("feeds", tags: [HealthEndpoints.ReadyTag]);
    }

    /// <summary>The database with the bus, as the role that owns the queue.</summary>
    private sealed class BusSource(IOptions<AuditOptions> options) : IAsyncDisposable
    {
        public NpgsqlDataSource Source { get; } = NpgsqlDataSource.Create(options.Value.BusConnectionString!);

        public ValueTask DisposeAsync() => Source.DisposeAsync();
    }
}
