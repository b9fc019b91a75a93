using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.Clearances;
using AccessGov.IdentityFederation.Clients;
using AccessGov.IdentityFederation.Directories;
using AccessGov.IdentityFederation.Dormancy;
using AccessGov.IdentityFederation.Federation;
using AccessGov.IdentityFederation.Federation.Saml;
using AccessGov.IdentityFederation.Groups;
using AccessGov.IdentityFederation.Organisations;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Provisioning;
using AccessGov.IdentityFederation.Reports;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.SignIn;
using AccessGov.IdentityFederation.Tokens;
using AccessGov.Messaging;
using AccessGov.ServiceDefaults;
using AccessGov.TrailFeed;
using Microsoft.AspNetCore.Diagnostics;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.IdentityFederation;

/// <summary>The whole wiring of the service: one line for each feature to add and one to map.</summary>
internal static class IdentityFederationModule
{
    public const int BodyBytesMax = 1024 * 1024;

    public static void AddIdentityFederation(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSettings<IdentityFederationOptions>(IdentityFederationOptions.Section);
        services.AddDatabase<IdentityFederationOptions>(Refusals.Service, options => (options.ConnectionString, options.Schema));
        services.AddEventStore(builder.Configuration);
        services.AddOutgoingMessages(builder.Configuration);
        services.AddSingleton(Refusals.Table);
        services.AddSingleton<IExceptionHandler, StoreOutageHandler>();
        services.AddSingleton<WorkerStates>().AddHealthChecks().AddCheck<WorkerStates>("workers");
        services.AddSingleton<ICommandReach, IssuanceReach>().AddSingleton<CommandRunner>().AddSingleton<UnattendedCommands>();
        services.AddOrganisations();
        services.AddPeople();
        services.AddClearances();
        services.AddGroups();
        services.AddProvisioning();
        services.AddDirectories();
        services.AddClients();
        services.AddTokens();
        services.AddSessions();
        services.AddAccounts();
        services.AddFederation();
        services.AddDormancy();
        services.AddReports();
        builder.AddSignIn();
    }

    public static void MapIdentityFederation(this WebApplication app)
    {
        app.Use((http, next) => CommandBody.HashAsync(http, next, BodyBytesMax));
        app.UseCors();
        app.MapOrganisations();
        app.MapPeople();
        app.MapClearances();
        app.MapGroups();
        app.MapProvisioning();
        app.MapDirectories();
        app.MapClients();
        app.MapTokens();
        app.MapSessions();
        app.MapAccounts();
        app.MapFederation();
        app.MapDormancy();
        app.MapReports();
        app.MapSignIn();
    }

    private static string SchemaOf(ConfigurationManager configuration) =>
        DatabaseSettings.SchemaOf(configuration, IdentityFederationOptions.Section, new IdentityFederationOptions().Schema);

    private static void AddEventStore(this IServiceCollection services, ConfigurationManager configuration) =>
        services.AddEventStore(options =>
    {
        options.Schema = SchemaOf(configuration);
        options.Types = EventTypes.From(typeof(IdentityFederationModule).Assembly);
        options.AlsoCreate = (connection, cancellation) => SchemaCreation.CreateAsync(
            connection, options.Schema, "directories",
            OrganisationDirectory.CreateTable + PersonDirectory.CreateTable + TokenSubjects.CreateTable + ClearancesOnFile.CreateTable
            + GroupDirectory.CreateTable + RolesOfGroups.CreateTable + ClientAssertions.CreateTable
            + SessionActivity.CreateTable + ProtectionKeys.CreateTable + DirectoryProgress.CreateTable + AccountSecrets.CreateTable
            + SignInGuard.CreateTable + SpentChallenges.CreateTable + SignInFailures.CreateTable + Activity.CreateTable
            + DueWarnings.CreateTable
            + AuthorizationGrants.CreateTable + LogoutNotices.CreateTable + UsedOnce.CreateTable + ProviderLogouts.CreateTable
            + Departures.CreateTable + AuditFeedHosting.CreateTable,
            cancellation);
    });

    private static void AddOutgoingMessages(this IServiceCollection services, ConfigurationManager configuration)
    {
        services.AddMessaging(options =>
        {
            options.Queue = Refusals.Service;
            options.Message<V1.UserProvisioned>(V1.UserProvisioned.MessageName);
            options.Message<V1.UserChanged>(V1.UserChanged.MessageName);
            options.Message<V1.UserSuspended>(V1.UserSuspended.MessageName);
            options.Message<V1.UserReinstated>(V1.UserReinstated.MessageName);
            options.Message<V1.UserReactivated>(V1.UserReactivated.MessageName);
            options.Message<V1.UserDeprovisioned>(V1.UserDeprovisioned.MessageName);
            options.Message<V1.UserLocked>(V1.UserLocked.MessageName);
            options.Message<V1.UserUnlocked>(V1.UserUnlocked.MessageName);
            options.Message<V1.SignedIn>(V1.SignedIn.MessageName);
            options.Message<V1.SignInFailed>(V1.SignInFailed.MessageName);
            options.Message<V1.UserRolesChanged>(V1.UserRolesChanged.MessageName);
            options.Message<V1.UserMoved>(V1.UserMoved.MessageName);
            options.Message<V1.SessionEnded>(V1.SessionEnded.MessageName);
            options.Message<V1.ClientDisabled>(V1.ClientDisabled.MessageName);
            options.Message<V1.ClientSecretReplaced>(V1.ClientSecretReplaced.MessageName);
            options.Message<V1.ClientEnabled>(V1.ClientEnabled.MessageName);
            options.AuditFeedMessages();
        });
        services.AddSubscription<Outgoing>();
        services.AddAuditFeed(options =>
        {
            options.Service = Refusals.Service;
            options.Schema = SchemaOf(configuration);
            options.Types = EventTypes.From(typeof(IdentityFederationModule).Assembly);
            options.Withheld = WithheldMembers.OfEvents;
        });
    }
}
