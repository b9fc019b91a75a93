using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.PolicyDrafts.Impact;

namespace AccessGov.PolicyDecision.PolicyDrafts;

/// <summary>The wiring of the drafts of policy sets.</summary>
internal static class PolicyDraftsModule
{
    public static void AddPolicyDrafts(this IServiceCollection services) => services
        .AddSubscription<PolicyDraftList>().AddSubscription<PublishedDrafts>().AddSingleton<RecordedDecisions>().AddSingleton<ImpactReplay>().AddSingleton<ImpactRuns>();

    public static void MapPolicyDrafts(this IEndpointRouteBuilder routes)
    {
        WriteDraft.Map(routes);
        RewriteDraft.Map(routes);
        CheckDraft.Map(routes);
        ApproveDraft.Map(routes);
        AssessImpact.Map(routes);
        PublishDraft.Map(routes);
        AbandonDraft.Map(routes);
        PolicyDraftView.Map(routes);
        PolicyDraftList.Map(routes);
    }
}
