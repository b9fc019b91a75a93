using AccessGov.Contracts.PolicyDecision.V1;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.Relations;
using AccessGov.PolicyDecision.Roles;
using AccessGov.PolicyDecision.Sites;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.PolicyDecision;

/// <summary>The whole wiring of the service: one line for each feature to add and one to map.</summary>
internal static class PolicyDecisionModule
{
    public static IServiceCollection AddPolicyDecision(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<PolicyDecisionOptions>(PolicyDecisionOptions.Section);
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new InstantConverter()));
        services.AddDatabase();
        services.AddEventStore(configuration);
        services.AddOutgoingMessages();
        services.AddFacts();
        services.AddGrants();
        services.AddRelations();
        services.AddSingleton<Commands>();
        services.AddSingleton<Imports>();
        return services;
    }

    public static IEndpointRouteBuilder MapPolicyDecision(this IEndpointRouteBuilder routes)
    {
        routes.MapRoles();
        routes.MapGrants();
        routes.MapRelations();
        routes.MapSites();
        routes.MapPolicies();
        return routes;
    }

    private static void AddDatabase(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            PolicyDecisionOptions options = provider.GetRequiredService<IOptions<PolicyDecisionOptions>>().Value;
            return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.ConnectionString)
            {
                SearchPath = options.Schema,
                ApplicationName = Refusals.Service,
            });
        });
        services.AddHostedService<SchemaCreation>();
    }

    private static void AddEventStore(this IServiceCollection services, IConfiguration configuration) => services.AddEventStore(options =>
    {
        options.Schema = configuration[$"{PolicyDecisionOptions.Section}:{nameof(PolicyDecisionOptions.Schema)}"] ?? new PolicyDecisionOptions().Schema;
        options.Types = EventTypes.From(typeof(PolicyDecisionModule).Assembly);
    });

    private static void AddOutgoingMessages(this IServiceCollection services)
    {
        services.AddMessaging(options =>
        {
            options.Queue = Refusals.Service;
            options.Message<GrantGiven>(GrantGiven.MessageName);
            options.Message<GrantRevoked>(GrantRevoked.MessageName);
            options.Message<PolicySetPublished>(PolicySetPublished.MessageName);
        });
        services.AddSubscription<Outgoing>();
    }
}
