using AccessGov.BreakGlass.Alerts;
using AccessGov.BreakGlass.Drills;
using AccessGov.BreakGlass.Eligibility;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.BreakGlass.Evidence;
using AccessGov.BreakGlass.Incoming;
using AccessGov.BreakGlass.Learning;
using AccessGov.BreakGlass.Offline;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.ServiceDefaults;
using AccessGov.TrailFeed;
using Microsoft.AspNetCore.Diagnostics;
using Decisions = AccessGov.Contracts.PolicyDecision.V1;
using Identity = AccessGov.Contracts.IdentityFederation.V1;
using V1 = AccessGov.Contracts.BreakGlass.V1;

namespace AccessGov.BreakGlass;

/// <summary>The whole wiring of the service: one line for each feature to add and one to map.</summary>
internal static class BreakGlassModule
{
    public const int BodyBytesMax = 64 * 1024;

    public static void AddBreakGlass(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSettings<BreakGlassOptions>(BreakGlassOptions.Section);
        services.AddDatabase<BreakGlassOptions>(Refusals.Service, options => (options.ConnectionString, options.Schema));
        services.AddEventStore(builder.Configuration);
        services.AddMessages(builder.Configuration);
        services.AddSingleton(Refusals.Table);
        services.AddSingleton<IExceptionHandler, StoreOutageHandler>();
        services.AddSingleton<WorkerStates>().AddHealthChecks().AddCheck<WorkerStates>("workers");
        services.AddSingleton<ICommandReach, StoreReach>().AddSingleton<CommandRunner>().AddSingleton<UnattendedCommands>();
        services.AddEligibility();
        services.AddEmergencyAccess();
        services.AddAlerts();
        services.AddEvidence();
        services.AddLearning();
        services.AddDrills();
        services.AddOffline();
    }

    public static void MapBreakGlass(this WebApplication app)
    {
        app.Use((http, next) => CommandBody.HashAsync(http, next, BodyBytesMax));
        app.MapEmergencyAccess();
        app.MapAlerts();
        app.MapEvidence();
        app.MapLearning();
        app.MapOffline();
    }

    private static string SchemaOf(ConfigurationManager configuration) =>
        DatabaseSettings.SchemaOf(configuration, BreakGlassOptions.Section, new BreakGlassOptions().Schema);

    private static void AddEventStore(this IServiceCollection services, ConfigurationManager configuration) =>
        services.AddEventStore(options =>
    {
        options.Schema = SchemaOf(configuration);
        options.Types = EventTypes.From(typeof(BreakGlassModule).Assembly);
        options.AlsoCreate = (connection, cancellation) => SchemaCreation.CreateAsync(
            connection, options.Schema, "cases",
            OpenCases.CreateTable + CaseList.CreateTable + DueAlerts.CreateTable + OfflineModule.CreateTable + AuditFeedHosting.CreateTable,
            cancellation);
    });

    private static void AddMessages(this IServiceCollection services, ConfigurationManager configuration)
    {
        services.AddMessaging(options =>
        {
            options.Queue = Refusals.Service;
            options.Message<V1.EmergencyAccessInvoked>(V1.EmergencyAccessInvoked.MessageName);
            options.Message<V1.EmergencyAccessEnded>(V1.EmergencyAccessEnded.MessageName);
            options.Message<V1.EmergencyAccessReviewed>(V1.EmergencyAccessReviewed.MessageName);
            options.Message<V1.EmergencyReviewOverdue>(V1.EmergencyReviewOverdue.MessageName);
            options.AuditFeedMessages();
            options.Message<Identity.UserDeprovisioned>(Identity.UserDeprovisioned.MessageName);
            options.Handler(typeof(WhenUserDeprovisioned), overtakesDeadLetters: true);
            options.Message<Identity.UserSuspended>(Identity.UserSuspended.MessageName);
            options.Handler(typeof(WhenUserSuspended), overtakesDeadLetters: true);
            options.Message<Decisions.EmergencyGrantRefused>(Decisions.EmergencyGrantRefused.MessageName);
            options.Handler(typeof(WhenEmergencyGrantRefused));
        });
        services.AddSubscription<Outgoing>();
        services.AddAuditFeed(options =>
        {
            options.Service = Refusals.Service;
            options.Schema = SchemaOf(configuration);
            options.Types = EventTypes.From(typeof(BreakGlassModule).Assembly);
        });
    }
}
