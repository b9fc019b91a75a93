using AccessGov.EventSourcing;
using AccessGov.Recertification.Applying;
using AccessGov.Recertification.Campaigns;
using AccessGov.ServiceDefaults;

namespace AccessGov.Recertification.Reviews;

/// <summary>Carries commands on items out: what is to be carried out is noted in the transaction of the events.</summary>
internal sealed class ItemCommands(
    CommandRunner commands, UnattendedCommands unattended, CampaignRows campaigns, StrongCallers strong, DueWork due)
{
    public DateTimeOffset Now => commands.Now;

    /// <param name="http">The request.</param>
    /// <param name="id">The item.</param>
    /// <param name="decide">The rule: of the item, who commands, and whether they signed in strongly.</param>
    /// <param name="alsoOver">Whether it may be commanded also when the campaign rests or is over.</param>
    public async Task<IResult> RunAsync(
        HttpContext http, string id, Func<ReviewItem, string, bool, Outcome<ReviewItemEvent>> decide, bool alsoOver = false)
    {
        if (Caller.Person(http) is not { } person || CallerIdentity.Of(http) is not { } caller)
        {
            return Refusals.Answer(Refusals.NoPerson);
        }

        if (!alsoOver && !await campaigns.IsRunningAsync(CampaignOf(id), http.RequestAborted))
        {
            return Refusals.Answer(ItemRefusals.NotRunning);
        }

        (Func<ReviewItem, Outcome<ReviewItemEvent>> followed, Alongside write) =
            Following(id, state => decide(state, person, strong.IsStrong(caller)));
        await using IAsyncDisposable held = await due.HoldAsync(id, http.RequestAborted);
        IResult answer = await commands.RunAsync(
            http, ReviewItem.Streams, id, followed, alongside: write,
            refuse: refusal => refusal.Code == ItemRefusals.StepUp.Code ? strong.StepUp(http) : Refusals.Answer(refusal));
        due.Added.Pulse();
        return answer;
    }

    /// <summary>One of several items of a request; answers why it was refused, null when it was not.</summary>
    public async Task<Refusal?> RunOneAsync(HttpContext http, string id, Func<ReviewItem, Outcome<ReviewItemEvent>> decide) =>
        !await campaigns.IsRunningAsync(CampaignOf(id), http.RequestAborted)
            ? ItemRefusals.NotRunning
            : await RunAsync(Caller.Metadata(http), id, decide, http.RequestAborted);

    /// <summary>A command that no request asks for; answers why it was refused, null when it was not.</summary>
    public async Task<Refusal?> RunAsync(
        EventMetadata metadata, string id, Func<ReviewItem, Outcome<ReviewItemEvent>> decide, CancellationToken cancellation)
    {
        (Func<ReviewItem, Outcome<ReviewItemEvent>> followed, Alongside write) = Following(id, decide);
        Refusal? refused = await unattended.RunAsync(ReviewItem.Streams, id, followed, metadata, write, cancellation);
        due.Added.Pulse();
        return refused;
    }

    private (Func<ReviewItem, Outcome<ReviewItemEvent>> Decide, Alongside Write) Following(
        string id, Func<ReviewItem, Outcome<ReviewItemEvent>> decide)
    {
        // What the last run of the rule leads to: the transaction that follows it writes this.
        ReviewItem after = ReviewItem.Streams.Initial;
        return (
            state =>
            {
                Outcome<ReviewItemEvent> outcome = decide(state);
                after = outcome is Outcome<ReviewItemEvent>.Accepted accepted ? accepted.Events.Aggregate(state, ReviewItem.Evolve) : state;
                return outcome;
            },
            (transaction, _, cancellation) => due.WriteAsync(id, after, transaction, cancellation));
    }

    private static string CampaignOf(string id) => id.Split('.', 2)[0];
}
