using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.Recertification.Applying;
using AccessGov.Recertification.Campaigns;
using AccessGov.Recertification.Incoming;
using AccessGov.Recertification.Reviews;
using AccessGov.Recertification.Sources;
using AccessGov.ServiceDefaults;
using AccessGov.TrailFeed;
using Microsoft.AspNetCore.Diagnostics;
using Identity = AccessGov.Contracts.IdentityFederation.V1;
using V1 = AccessGov.Contracts.Recertification.V1;

namespace AccessGov.Recertification;

/// <summary>The whole wiring of the service: one line for each feature to add and one to map.</summary>
internal static class RecertificationModule
{
    public const int BodyBytesMax = 64 * 1024;

    public static void AddRecertification(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSettings<RecertificationOptions>(RecertificationOptions.Section);
        services.AddDatabase<RecertificationOptions>(Refusals.Service, options => (options.ConnectionString, options.Schema));
        services.AddEventStore(builder.Configuration);
        services.AddMessages(builder.Configuration);
        services.AddSingleton(Refusals.Table);
        services.AddSingleton<IExceptionHandler, StoreOutageHandler>();
        services.AddSingleton<WorkerStates>().AddHealthChecks().AddCheck<WorkerStates>("workers");
        services.AddSingleton<ICommandReach, StoreReach>().AddSingleton<CommandRunner>().AddSingleton<UnattendedCommands>();
        services.AddStrongCallers<RecertificationOptions>(
            Refusals.NoPerson, $"{RecertificationOptions.Section}:{nameof(RecertificationOptions.StrongContext)}", options => options.StrongContext);
        services.AddSources();
        services.AddCampaigns();
        services.AddReviews();
        services.AddApplying();
    }

    public static void MapRecertification(this WebApplication app)
    {
        app.Use((http, next) => CommandBody.HashAsync(http, next, BodyBytesMax));
        app.MapCampaigns();
        app.MapReviews();
    }

    private static string SchemaOf(ConfigurationManager configuration) =>
        DatabaseSettings.SchemaOf(configuration, RecertificationOptions.Section, new RecertificationOptions().Schema);

    private static void AddEventStore(this IServiceCollection services, ConfigurationManager configuration) =>
        services.AddEventStore(options =>
    {
        options.Schema = SchemaOf(configuration);
        options.Types = EventTypes.From(typeof(RecertificationModule).Assembly);
        options.AlsoCreate = (connection, cancellation) => SchemaCreation.CreateAsync(
            connection, options.Schema, "campaigns",
            CampaignRows.CreateTable + ReviewsModule.CreateTable + ApplyingModule.CreateTable + AuditFeedHosting.CreateTable, cancellation);
    });

    private static void AddMessages(this IServiceCollection services, ConfigurationManager configuration)
    {
        services.AddMessaging(options =>
        {
            options.Queue = Refusals.Service;
            options.Message<V1.CampaignLaunched>(V1.CampaignLaunched.MessageName);
            options.Message<V1.CampaignClosed>(V1.CampaignClosed.MessageName);
            options.Message<V1.AccessCertified>(V1.AccessCertified.MessageName);
            options.Message<V1.AccessRevocationDecided>(V1.AccessRevocationDecided.MessageName);
            options.Message<V1.AccessChangeDecided>(V1.AccessChangeDecided.MessageName);
            options.AuditFeedMessages();
            options.Message<Identity.UserDeprovisioned>(Identity.UserDeprovisioned.MessageName);
            options.Handler(typeof(WhenUserDeprovisioned), overtakesDeadLetters: true);
            options.Message<Identity.UserProvisioned>(Identity.UserProvisioned.MessageName);
            options.Message<Identity.UserReactivated>(Identity.UserReactivated.MessageName);
            options.Handler(typeof(WhenUserProvisioned), overtakesDeadLetters: true);
            options.Handler(typeof(WhenUserReactivated), overtakesDeadLetters: true);
            options.Message<Identity.UserMoved>(Identity.UserMoved.MessageName);
            options.Handler(typeof(WhenUserMoved), overtakesDeadLetters: true);
        });
        services.AddSubscription<Outgoing>();
        services.AddAuditFeed(options =>
        {
            options.Service = Refusals.Service;
            options.Schema = SchemaOf(configuration);
            options.Types = EventTypes.From(typeof(RecertificationModule).Assembly);
        });
    }
}
