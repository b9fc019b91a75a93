using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Grants;

/// <summary>The wiring of the grants.</summary>
internal static class GrantsModule
{
    public static void AddGrants(this IServiceCollection services) => services
        .AddSubscription<GrantList>()
        .AddSingleton<RefusedGrants>().AddSingleton<GroupGrants>().AddSingleton<UnattendedCommands>();

    public static void MapGrants(this IEndpointRouteBuilder routes)
    {
        GiveGrant.Map(routes);
        ImportGrants.Map(routes);
        RevokeGrant.Map(routes);
        GrantList.Map(routes);
        RefusedGrants.Map(routes);
    }
}
