using AccessGov.Recertification.Sources;

namespace AccessGov.Recertification.Applying;

/// <summary>The wiring of what follows from decisions.</summary>
internal static class ApplyingModule
{
    public const string CreateTable = DueWork.CreateTable + LeftPeople.CreateTable;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void AddApplying(this IServiceCollection services) => services
        .AddSingleton<DueWork>().AddSingleton<LeftPeople>().AddHostedService<ApplyDecisions>().AddHostedService<CloseItems>()
        .AddSingleton(provider => new GrantChanges(SourcesModule.ClientFor(provider, options => options.PolicyDecisionUrl!, Patience)));
}
