namespace AccessGov.IdentityFederation.Organisations;

/// <summary>The wiring of the organisations.</summary>
internal static class OrganisationsModule
{
    public static void AddOrganisations(this IServiceCollection services) => services.AddSingleton<OrganisationDirectory>();

    public static void MapOrganisations(this IEndpointRouteBuilder routes)
    {
        DefineOrganisation.Map(routes);
        CloseOrganisation.Map(routes);
        OrganisationDirectory.Map(routes);
    }
}
