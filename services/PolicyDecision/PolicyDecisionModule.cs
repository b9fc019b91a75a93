using AccessGov.Contracts.Audit.V1;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.Administration;
using AccessGov.PolicyDecision.Analytics;
using AccessGov.PolicyDecision.Creep;
using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.EmergencyAccess;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Explanations;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.ForwardAuth;
using AccessGov.PolicyDecision.GeographyAlerts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Incoming;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Matrix;
using AccessGov.PolicyDecision.Networks;
using AccessGov.PolicyDecision.Obligations;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.PolicyDrafts;
using AccessGov.PolicyDecision.PolicyDrafts.Shadow;
using AccessGov.PolicyDecision.Relations;
using AccessGov.PolicyDecision.Reviews;
using AccessGov.PolicyDecision.Roles;
using AccessGov.PolicyDecision.Search;
using AccessGov.PolicyDecision.Sites;
using AccessGov.PolicyDecision.Studies;
using AccessGov.PolicyDecision.TimeTravel;
using AccessGov.PolicyDecision.Users;
using AccessGov.ServiceDefaults;
using AccessGov.TrailFeed;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Options;
using Emergency = AccessGov.Contracts.BreakGlass.V1;
using Identity = AccessGov.Contracts.IdentityFederation.V1;
using Recertification = AccessGov.Contracts.Recertification.V1;
using V1 = AccessGov.Contracts.PolicyDecision.V1;

namespace AccessGov.PolicyDecision;

/// <summary>The whole wiring of the service: one line for each feature to add and one to map.</summary>
internal static class PolicyDecisionModule
{
    public static void AddPolicyDecision(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSettings<PolicyDecisionOptions>(PolicyDecisionOptions.Section);
        services.AddDatabase<PolicyDecisionOptions>(Refusals.Service, options => (options.ConnectionString, options.Schema));
        services.AddSingleton<IExceptionHandler, StoreOutage>();
        services.AddEventStore(builder.Configuration);
        services.AddMessages(builder.Configuration);
        services.AddFacts();
        services.AddUsers();
        services.AddNetworks();
        services.AddPolicies();
        services.AddPolicyDrafts();
        services.AddGrants();
        services.AddRelations();
        services.AddDecisionJournal();
        services.AddGeographyAlerts();
        services.AddEvaluation();
        services.AddAccessRequests();
        services.AddEmergencyAccess();
        services.AddObligations();
        services.AddTimeTravel();
        services.AddMatrix();
        services.AddCreep();
        services.AddSingleton<RoleRights>().AddSingleton<ReviewableGrants>().AddSingleton<ReviewedGrants>().AddSingleton<GrantProbes>();
        services.AddSingleton(provider => new AccessCounts(provider.GetRequiredService<JournalDatabase>()));
        services.AddSingleton<ExplainedQuestions>().AddSingleton<ExplainDecision>();
        services.AddSearch();
        services.AddSingleton<AdministrativeDecision>().AddSingleton<AdministrationKept>();
        builder.AddStudies();
        builder.AddForwardAuth();
        services.AddSingleton<FactsReach>().AddSingleton<Commands>();
        services.AddSingleton<Imports>();
    }

    public static void MapPolicyDecision(this WebApplication app)
    {
        var administration = app.Services.GetRequiredService<AdministrativeDecision>();
        app.Use(next => http => administration.InvokeAsync(http, next));
        app.Use((http, next) => CommandBody.HashAsync(http, next, (int)Imports.BodyBytesMax));
        app.MapRoles();
        app.MapGrants();
        app.MapDutySeparations();
        app.MapRelations();
        app.MapSites();
        app.MapNetworks();
        app.MapPolicies();
        app.MapPolicyDrafts();
        app.MapStudies();
        app.MapDecisionJournal();
        app.MapGeographyAlerts();
        app.MapObligations();
        app.MapTimeTravel();
        app.MapMatrix();
        app.MapCreep();
        ReviewableGrants.Map(app);
        GrantProbes.Map(app);
        ApplyReview.Map(app);
        CountAccesses.Map(app);
        ExplainDecision.Map(app);
        app.MapForwardAuth();

        Uri publicUrl = app.Services.GetRequiredService<IOptions<PolicyDecisionOptions>>().Value.PublicUrl!;
        app.MapEvaluation(() => publicUrl, obligations: true, requests: app.Services.GetRequiredService<BindingTokens>().Signs);
        app.MapAccessRequests();
        app.MapEmergencyAccess();
        app.MapSearch();
    }

    private static string SchemaOf(ConfigurationManager configuration) =>
        DatabaseSettings.SchemaOf(configuration, PolicyDecisionOptions.Section, new PolicyDecisionOptions().Schema);

