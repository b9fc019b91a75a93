using AccessGov.CommandEndpoints;
using AccessGov.PolicyDecision.Facts;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>Says of a change of studies, as of every command, that it is known everywhere: with a position.</summary>
internal sealed class StudyReach(IFacts facts, ReplicaLeases leases, IOptions<PolicyDecisionOptions> options, TimeProvider clock)
{
    /// <summary>
    /// Waits until no replica decides from what was there before the change, and answers the position of the facts: whoever demands at
    /// least that is answered with the change. Who waits too long is answered without: the change is durable, and not known everywhere yet.
    /// </summary>
    public async Task TellPositionAsync(HttpContext http, long change)
    {
        using var patience = new CancellationTokenSource(options.Value.PositionPatience, clock);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, patience.Token);
        try
        {
            await leases.StudiesReachedEverywhereAsync(change, bound.Token);
            http.Response.Headers[CommandRunner.PositionHeader] = $"{facts.Current.Position}";
        }
        catch (Exception e) when (e is OperationCanceledException or NpgsqlException)
        {
            // Answered without the header, as said above.
        }
    }
}
