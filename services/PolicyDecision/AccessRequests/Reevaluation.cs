using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>What became of an approval that an evaluation presented (AuthZEN access request and approval profile, completion semantics).</summary>
/// <param name="Id">The approval, as it was presented.</param>
/// <param name="Until">Until when it permits; null when it does not.</param>
/// <param name="NextAction">What the enforcement point does next after a denial: request, retry or none; null after a permit.</param>
internal sealed record PresentedApproval(string Id, DateTimeOffset? Until, string? NextAction)
{
    /// <summary>A grant that was just given is in the facts of every replica within the lease.</summary>
    public const int RetryAfterSeconds = 2;
}

/// <summary>
/// Evaluates again after an approval. The approval permits nothing by itself: it has become a grant, which the facts hold or do not. What is presented as
/// <c>context.approval</c> only tells how long a permit holds, or why there is still none and what to do next.
/// </summary>
internal sealed class Reevaluation(HospitalDecisionPoint decisions, IEventStore store, IFacts facts, TimeProvider clock) : IDecisionPoint
{
    public ValueTask<EvaluationAnswer> EvaluateAsync(AuthZenRequest request, EnforcementPoint caller, CancellationToken cancellation) =>
        PresentedBy(request) is { } approval ? AgainAsync(request, approval, caller, cancellation) : decisions.EvaluateAsync(request, caller, cancellation);

    public async ValueTask<IReadOnlyList<EvaluationAnswer>> EvaluateAllAsync(
        IReadOnlyList<BatchItem> items, Func<EvaluationAnswer, bool>? isLast, EnforcementPoint caller, CancellationToken cancellation)
    {
        IReadOnlyList<EvaluationAnswer> answers = await decisions.EvaluateAllAsync(items, isLast, caller, cancellation);
        EvaluationAnswer[]? told = null;
        for (int i = 0; i < answers.Count; i++)
        {
            if (items[i].Request is { } request && PresentedBy(request) is { } approval)
            {
                told ??= [.. answers];
                told[i] = await TellAsync(request, approval, answers[i], caller, cancellation);
            }
        }

        return told ?? answers;
    }

    private static string? PresentedBy(AuthZenRequest request) =>
        request.Context.ValueKind == JsonValueKind.Object && request.Context.TryGetProperty("approval"u8, out JsonElement approval) && approval.ValueKind == JsonValueKind.Object
            ? approval.TryGetProperty("id"u8, out JsonElement id) && id.ValueKind == JsonValueKind.String ? id.GetString()! : ""
            : null;

    private async ValueTask<EvaluationAnswer> AgainAsync(AuthZenRequest request, string approval, EnforcementPoint caller, CancellationToken cancellation) =>
        await TellAsync(request, approval, await decisions.EvaluateAsync(request, caller, cancellation), caller, cancellation);

    private async ValueTask<EvaluationAnswer> TellAsync(AuthZenRequest request, string approval, EvaluationAnswer answer, EnforcementPoint caller, CancellationToken cancellation)
    {
        if (answer.Invalid is not null)
        {
            return answer;
        }

        GrantFact? grant = GrantOf(request, approval);
        if (answer.Permitted)
        {
            return grant is { Until: { } until } ? answer with { Approval = new PresentedApproval(approval, until, null) } : answer;
        }

        if (answer.Reason != Reasons.NotPermitted)
        {
            return answer with { Approval = new PresentedApproval(approval, null, "none") };
        }

        try
        {
            (string reason, string next) = await WhyNotAsync(request, approval, grant is not null, caller, cancellation);
            return answer with { Reason = reason, Approval = new PresentedApproval(approval, null, next == "request" && answer.Offer is null ? "none" : next) };
        }
        catch (Exception e) when (Commands.NotWritten(e) is not null)
        {
            // The denial stands; only why cannot be looked up.
            return answer with { Approval = new PresentedApproval(approval, null, "retry") };
        }
    }

    private GrantFact? GrantOf(AuthZenRequest request, string approval)
    {
        DateTimeOffset now = clock.GetUtcNow();
        foreach (GrantFact grant in facts.Current.Subjects.GetValueOrDefault(new SubjectKey(request.Subject.Type, request.Subject.Id), SubjectFacts.None).Grants)
        {
            if (grant.GrantId == approval && grant.IsActive(now))
            {
                return grant;
            }
        }

        return null;
    }

    private async Task<(string Reason, string NextAction)> WhyNotAsync(AuthZenRequest request, string approval, bool granted, EnforcementPoint caller, CancellationToken cancellation)
    {
        AccessRequest state = Guid.TryParseExact(approval, "D", out _) ? AccessRequest.Streams.Fold(await store.LoadAsync(AccessRequest.Streams.StreamId(approval), cancellation)) : AccessRequest.Streams.Initial;
        if (state is not AccessRequest.Asked { Request: var asked } || state is not (AccessRequest.Approved or AccessRequest.Failed)
            || asked.Client != caller.Client || asked.SubjectType != request.Subject.Type || asked.SubjectId != request.Subject.Id)
        {
            return (Reasons.ApprovalUnverifiable, "none");
        }

        if (asked.ResourceType != request.Resource.Type || asked.ResourceId != request.Resource.Id || asked.Action != request.Action.Name)
        {
            return (Reasons.OutOfScope, "request");
        }

        if (state is not AccessRequest.Approved approved)
        {
            return (Reasons.ApprovalFailed, "request");
        }

        Grant grant = Grant.Streams.Fold(await store.LoadAsync(Grant.Streams.StreamId(approval), cancellation));
        return approved.Approval.Until <= clock.GetUtcNow() || grant is Grant.Revoked ? (Reasons.ApprovalExpired, "request")
            : granted ? (Reasons.PolicyDenied, "none")
            : (Reasons.GrantPending, "retry");
    }
}
