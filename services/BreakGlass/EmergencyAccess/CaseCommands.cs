using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>Carries commands on cases out: what is due when is written in the transaction of the events.</summary>
internal sealed class CaseCommands(CommandRunner commands, UnattendedCommands unattended, IOptions<BreakGlassOptions> options)
{
    public DateTimeOffset Now => commands.Now;

    /// <param name="http">The request.</param>
    /// <param name="id">The case.</param>
    /// <param name="decide">The rule.</param>
    /// <param name="answer">The answer when it was accepted; 204 unless given.</param>
    /// <param name="refuse">The answer to a refusal; problem details unless given.</param>
    public Task<IResult> RunAsync(
        HttpContext http, string id, Func<EmergencyGrant, Outcome<EmergencyGrantEvent>> decide,
        Func<string, EmergencyGrant, IResult>? answer = null, Func<Refusal, IResult>? refuse = null)
    {
        (Func<EmergencyGrant, Outcome<EmergencyGrantEvent>> followed, Alongside write) = Following(id, decide);
        return commands.RunAsync(http, EmergencyGrant.Streams, id, followed, answer, write, refuse);
    }

    /// <summary>A command that no request asks for; answers why it was refused, null when it was not.</summary>
    /// <param name="metadata">What caused it.</param>
    /// <param name="id">The case.</param>
    /// <param name="decide">The rule.</param>
    /// <param name="cancellation">Ends the command while nothing is under way.</param>
    /// <param name="alongside">More SQL of the same transaction.</param>
    public Task<Refusal?> RunAsync(
        EventMetadata metadata, string id, Func<EmergencyGrant, Outcome<EmergencyGrantEvent>> decide, CancellationToken cancellation,
        Alongside? alongside = null)
    {
        (Func<EmergencyGrant, Outcome<EmergencyGrantEvent>> followed, Alongside write) = Following(id, decide);
        return unattended.RunAsync(
            EmergencyGrant.Streams, id, followed, metadata, async (transaction, receipt, ends) =>
            {
                await write(transaction, receipt, ends);
                await (alongside?.Invoke(transaction, receipt, ends) ?? Task.CompletedTask);
            }, cancellation);
    }

    private (Func<EmergencyGrant, Outcome<EmergencyGrantEvent>> Decide, Alongside Write) Following(
        string id, Func<EmergencyGrant, Outcome<EmergencyGrantEvent>> decide)
    {
        // What the last run of the rule leads to: the transaction that follows it writes this.
        EmergencyGrant after = EmergencyGrant.Streams.Initial;
        return (
            state =>
            {
                Outcome<EmergencyGrantEvent> outcome = decide(state);
                after = outcome is Outcome<EmergencyGrantEvent>.Accepted accepted ? accepted.Events.Aggregate(state, EmergencyGrant.Evolve)
                    : state;
                return outcome;
            },
            (transaction, _, cancellation) => OpenCases.WriteAsync(id, after, options.Value.Levels, transaction, cancellation));
    }
}
