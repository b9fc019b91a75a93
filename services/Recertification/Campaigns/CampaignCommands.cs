using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Campaigns;

/// <summary>Carries commands on campaigns out: their row is written in the transaction of the events.</summary>
internal sealed class CampaignCommands(CommandRunner commands, UnattendedCommands unattended)
{
    public DateTimeOffset Now => commands.Now;

    /// <param name="http">The request.</param>
    /// <param name="id">The campaign.</param>
    /// <param name="decide">The rule.</param>
    /// <param name="answer">The answer when it was accepted; 204 unless given.</param>
    public Task<IResult> RunAsync(
        HttpContext http, string id, Func<Campaign, Outcome<CampaignEvent>> decide, Func<string, Campaign, IResult>? answer = null)
    {
        (Func<Campaign, Outcome<CampaignEvent>> followed, Alongside write) = Following(id, decide);
        return commands.RunAsync(http, Campaign.Streams, id, followed, answer, write);
    }

    /// <summary>A command that no request asks for; answers why it was refused, null when it was not.</summary>
    /// <param name="metadata">What caused it.</param>
    /// <param name="id">The campaign.</param>
    /// <param name="decide">The rule.</param>
    /// <param name="cancellation">Ends the command while nothing is under way.</param>
    public Task<Refusal?> RunAsync(
        EventMetadata metadata, string id, Func<Campaign, Outcome<CampaignEvent>> decide, CancellationToken cancellation)
    {
        (Func<Campaign, Outcome<CampaignEvent>> followed, Alongside write) = Following(id, decide);
        return unattended.RunAsync(Campaign.Streams, id, followed, metadata, write, cancellation);
    }

    private static (Func<Campaign, Outcome<CampaignEvent>> Decide, Alongside Write) Following(
        string id, Func<Campaign, Outcome<CampaignEvent>> decide)
    {
        // What the last run of the rule leads to: the transaction that follows it writes this.
        Campaign after = Campaign.Streams.Initial;
        return (
            state =>
            {
                Outcome<CampaignEvent> outcome = decide(state);
                after = outcome is Outcome<CampaignEvent>.Accepted accepted ? accepted.Events.Aggregate(state, Campaign.Evolve) : state;
                return outcome;
            },
            (transaction, _, cancellation) => CampaignRows.WriteAsync(id, after, transaction, cancellation));
    }
}
