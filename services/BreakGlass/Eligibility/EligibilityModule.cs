namespace AccessGov.BreakGlass.Eligibility;

/// <summary>The wiring of the questions to PolicyDecision.</summary>
internal static class EligibilityModule
{
    // Somebody stands at a bed and waits.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static void AddEligibility(this IServiceCollection services) => services
        .AddSingleton<PolicyDecisionChannel>()
        .AddSingleton(provider => new PolicyDecisionClient(
            provider.GetRequiredService<PolicyDecisionChannel>().Client(Patience),
            provider.GetRequiredService<ILogger<PolicyDecisionClient>>()));
}
