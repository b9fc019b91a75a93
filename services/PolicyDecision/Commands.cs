using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision;

/// <summary>Carries commands out whose rules may ask the facts about other streams.</summary>
internal sealed class Commands(IEventStore store, FactsFollower facts, FactsReach reach, TimeProvider clock) : CommandRunner(store, reach, Refusals.Table, clock)
{
    /// <summary>What rules may ask about other streams. It may lag a little behind other processes.</summary>
    public FactsSnapshot Facts => facts.Current;

    public static IResult Refuse(Refusal refusal) => Refusals.Table.Answer(refusal);
}
