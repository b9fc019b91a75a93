using AccessGov.IdentityFederation.Federation.OpenIdConnect;
using AccessGov.IdentityFederation.Federation.Saml;
using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>The wiring of sign-in through identity providers.</summary>
internal static class FederationModule
{
    public static void AddFederation(this IServiceCollection services)
    {
        services.AddSettings<IdentityProvidersOptions>(IdentityProvidersOptions.Section);
        services.AddSingleton<HomeRealms>().AddSingleton<UsedOnce>().AddSingleton<ProviderLogouts>().AddSingleton<ProviderSignIns>();
        services.AddSingleton<FederatedPeople>().AddSingleton<ClaimedGroups>().AddSingleton<FederatedSignIn>();
        services.AddHostedService<EndAccess>();
        services.AddSingleton<ProviderHttp>().AddSingleton<ProviderMetadata>().AddSingleton<ProviderTokens>().AddSingleton<CodeExchange>();
        services.AddSingleton<OpenIdConnectSignIn>().AddSingleton<ReceiveLogout>();
        services.AddSaml();
    }

    public static void MapFederation(this IEndpointRouteBuilder routes)
    {
        ReceiveLogout.Map(routes);
        routes.MapSaml();
    }
}
