using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;
using AccessGov.Recertification.Reviews;
using Microsoft.Extensions.Options;

namespace AccessGov.Recertification.Applying;

/// <summary>
/// Carries out what was decided, at once, and what is to be given back: PolicyDecision does it, and is asked afterwards whether it is so.
/// What it refuses, or what holds still, is an item that is not applied, with who sees to it; it is tried again until it works.
/// </summary>
internal sealed class ApplyDecisions(
    DueWork due, ItemCommands items, GrantChanges grants, IOptions<RecertificationOptions> options, IEventStore store, WorkerStates states,
    TimeProvider clock, ILogger<ApplyDecisions> logger)
    : UnattendedWork(
        "review-decisions", "What reviewers decided is not carried out", pause: TimeSpan.FromSeconds(1), store, states, clock, logger)
{
    private const int AtOnce = 8;
    private static readonly EventMetadata ByItself = new(Actor: Refusals.Service, Source: "decisions");

    protected override Task Woken => due.Added.Next;

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        IReadOnlyList<string> taken = await due.TakeAsync(AtOnce, cancellation);
        await Task.WhenAll(taken.Select(item => CarryOutAsync(item, cancellation)));
        return taken.Count > 0;
    }

    private async Task CarryOutAsync(string id, CancellationToken cancellation)
    {
        await using IAsyncDisposable held = await due.HoldAsync(id, cancellation);
        try
        {
            EventStream stream = await Store.LoadAsync(ReviewItem.Streams.StreamId(id), cancellation);
            await (ReviewItem.Streams.Fold(stream) switch
            {
                ReviewItem.Decided decided => ApplyAsync(id, decided, cancellation),
                ReviewItem.Restoring restoring => RestoreAsync(id, restoring, cancellation),
                _ => due.DoneAsync(id, cancellation),
            });
        }
        catch (Exception e) when (e is HttpRequestException or IOException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            Failures.Failed("PolicyDecision cannot be told what reviewers decided", e.Message);
            await FailAsync(id, new Refusal(Faults.Unavailable, "PolicyDecision gives no answer; it is tried again."), cancellation);
        }
    }

    private async Task ApplyAsync(string id, ReviewItem.Decided decided, CancellationToken cancellation)
    {
        (ReviewItemOpened about, ReviewItemDecided decision) = (decided.About, decided.Decision);
        if (decision.Verdict == Verdict.Keep)
        {
            await AppliedAsync(id, new ReviewItemApplied(Verdict.Keep, null, null, Clock.GetUtcNow()), cancellation);
            return;
        }

        string reason = ReasonOf(id, decision);
        GrantChanges.Result done = decision.Verdict == Verdict.Revoke
            ? await grants.RevokeAsync(about.Grant, reason, $"{id}:revoke", cancellation)
            : await grants.ReplaceAsync(about.Grant, decision, reason, $"{id}:replace:{decision.At.UtcTicks}", cancellation);
        if (done.Refused is { } refused)
        {
            await FailAsync(id, refused, cancellation);
            return;
        }

        ProbeDecision? probe = await grants.ProbeAsync(about.Grant, done.Position, cancellation);
        if (probe is { Permitted: true })
        {
            await FailAsync(
                id, new Refusal(Faults.StillPermitted, $"The grant is over, and PolicyDecision still permits {probe.Action}: look for what else gives it."),
                cancellation);
            return;
        }

        await AppliedAsync(id, new ReviewItemApplied(decision.Verdict, done.Grant, probe, Clock.GetUtcNow()), cancellation);
    }

    private async Task RestoreAsync(string id, ReviewItem.Restoring restoring, CancellationToken cancellation)
    {
        ReviewItemOpened about = restoring.About;
        string reason = $"Recertification {id}, given back by {restoring.Wanted.By}.";
        GrantChanges.Result given = await grants.RestoreAsync(
            about.Grant, restoring.How.NewGrant, ReasonOf(id, restoring.Decision), reason, $"{id}:restore", cancellation);
        await (given.Refused is { } why
            ? FailAsync(id, why, cancellation)
            : AppliedAsync(id, new ReviewItemRestored(given.Grant!, Clock.GetUtcNow()), cancellation));
    }

    private static string ReasonOf(string id, ReviewItemDecided decision) => $"Recertification {id}, decided by {decision.By}.";

    private async Task AppliedAsync(string id, ReviewItemEvent happened, CancellationToken cancellation) =>
        Written(id, await items.RunAsync(ByItself, id, state => RecordApplied.Decide(state, happened), cancellation));

    /// <summary>Said once for each fault, however often it is tried.</summary>
    private async Task FailAsync(string id, Refusal refusal, CancellationToken cancellation)
    {
        string? owner = options.Value.Administrators.Count > 0 ? options.Value.Administrators[0] : null;
        Written(id, await items.RunAsync(
            ByItself, id,
            state => RecordApplied.Decide(state, new ReviewItemNotApplied(refusal.Code, refusal.Sentence, owner, Clock.GetUtcNow())), cancellation));
        await due.PutOffAsync(id, cancellation);
    }

    /// <summary>What cannot be written now is written when it is carried out again.</summary>
    private static void Written(string id, Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw new IOException($"What became of item {id} cannot be written: {refusal.Code}.");
        }
    }
}
