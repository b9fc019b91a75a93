namespace AccessGov.PolicyDecision.Networks;

/// <summary>The wiring of the network lists and of the file that says in which country a network is.</summary>
internal static class NetworksModule
{
    public static void AddNetworks(this IServiceCollection services)
    {
        services.AddSingleton<CountryFile>();
        services.AddHostedService(provider => provider.GetRequiredService<CountryFile>());
        services.AddHealthChecks().AddCheck<CountryFile>("countries");
    }

    public static void MapNetworks(this IEndpointRouteBuilder routes)
    {
        DefineNetworkList.Map(routes);
        RemoveNetworkList.Map(routes);
        NetworkListView.Map(routes);
    }
}
