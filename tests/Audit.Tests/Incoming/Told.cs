using System.Text.Json;
using AccessGov.Audit.Incoming;
using AccessGov.Contracts.Audit.V1;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Contracts.PolicyDecision.V1;
using AccessGov.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace AccessGov.Audit.Tests.Incoming;

/// <summary>Services that tell Audit something, and messages for them.</summary>
internal sealed class Told(string superuser) : IAsyncDisposable
{
    public static readonly DateTimeOffset At = new(2026, 11, 27, 18, 0, 0, TimeSpan.Zero);
    public const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>The audit service with its queue, beside one without, and services that tell.</summary>
    public static async Task<(AuditHost Audit, Told Told)> StartAsync(AuditHost database)
    {
        string bus = new NpgsqlConnectionStringBuilder(database.Superuser) { Username = "audit_append", Password = "audit_append",
            MaxPoolSize = 10 }.ConnectionString;
        AuditHost audit = await database.BesideAsync(("Audit:BusConnectionString", bus));
        var told = new Told(database.Superuser);
        await AccessGov.Testing.Eventually.HoldsAsync(
            () => told.BusOf("policy-decision").HasSubscriberAsync<UnusualGeographyDetected>(), "audit subscribes");
        return (audit, told);
    }

    private readonly Dictionary<string, IHost> services = new(StringComparer.Ordinal);

    /// <summary>Tells something as the service whose message it is, or as another.</summary>
    public Task TellAsync(object message, string subject, Guid? id = null, string? from = null) =>
        BusOf(from ?? ServiceOf(message)).PublishAsync(message, new PublishOptions(subject, id ?? Guid.NewGuid()));

    public Task TellAsync(EventsRecorded message, Guid? id = null) => TellAsync(message, message.Service, id);

    private static string ServiceOf(object message) => message switch
    {
        EventsRecorded events => events.Service,
        DecisionsRecorded decisions => decisions.Service,
        StoreRecounted recounted => recounted.Service,
        SignInFailed => "identity-federation",
        _ => "policy-decision",
    };

    /// <summary>The bus as a service has it.</summary>
    private IMessageBus BusOf(string service)
    {
        if (!services.TryGetValue(service, out IHost? host))
        {
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
            builder.Services.AddLogging().AddSingleton(_ => NpgsqlDataSource.Create(superuser));
            builder.Services.AddMessaging(options =>
            {
                options.Queue = service;
                options.Message<EventsRecorded>(EventsRecorded.MessageName);
                options.Message<DecisionsRecorded>(DecisionsRecorded.MessageName);
                options.Message<StoreRecounted>(StoreRecounted.MessageName);
                options.Message<SignInFailed>(SignInFailed.MessageName);
                options.Message<UnusualGeographyDetected>(UnusualGeographyDetected.MessageName);
            });
            services[service] = host = builder.Build();
        }

        return host.Services.GetRequiredService<IMessageBus>();
    }

    public static RecordedEvent Event(long position, string stream, string name, object payload, string? actor = "grace",
        string? source = "10.0.0.1") => new(
        position, Guid.NewGuid(), stream, 1, name, At, actor, null, source, "trace-1", null, Convert.ToHexStringLower(new byte[32]),
        JsonSerializer.SerializeToElement(payload));

    /// <summary>A message as the feed makes it, after another one.</summary>
    public static EventsRecorded After(EventsRecorded? before, string service, params RecordedEvent[] events) => new(
        service, before?.Through ?? 0, events[^1].Position, (before?.Count ?? 0) + events.Length,
        WhenEventsRecorded.Digest(before?.Digest ?? Zeros, events), events);

    public async ValueTask DisposeAsync()
    {
        foreach (IHost host in services.Values)
        {
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }
}
