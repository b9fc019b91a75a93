using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.PolicyDrafts.Impact;
using AccessGov.PolicyDecision.PolicyDrafts.Shadow;

namespace AccessGov.PolicyDecision.PolicyDrafts;

/// <summary>The wiring of the drafts of policy sets.</summary>
internal static class PolicyDraftsModule
{
    public static void AddPolicyDrafts(this IServiceCollection services) => services
        .AddSubscription<PolicyDraftList>().AddSubscription<PublishedDrafts>().AddSingleton<RecordedDecisions>().AddSingleton<ImpactReplay>().AddSingleton<ImpactRuns>()
        .AddSingleton<ShadowQueue>().AddSingleton<ShadowTable>().AddSingleton<ShadowReport>().AddHostedService<ShadowComparisons>();

    public static void MapPolicyDrafts(this IEndpointRouteBuilder routes)
    {
        WriteDraft.Map(routes);
        RewriteDraft.Map(routes);
        CheckDraft.Map(routes);
        ApproveDraft.Map(routes);
        AssessImpact.Map(routes);
        RunShadow.Map(routes);
        EndShadow.Map(routes);
        ShadowReport.Map(routes);
        PublishDraft.Map(routes);
        AbandonDraft.Map(routes);
        PolicyDraftView.Map(routes);
        PolicyDraftList.Map(routes);
    }
}
