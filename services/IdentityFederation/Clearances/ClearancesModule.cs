using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Clearances;

/// <summary>The wiring of what is on file of whoever administers.</summary>
internal static class ClearancesModule
{
    public static void AddClearances(this IServiceCollection services) => services
        .AddSingleton<IValidateOptions<IdentityFederationOptions>, ClearanceGate.KnownKinds>()
        .AddSingleton<ClearanceGate>().AddSingleton<MissingClearances>();

    public static void MapClearances(this IEndpointRouteBuilder routes)
    {
        FileClearance.Map(routes);
        WithdrawClearance.Map(routes);
        ClearancesOfPerson.Map(routes);
        MissingClearances.Map(routes);
    }
}
