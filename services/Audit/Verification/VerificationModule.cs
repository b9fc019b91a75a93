using AccessGov.ServiceDefaults;

namespace AccessGov.Audit.Verification;

/// <summary>The wiring of the trail's own verification.</summary>
internal static class VerificationModule
{
    public static void AddVerification(this IServiceCollection services)
    {
        services.AddSettings<VerificationOptions>(VerificationOptions.Section);
        services.AddSingleton<TrailExamination>().AddSingleton<VerifyTrail>();
        services.AddHostedService(provider => provider.GetRequiredService<VerifyTrail>());
        services.AddHealthChecks().AddCheck<VerificationHealth>("trail-verification");
    }
}
