using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.IdentityFederation.People;

/// <summary>
/// Carries commands on people out: the directory is written in the transaction of the events, so that look-ups never lag behind them.
/// </summary>
internal sealed class PersonCommands(CommandRunner commands, UnattendedCommands unattended)
{
    /// <summary>The source of what people say at the API and in the console.</summary>
    public const string Console = "console";

    /// <param name="http">The request.</param>
    /// <param name="id">The person.</param>
    /// <param name="decide">The rule.</param>
    /// <param name="answer">The answer when it was accepted; 204 unless given.</param>
    /// <param name="refuse">The answer to a refusal; problem details unless given.</param>
    public Task<IResult> RunAsync(
        HttpContext http, string id, Func<Person, Outcome<PersonEvent>> decide, Func<string, Person, IResult>? answer = null,
        Func<Refusal, IResult>? refuse = null)
    {
        (Func<Person, Outcome<PersonEvent>> followed, Alongside write) = Following(id, decide);
        return commands.RunAsync(http, Person.Streams, id, followed, answer, write, refuse);
    }

    /// <summary>A command that no request asks for; answers why it was refused, null when it was not.</summary>
    /// <param name="metadata">What caused it.</param>
    /// <param name="id">The person.</param>
    /// <param name="decide">The rule.</param>
    /// <param name="cancellation">Ends the command while nothing is under way.</param>
    /// <param name="also">What else happens in the transaction, after the directory is written.</param>
    public Task<Refusal?> RunAsync(
        EventMetadata metadata, string id, Func<Person, Outcome<PersonEvent>> decide, CancellationToken cancellation,
        Alongside? also = null)
    {
        (Func<Person, Outcome<PersonEvent>> followed, Alongside write) = Following(id, decide);
        return unattended.RunAsync(Person.Streams, id, followed, metadata, also is null ? write : BothAsync, cancellation);

        async Task BothAsync(NpgsqlTransaction transaction, AppendReceipt receipt, CancellationToken ending)
        {
            await write(transaction, receipt, ending);
            await also(transaction, receipt, ending);
        }
    }

    private static (Func<Person, Outcome<PersonEvent>> Decide, Alongside Write) Following(string id,
        Func<Person, Outcome<PersonEvent>> decide)
    {
        // What the last run of the rule leads to: the transaction that follows it writes this.
        Person after = Person.Streams.Initial;
        return (
            state =>
            {
                Outcome<PersonEvent> outcome = decide(state);
                after = outcome is Outcome<PersonEvent>.Accepted accepted ? accepted.Events.Aggregate(state, Person.Evolve) : state;
                return outcome;
            },
            (transaction, receipt, cancellation) => PersonDirectory.WriteAsync(id, after, receipt.Version, transaction, cancellation));
    }
}
