using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Groups;

/// <summary>Carries commands on groups out: the directory is written in the transaction of the events.</summary>
internal sealed class GroupCommands(CommandRunner commands)
{
    /// <param name="http">The request.</param>
    /// <param name="id">The group.</param>
    /// <param name="decide">The rule.</param>
    /// <param name="answer">The answer when it was accepted.</param>
    /// <param name="refuse">The answer to a refusal.</param>
    public Task<IResult> RunAsync(
        HttpContext http, string id, Func<Group, Outcome<GroupEvent>> decide, Func<string, Group, IResult> answer, Func<Refusal, IResult> refuse)
    {
        // What the last run of the rule found and leads to: the transaction that follows it writes the difference.
        (Group before, Group after) = (Group.Streams.Initial, Group.Streams.Initial);
        return commands.RunAsync(
            http, Group.Streams, id,
            state =>
            {
                Outcome<GroupEvent> outcome = decide(state);
                (before, after) = (state, outcome is Outcome<GroupEvent>.Accepted accepted ? accepted.Events.Aggregate(state, Group.Evolve) : state);
                return outcome;
            },
            answer,
            (transaction, receipt, cancellation) => GroupDirectory.WriteAsync(id, before, after, receipt.Version, transaction, cancellation),
            refuse);
    }
}
