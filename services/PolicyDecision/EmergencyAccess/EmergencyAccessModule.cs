namespace AccessGov.PolicyDecision.EmergencyAccess;

/// <summary>The wiring of emergency access (break-glass): BreakGlass keeps it, here it is granted.</summary>
internal static class EmergencyAccessModule
{
    public static void AddEmergencyAccess(this IServiceCollection services) => services
        .AddSingleton<AskEmergencyEligibility>().AddSingleton<AskEmergencyEvidence>();

    public static void MapEmergencyAccess(this IEndpointRouteBuilder routes)
    {
        AskEmergencyEligibility.Map(routes);
        AskEmergencyEvidence.Map(routes);
    }
}
