using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.PolicyDrafts.Impact;

/// <summary>An assessment that runs, or that failed.</summary>
internal sealed class ImpactRun(string draft, string hash, long total)
{
    private long done;

    public string Draft => draft;

    public string Hash => hash;

    public long Total => total;

    public long Done
    {
        get => Volatile.Read(ref done);
        set => Volatile.Write(ref done, value);
    }

    public bool Ended { get; set; }

    /// <summary>Why it failed; null when it did not.</summary>
    public string? Failure { get; set; }
}

/// <summary>Assesses in the background, one draft at a time in this process; what comes out of it is an event of the draft.</summary>
internal sealed class ImpactRuns(ImpactReplay replay, RecordedDecisions journal, IEventStore store, ILogger<ImpactRuns> logger, IHostApplicationLifetime lifetime)
{
    private readonly Lock starting = new();
    private ImpactRun? last;

    public ImpactRun? Of(string draft) => Volatile.Read(ref last) is { } run && run.Draft == draft ? run : null;

    /// <summary>Starts an assessment; null when another one runs.</summary>
    public async Task<ImpactRun?> StartAsync(string id, PolicyDraft.Open draft, ImpactRange range, EventMetadata by, CancellationToken cancellation)
    {
        var run = new ImpactRun(id, draft.Hash, await journal.CountAsync(range, cancellation));
        lock (starting)
        {
            if (last is { Ended: false })
            {
                return null;
            }

            Volatile.Write(ref last, run);
        }

        _ = Task.Run(() => RunAsync(run, draft, range, by, lifetime.ApplicationStopping), CancellationToken.None);
        return run;
    }

    private async Task RunAsync(ImpactRun run, PolicyDraft.Open draft, ImpactRange range, EventMetadata by, CancellationToken stopping)
    {
        try
        {
            PolicyDraftImpactAssessed assessed = await replay.RunAsync(draft, range, done => run.Done = done, stopping);
            CommandResult<PolicyDraft> result = await store.RunAsync(PolicyDraft.Streams, run.Draft, state => AssessImpact.Decide(state, assessed), by, cancellation: stopping);
            run.Failure = result is CommandResult<PolicyDraft>.Refused { Reason.Sentence: var sentence } ? sentence : null;
        }
        catch (Exception e)
        {
            // Nobody waits here: whoever asks for the report reads that there is none.
            run.Failure = "The decisions could not be asked again; the service's log says why.";
            logger.LogError(e, "The impact of the draft {Draft} could not be assessed.", run.Draft);
        }
        finally
        {
            run.Ended = true;
        }
    }
}
