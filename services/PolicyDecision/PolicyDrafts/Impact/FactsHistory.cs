using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Networks;

namespace AccessGov.PolicyDecision.PolicyDrafts.Impact;

/// <summary>The facts as they were at one position after the other. Going back means to read everything again.</summary>
internal sealed class FactsHistory(IEventStore store, string policySet, CountryTable countries)
{
    private const int PageSize = 10_000;

    private readonly Queue<StoredEvent> ahead = new();
    private FactsFold fold = new(policySet);
    private FactsSnapshot current = FactsSnapshot.Empty with { Countries = countries };

    /// <summary>The facts at a position, which the store has reached.</summary>
    public async ValueTask<FactsSnapshot> AtAsync(long position, CancellationToken cancellation)
    {
        if (position == current.Position)
        {
            return current;
        }

        if (position < current.Position)
        {
            fold = new FactsFold(policySet);
            ahead.Clear();
        }

        while (fold.Position < position)
        {
            if (ahead.Count == 0)
            {
                foreach (StoredEvent stored in await store.ReadAllAsync(fold.Position, PageSize, cancellation))
                {
                    ahead.Enqueue(stored);
                }

                if (ahead.Count == 0)
                {
                    throw new InvalidOperationException($"The event store ends at {fold.Position}, before the position {position} that a decision was made at.");
                }
            }

            fold.Apply(ahead.Dequeue());
        }

        current = fold.Snapshot() with { Countries = countries };
        return current;
    }
}
