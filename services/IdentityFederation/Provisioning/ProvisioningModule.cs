using AccessGov.IdentityFederation.Groups;
using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>The wiring of SCIM 2.0 (RFC 7643, RFC 7644).</summary>
internal static class ProvisioningModule
{
    public static void AddProvisioning(this IServiceCollection services)
    {
        services.AddSettings<ProvisioningSettings>(ProvisioningSettings.Section);
        services.AddSingleton<ProvisioningClients>();
        services.AddSingleton<ScimUsers>().AddSingleton<ScimGroups>();
    }

    public static void MapProvisioning(this WebApplication app)
    {
        RouteGroupBuilder routes = app.MapGroup("/scim/v2").RequireAuthorization("scim").WithErrorForm(ScimError.Form);
        IScimResources[] resources = [app.Services.GetRequiredService<ScimUsers>(), app.Services.GetRequiredService<ScimGroups>()];
        Array.ForEach(resources, kind => ScimEndpoints.Map(routes, kind));
        ScimDiscovery.Map(routes);
        ScimBulk.Map(routes, resources);
        ScimSearch.Map(routes, resources);
        routes.Map("/Me/{**rest}", (HttpContext http, ProvisioningClients clients) => ScimEndpoints.AnswerAsync(http, clients, _ =>
            throw new ScimException(StatusCodes.Status501NotImplemented, null, "A client is no User here: name one in /Users/{id}.")))
                .ExcludeFromDescription();
        routes.Map("/{**unknown}", (HttpContext http, ProvisioningClients clients) => ScimEndpoints.AnswerAsync(http, clients, _ =>
            throw new ScimException(StatusCodes.Status404NotFound, null, "There is nothing at this address."))).ExcludeFromDescription();
        app.Map("/scim/{**unknown}", (ProvisioningClients clients) =>
            ScimError.Of(new ScimException("invalidVers", $"This service speaks SCIM 2.0, at {clients.BaseUrl}.")))
            .RequireAuthorization("scim").WithErrorForm(ScimError.Form).ExcludeFromDescription();
    }
}
