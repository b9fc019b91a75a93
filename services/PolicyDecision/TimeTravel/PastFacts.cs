using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Networks;

namespace AccessGov.PolicyDecision.TimeTravel;

/// <summary>The facts of one instant, as far as a question needs them. In which country an address is comes from the file of today. Used by one thread.</summary>
internal sealed class PastFacts(DateTimeOffset at, FactsFold fold, CountryTable countries)
{
    private readonly HashSet<long> applied = [];

    public DateTimeOffset At => at;

    public bool Lacks(long position) => !applied.Contains(position);

    public void Apply(IReadOnlyList<StoredEvent> events)
    {
        foreach (StoredEvent stored in events)
        {
            if (applied.Add(stored.Position))
            {
                fold.Apply(stored);
            }
        }
    }

    public FactsSnapshot Snapshot() => fold.Snapshot() with { Countries = countries };
}
