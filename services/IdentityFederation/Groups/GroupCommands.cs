using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Groups;

/// <summary>Carries commands on groups out: the directory is written in the transaction of the events.</summary>
internal sealed class GroupCommands(CommandRunner commands, UnattendedCommands unattended)
{
    /// <param name="http">The request.</param>
    /// <param name="id">The group.</param>
    /// <param name="decide">The rule.</param>
    /// <param name="answer">The answer when it was accepted.</param>
    /// <param name="refuse">The answer to a refusal.</param>
    public Task<IResult> RunAsync(
        HttpContext http, string id, Func<Group, Outcome<GroupEvent>> decide, Func<string, Group, IResult> answer, Func<Refusal, IResult> refuse)
    {
        (Func<Group, Outcome<GroupEvent>> followed, Alongside write) = Following(id, decide);
        return commands.RunAsync(http, Group.Streams, id, followed, answer, write, refuse);
    }

    /// <summary>A command that no request asks for; answers why it was refused, null when it was not.</summary>
    public Task<Refusal?> RunAsync(EventMetadata metadata, string id, Func<Group, Outcome<GroupEvent>> decide, CancellationToken cancellation)
    {
        (Func<Group, Outcome<GroupEvent>> followed, Alongside write) = Following(id, decide);
        return unattended.RunAsync(Group.Streams, id, followed, metadata, write, cancellation);
    }

    private static (Func<Group, Outcome<GroupEvent>> Decide, Alongside Write) Following(string id, Func<Group, Outcome<GroupEvent>> decide)
    {
        // What the last run of the rule found and leads to: the transaction that follows it writes the difference.
        (Group before, Group after) = (Group.Streams.Initial, Group.Streams.Initial);
        return (
            state =>
            {
                Outcome<GroupEvent> outcome = decide(state);
                (before, after) = (state, outcome is Outcome<GroupEvent>.Accepted accepted ? accepted.Events.Aggregate(state, Group.Evolve) : state);
                return outcome;
            },
            (transaction, receipt, cancellation) => GroupDirectory.WriteAsync(id, before, after, receipt, transaction, cancellation));
    }
}
