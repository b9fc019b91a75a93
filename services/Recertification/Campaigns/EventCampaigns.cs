using AccessGov.EventSourcing;
using AccessGov.Messaging;
using Microsoft.Extensions.Options;

namespace AccessGov.Recertification.Campaigns;

/// <summary>Campaigns about one person that something brings which happened to them. Thread-safe.</summary>
internal sealed class EventCampaigns(CampaignCommands campaigns, IOptions<RecertificationOptions> options, TimeProvider clock)
{
    // What else the provisioning system says of the same move is heard before anybody is asked.
    private static readonly TimeSpan Settles = TimeSpan.FromMinutes(5);

    /// <param name="kind">Why it is held.</param>
    /// <param name="name">What people call it.</param>
    /// <param name="person">Whose grants it asks about.</param>
    /// <param name="cause">The message that tells it: the campaign has its id, so that it is there once.</param>
    /// <param name="cancellation">Ends the command while nothing is under way.</param>
    /// <exception cref="IOException">It cannot be written now; the message is to be delivered again.</exception>
    public async Task BeginAsync(CampaignKind kind, string name, string person, MessageEnvelope cause, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow(), starts = now + Settles;
        var terms = new CampaignTerms(
            name, kind, new CampaignScope([], [], [], Person: person), starts, starts.AddDays(options.Value.EventDays), options.Value.EventZone,
            TwoStages: false, Series: null);
        var by = new EventMetadata(Actor: Refusals.Service, Source: cause.Type, CausationId: cause.Id.ToString());
        if (await campaigns.RunAsync(by, cause.Id.ToString(), state => SetUpCampaign.Begin(state, terms, now), cancellation) is { } refused)
        {
            throw new IOException($"A campaign cannot be written: {refused.Code}.");
        }
    }
}
