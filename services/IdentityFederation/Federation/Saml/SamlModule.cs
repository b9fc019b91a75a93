namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>The wiring of sign-in through SAML 2.0.</summary>
internal static class SamlModule
{
    public const string PathPattern = "/sign-in/providers/{name}/saml";

    /// <summary>
    /// Where a sign-in through this provider begins; it takes what the sign-in page takes (returnUrl, acr_values, max_age, prompt).
    /// </summary>
    public static string PathOf(string name) => $"/sign-in/providers/{name}/saml";

    public static void AddSaml(this IServiceCollection services) => services
        .AddSingleton<SamlProviders>().AddSingleton<SentRequests>()
        .AddSingleton<BeginSamlSignIn>().AddSingleton<TakeSamlResponse>().AddSingleton<EndProviderSessions>();

    public static void MapSaml(this IEndpointRouteBuilder routes)
    {
        TellSamlMetadata.Map(routes);
        BeginSamlSignIn.Map(routes);
        TakeSamlResponse.Map(routes);
        EndProviderSessions.Map(routes);
    }
}
