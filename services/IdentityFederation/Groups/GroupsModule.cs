namespace AccessGov.IdentityFederation.Groups;

/// <summary>The wiring of the groups, which provisioning systems and directories make.</summary>
internal static class GroupsModule
{
    public static void AddGroups(this IServiceCollection services) => services
        .AddSingleton<GroupDirectory>().AddSingleton<GroupCommands>().AddHostedService<TellRoles>();

    public static void MapGroups(this IEndpointRouteBuilder routes)
    {
        AssignScopes.Map(routes);
        AssignRoles.Map(routes);
        GroupList.Map(routes);
        GroupsOfPerson.Map(routes);
    }
}
