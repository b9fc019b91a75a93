using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>The wiring of emergency access and its review.</summary>
internal static class EmergencyAccessModule
{
    public static void AddEmergencyAccess(this IServiceCollection services)
    {
        services.AddSingleton<OpenCases>().AddSingleton<CaseCommands>().AddSingleton<InvokeEmergencyAccess>();
        services.AddSingleton<CaseList>().AddSubscription<CaseList>().AddSingleton<CaseCounts>();
        services.AddSingleton<ExpireEmergencyAccess>().AddHostedService(provider => provider.GetRequiredService<ExpireEmergencyAccess>());
        services.AddHostedService<EscalateReview>();
    }

    public static void MapEmergencyAccess(this IEndpointRouteBuilder routes)
    {
        InvokeEmergencyAccess.Map(routes);
        EndEmergencyAccess.Map(routes);
        ExplainEmergencyAccess.Map(routes);
        TakeReview.Map(routes);
        ReviewEmergencyAccess.Map(routes);
        CloseFollowUp.Map(routes);
        CaseList.Map(routes);
        ShowCase.Map(routes);
        ShowTerms.Map(routes);
        CountCases.Map(routes);
    }
}