    private static void AddEventStore(this IServiceCollection services, ConfigurationManager configuration) =>
        services.AddEventStore(options =>
    {
        options.Schema = SchemaOf(configuration);
        options.Types = EventTypes.From(typeof(PolicyDecisionModule).Assembly);
        options.AlsoCreate = (connection, cancellation) => SchemaCreation.CreateAsync(
            connection, options.Schema, "lists",
            SitePlaces.CreateTable + GrantList.CreateTable + RefusedGrants.CreateTable + RelationList.CreateTable
                + AccessRequestList.CreateTable + ReplicaLeases.CreateTable + PolicyDraftList.CreateTable + ShadowTable.CreateTable
                + FactIntervals.CreateTable + DutyClaim.CreateIndex + EndedSessions.CreateTable + DisabledClients.CreateTable
                + HomeOrganisations.CreateTable + LastCertifications.CreateTable + AuditFeedHosting.CreateTable,
            cancellation);
    });

    private static void AddMessages(this IServiceCollection services, ConfigurationManager configuration)
    {
        services.AddMessaging(options =>
        {
            options.Queue = Refusals.Service;
            options.Message<V1.GrantGiven>(V1.GrantGiven.MessageName);
            options.Message<V1.GrantRevoked>(V1.GrantRevoked.MessageName);
            options.Message<V1.PolicySetPublished>(V1.PolicySetPublished.MessageName);
            options.Message<V1.UnusualGeographyDetected>(V1.UnusualGeographyDetected.MessageName);
            options.Message<V1.EmergencyGrantRefused>(V1.EmergencyGrantRefused.MessageName);
            options.AuditFeedMessages();
            options.Message<DecisionsRecorded>(DecisionsRecorded.MessageName);
            options.Message<Identity.UserProvisioned>(Identity.UserProvisioned.MessageName);
            options.Handler(typeof(WhenUserProvisioned));
            options.Message<Identity.UserDeprovisioned>(Identity.UserDeprovisioned.MessageName);
            options.Handler(typeof(WhenUserDeprovisioned), overtakesDeadLetters: true);
            options.Message<Identity.UserSuspended>(Identity.UserSuspended.MessageName);
            options.Handler(typeof(WhenUserSuspended), overtakesDeadLetters: true);
            options.Message<Identity.UserReinstated>(Identity.UserReinstated.MessageName);
            options.Handler(typeof(WhenUserReinstated));
            options.Message<Identity.UserLocked>(Identity.UserLocked.MessageName);
            options.Handler(typeof(WhenUserLocked), overtakesDeadLetters: true);
            options.Message<Identity.UserUnlocked>(Identity.UserUnlocked.MessageName);
            options.Handler(typeof(WhenUserUnlocked));
            options.Message<Identity.UserReactivated>(Identity.UserReactivated.MessageName);
            options.Handler(typeof(WhenUserReactivated));
            options.Message<Identity.UserRolesChanged>(Identity.UserRolesChanged.MessageName);
            options.Message<RolesRefused>(RolesRefused.MessageName);
            options.Handler(typeof(WhenUserRolesChanged), overtakesDeadLetters: true);
            options.Message<Emergency.EmergencyAccessInvoked>(Emergency.EmergencyAccessInvoked.MessageName);
            options.Handler(typeof(WhenEmergencyAccessInvoked));
            options.Message<Emergency.EmergencyAccessEnded>(Emergency.EmergencyAccessEnded.MessageName);
            options.Handler(typeof(WhenEmergencyAccessEnded), overtakesDeadLetters: true);
            options.Message<Recertification.AccessCertified>(Recertification.AccessCertified.MessageName);
            options.Handler(typeof(WhenAccessCertified), overtakesDeadLetters: true);
            options.Message<Recertification.AccessChangeDecided>(Recertification.AccessChangeDecided.MessageName);
            options.Handler(typeof(WhenAccessChangeDecided), overtakesDeadLetters: true);
            options.Message<Identity.SessionEnded>(Identity.SessionEnded.MessageName);
            options.Handler(typeof(WhenSessionEnded), overtakesDeadLetters: true);
            options.Message<Identity.ClientDisabled>(Identity.ClientDisabled.MessageName);
            options.Handler(typeof(WhenClientDisabled), overtakesDeadLetters: true);
            options.Message<Identity.ClientSecretReplaced>(Identity.ClientSecretReplaced.MessageName);
            options.Handler(typeof(WhenClientSecretReplaced), overtakesDeadLetters: true);
        });
        services.AddSubscription<Outgoing>();
        services.AddAuditFeed(options =>
        {
            options.Service = Refusals.Service;
            options.Schema = SchemaOf(configuration);
            options.Types = EventTypes.From(typeof(PolicyDecisionModule).Assembly);
        });
        services.AddJournalFeed();
    }
}
