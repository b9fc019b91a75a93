using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Facts;

/// <summary>A write is known when the facts of all replicas hold it.</summary>
internal sealed class FactsReach(FactsFollower facts, ReplicaLeases leases, IOptions<PolicyDecisionOptions> options) : ICommandReach
{
    public Refusal? Refused => facts.IsReady ? null : Refusals.FactsNotReady;

    public TimeSpan Patience => options.Value.PositionPatience;

    public async Task ReachedAsync(long position, CancellationToken cancellation)
    {
        try
        {
            await facts.AtLeastAsync(position, cancellation);
        }
        catch (FactsOverloadedException overloaded)
        {
            throw new OperationCanceledException(overloaded.Message, overloaded);
        }

        await leases.ReachedEverywhereAsync(position, cancellation);
    }
}
