using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>
/// Until when this replica may answer from its facts. A renewal asks the event store for its head; when the facts have reached that head, they are complete as
/// of the question, and good for the lease's duration from then on. A replica that lost its feed so denies instead of answering from the past. Thread-safe.
/// </summary>
internal sealed class FactsLease(IOptions<PolicyDecisionOptions> options, TimeProvider clock)
{
    // Behind by so many questions, the facts are older than any lease.
    private const int OpenMax = 256;

    private readonly Lock gate = new();
    private readonly Queue<Question> open = new();
    private Question? term;

    /// <summary>How long a term is; zero when there are no leases.</summary>
    public TimeSpan Duration { get; } = options.Value.FactsLease;

    /// <summary>Whether the facts have been complete once.</summary>
    public bool HasBegun => Volatile.Read(ref term) is not null;

    /// <summary>Whether decisions may rest on the facts now.</summary>
    public bool Holds => Duration == TimeSpan.Zero || Age < Duration;

    /// <summary>How long ago the facts were complete for certain.</summary>
    public TimeSpan Age => Volatile.Read(ref term) is { } known ? clock.GetElapsedTime(known.AskedAt) : TimeSpan.MaxValue;

    /// <summary>The head of the event store was <paramref name="head"/>, or later, when it was asked for at <paramref name="askedAt"/>.</summary>
    /// <param name="askedAt">A timestamp of the clock from before the question, and before the replica's position was written down.</param>
    /// <param name="head">The position that the facts must reach.</param>
    /// <param name="reached">The position of the facts now.</param>
    public void Renew(long askedAt, long head, long reached)
    {
        lock (gate)
        {
            if (open.Count < OpenMax)
            {
                open.Enqueue(new Question(askedAt, head));
            }

            Settle(reached);
        }
    }

    /// <summary>The facts have come to <paramref name="position"/>.</summary>
    public void Reached(long position)
    {
        lock (gate)
        {
            Settle(position);
        }
    }

    // Later questions have later heads, so those that are settled lie in front.
    private void Settle(long position)
    {
        while (open.TryPeek(out Question? oldest) && oldest.Head <= position)
        {
            Volatile.Write(ref term, open.Dequeue());
        }
    }

    private sealed record Question(long AskedAt, long Head);
}
