namespace AccessGov.PolicyDecision.PolicyDrafts.Impact;

/// <summary>
/// Puts decisions into the order of the positions of their facts while it holds a bounded number of them: replicas and batches run side by side, so they come
/// nearly in order. One that comes too late is given out late, and costs whoever folds the facts another beginning.
/// </summary>
internal sealed class PositionOrder(int heldMax)
{
    private readonly PriorityQueue<RecordedDecision, long> held = new();

    public IEnumerable<RecordedDecision> Add(IEnumerable<RecordedDecision> decisions)
    {
        foreach (RecordedDecision decision in decisions)
        {
            if (held.Count < heldMax)
            {
                held.Enqueue(decision, decision.FactsPosition);
            }
            else
            {
                yield return held.EnqueueDequeue(decision, decision.FactsPosition);
            }
        }
    }

    public IEnumerable<RecordedDecision> Rest()
    {
        while (held.TryDequeue(out RecordedDecision? decision, out _))
        {
            yield return decision;
        }
    }
}
