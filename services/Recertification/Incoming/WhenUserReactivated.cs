using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Messaging;
using AccessGov.Recertification.Applying;
using AccessGov.Recertification.Campaigns;
using Microsoft.Extensions.Options;

namespace AccessGov.Recertification.Incoming;

/// <summary>
/// IdentityFederation says that somebody who was away may sign in again: people are asked what they need, and after a long time at once.
/// </summary>
internal static class WhenUserReactivated
{
    public static async Task Handle(
        UserReactivated message, MessageEnvelope envelope, LeftPeople left, EventCampaigns campaigns, IOptions<RecertificationOptions> options,
        CancellationToken cancellation)
    {
        if (await left.SinceAsync(message.UserId, cancellation) is { } since && message.ReactivatedAt - since >= TimeSpan.FromDays(options.Value.LongLeaveDays))
        {
            await campaigns.BeginAsync(CampaignKind.Returner, "Back after a long time", message.UserId, envelope, cancellation);
        }

        await left.BackAsync(message.UserId, cancellation);
    }
}
