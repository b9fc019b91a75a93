using System.Threading.Channels;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.PolicyDrafts.Impact;

namespace AccessGov.PolicyDecision.PolicyDrafts.Shadow;

/// <summary>A decision that is answered, with the facts that it was made from.</summary>
internal readonly record struct AnsweredDecision(EvaluationQuestion Question, DecisionRecord Record, FactsSnapshot Facts);

/// <summary>
/// Decisions on their way to the drafts that run beside the live set. Whoever decides never waits here: what does not fit is dropped and counted, and while
/// no draft runs nothing is taken. Thread-safe; read by one.
/// </summary>
internal sealed class ShadowQueue
{
    public const int HeldMax = 10_000;

    private readonly Channel<AnsweredDecision> held = Channel.CreateBounded<AnsweredDecision>(new BoundedChannelOptions(HeldMax) { SingleReader = true });
    private volatile bool isOpen;
    private long dropped;

    /// <summary>Whether some draft runs.</summary>
    public bool IsOpen
    {
        get => isOpen;
        set => isOpen = value;
    }

    public void Offer(EvaluationQuestion question, DecisionRecord record, FactsSnapshot facts)
    {
        // What no policy decided says nothing about policies.
        if (isOpen && RecordedDecision.SaysPolicies(record.Reason) && !held.Writer.TryWrite(new AnsweredDecision(question, record, facts)))
        {
            Interlocked.Increment(ref dropped);
        }
    }

    /// <summary>The decisions of a batch, each with its question; null where there was none.</summary>
    public void Offer(IReadOnlyList<EvaluationQuestion> questions, IReadOnlyList<DecisionRecord?> records, FactsSnapshot facts)
    {
        for (int i = 0; isOpen && i < records.Count; i++)
        {
            if (records[i] is { } record)
            {
                Offer(questions[i], record, facts);
            }
        }
    }

    /// <summary>What waits, at most so many.</summary>
    public List<AnsweredDecision> Take(int countMax)
    {
        var taken = new List<AnsweredDecision>();
        while (taken.Count < countMax && held.Reader.TryRead(out AnsweredDecision decision))
        {
            taken.Add(decision);
        }

        return taken;
    }

    /// <summary>How many were dropped since the last time.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref dropped, 0);

    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => held.Reader.WaitToReadAsync(cancellation);
}
