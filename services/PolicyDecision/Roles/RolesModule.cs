namespace AccessGov.PolicyDecision.Roles;

/// <summary>The wiring of the roles.</summary>
internal static class RolesModule
{
    public static void MapRoles(this IEndpointRouteBuilder routes)
    {
        DefineRole.Map(routes);
        RetireRole.Map(routes);
        RoleList.Map(routes);
    }
}
