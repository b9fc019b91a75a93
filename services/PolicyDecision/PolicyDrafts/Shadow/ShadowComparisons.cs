using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;
using Npgsql;

namespace AccessGov.PolicyDecision.PolicyDrafts.Shadow;

/// <summary>
/// Decides what was answered once more under the drafts that run, on every replica and behind the answers. What cannot be stored is kept until it can, while the queue
/// drops and counts.
/// </summary>
internal sealed class ShadowComparisons(
    ShadowQueue queue, ShadowTable table, IEventStore store, IStudyIndex studies, IFacts facts, TimeProvider clock, ILogger<ShadowComparisons> logger) : BackgroundService
{
    private const int DecisionsAtOnce = 500;
    private const int DecisionsPerStep = 50;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly RoleEntities roles = new();
    private readonly FailureLog failures = new(clock, logger);
    private List<ShadowDraft> running = [];

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await store.Started.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                long position = facts.Current.Position;
                await RefreshAsync(stoppingToken);
                if (running.Count == 0)
                {
                    queue.Take(ShadowQueue.HeldMax);
                    queue.TakeDropped();
                    await NewsAsync(position, stoppingToken);
                }
                else
                {
                    await CompareAsync(stoppingToken);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                failures.Outage("The drafts that run beside the live set cannot be compared, it is tried again until they can", e.Message, e);
                await Task.Delay(Idle, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await LeaveAsync();
    }

    /// <summary>Whether another draft runs now; the text of one that goes on is not read again.</summary>
    private async Task RefreshAsync(CancellationToken cancellation)
    {
        var next = new List<ShadowDraft>();
        foreach (ShadowRun run in await table.RunningAsync(clock.GetUtcNow(), cancellation))
        {
            if (running.FirstOrDefault(known => known.Run.Run == run.Run) is { } known)
            {
                next.Add(known);
            }
            else if (await PolicyDraftView.FindAsync(store, run.Draft, cancellation) is PolicyDraft.Open { ShadowUntil: not null } draft)
            {
                next.Add(new ShadowDraft(run, draft));
            }
        }

        running = next;
        queue.IsOpen = next.Count > 0;
    }

    private async Task CompareAsync(CancellationToken cancellation)
    {
        List<AnsweredDecision> answered = queue.Take(DecisionsAtOnce);
        long dropped = queue.TakeDropped();
        if (answered.Count == 0 && dropped == 0)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task news = queue.WaitAsync(over.Token).AsTask();
            await Task.WhenAny(news, Task.Delay(Pause, clock, over.Token));
            await over.CancelAsync();
            await news.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        ShadowOutcome[][] outcomes = [.. running.Select(_ => new ShadowOutcome[answered.Count])];
        for (int i = 0; i < answered.Count; i++)
        {
            (StudyFacts? study, bool failed) = await StudyAsync(answered[i].Question, cancellation);
            for (int draft = 0; draft < outcomes.Length; draft++)
            {
                outcomes[draft][i] = failed ? new ShadowOutcome(answered[i].Record.At, null, Failed: true) : running[draft].Judge(answered[i], study, roles);
            }

            if (i % DecisionsPerStep == DecisionsPerStep - 1)
            {
                // Behind the questions of now.
                await Task.Yield();
            }
        }

        for (int draft = 0; draft < outcomes.Length; draft++)
        {
            await StoreAsync(running[draft].Run.Run, outcomes[draft], dropped, cancellation);
        }
    }

    private async ValueTask<(StudyFacts? Study, bool Failed)> StudyAsync(EvaluationQuestion question, CancellationToken cancellation)
    {
        try
        {
            bool ofStudy = question.ResourceType == HospitalCase.StudyType && DicomUid.IsValid(question.ResourceId);
            return (ofStudy ? await studies.FindAsync(question.ResourceId, cancellation) : null, false);
        }
        catch (Exception e) when (e is StudyIndexUnavailableException or OperationCanceledException)
        {
            return (null, true);
        }
    }

    private async Task StoreAsync(Guid run, IReadOnlyList<ShadowOutcome> outcomes, long notCompared, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await table.AddAsync(run, outcomes, notCompared, CancellationToken.None);
                failures.Over();
                return;
            }
            catch (NpgsqlException e) when (!stopping.IsCancellationRequested)
            {
                failures.Outage("What drafts decide beside the live set cannot be stored, it is tried again until it can", e.Message, e);
                await Task.Delay(Again, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>What still waits when the process ends was not compared, and the report says so.</summary>
    private async Task LeaveAsync()
    {
        queue.IsOpen = false;
        long left = queue.Take(ShadowQueue.HeldMax).Count + queue.TakeDropped();
        try
        {
            foreach (ShadowDraft draft in left > 0 ? running : [])
            {
                await table.AddAsync(draft.Run.Run, [], left, CancellationToken.None);
            }
        }
        catch (NpgsqlException e)
        {
            logger.LogWarning("{Decisions} decisions were not compared with the drafts that run, and nobody could be told: {Reason}", left, e.Message);
        }
    }

    /// <summary>Until something is written, which may be that a draft runs, or some seconds are over.</summary>
    private async Task NewsAsync(long position, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task news = facts.AtLeastAsync(position + 1, over.Token).AsTask();
        await Task.WhenAny(news, Task.Delay(Idle, clock, over.Token));
        await over.CancelAsync();
        await news.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
