using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>The wiring of the tokens.</summary>
internal static class TokensModule
{
    public static void AddTokens(this IServiceCollection services)
    {
        services.AddSingleton<KeyVault>().AddSingleton<Issuance>();
        services.AddSingleton<ISigningKeySource>(provider => provider.GetRequiredService<Issuance>());
        services.AddSingleton<IssuanceFollower>().AddHostedService(provider => provider.GetRequiredService<IssuanceFollower>());
        services.AddHostedService<KeepSigningKeys>();
        services.AddSingleton<AccessTokens>().AddSingleton<ClientAssertions>().AddSingleton<FailureLimit>().AddSingleton<OAuthClients>();
        services.AddSingleton<AuthorizationGrants>().AddSingleton<Authorize>().AddSingleton<ScopesOfPeople>().AddSingleton<IdTokens>();
        services.AddSingleton<GrantEnds>().AddSingleton<GrantForPerson>();
        services.AddSingleton<RequestSignOut>().AddSubscription<LogoutNotices>().AddHostedService<TellLogouts>();
        services.AddBrowserClients();
        services.AddHealthChecks().AddCheck<IssuanceFollower>("issuer", tags: [HealthEndpoints.ReadyTag]);
    }

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        RotateSigningKeys.Map(routes);
        GrantToken.Map(routes);
        IntrospectToken.Map(routes);
        RevokeToken.Map(routes);
        Authorize.Map(routes);
        TellClaims.Map(routes);
        RequestSignOut.Map(routes);
        Discovery.Map(routes);
    }
}
