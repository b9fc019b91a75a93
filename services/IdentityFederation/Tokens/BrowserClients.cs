using AccessGov.IdentityFederation.Clients;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Which pages of other origins may ask from a browser (CORS): those of clients that people are sent back to, at the endpoints that such a
/// client uses itself. Never with cookies: whoever is signed in here is nobody there.
/// </summary>
internal static class BrowserClients
{
    public const string Policy = "clients in browsers";

    private static readonly TimeSpan PreflightIsGoodFor = TimeSpan.FromMinutes(10);

    public static void AddBrowserClients(this IServiceCollection services)
    {
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<Issuance>((cors, issuance) => cors.AddPolicy(Policy, policy => policy
            .SetIsOriginAllowed(origin => IsOfClient(origin, issuance))
            .WithMethods(HttpMethods.Get, HttpMethods.Post)
            .WithHeaders("authorization", "content-type")
            .WithExposedHeaders("www-authenticate", "retry-after")
            .DisallowCredentials()
            .SetPreflightMaxAge(PreflightIsGoodFor)));
    }

    /// <summary>Whether an origin is one of an address that a client, which is not disabled, gets people back at.</summary>
    private static bool IsOfClient(string origin, Issuance issuance) => issuance.IsRead && issuance.Clients.Values.Any(client =>
        !client.State.Disabled && client.State.Definition.Grants.Contains(ClientGrant.AuthorizationCode)
        && client.State.Definition.RedirectUris.Any(address => new Uri(address).GetLeftPart(UriPartial.Authority) == origin));
}
