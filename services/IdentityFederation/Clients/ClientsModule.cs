namespace AccessGov.IdentityFederation.Clients;

/// <summary>The wiring of the clients.</summary>
internal static class ClientsModule
{
    public static void AddClients(this IServiceCollection services) => services.AddHostedService<ClientsFile>();

    public static void MapClients(this IEndpointRouteBuilder routes)
    {
        RegisterClient.Map(routes);
        RotateSecret.Map(routes);
        DisableClient.Map(routes);
        ClientView.Map(routes);
    }
}
