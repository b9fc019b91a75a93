using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Messaging;
using AccessGov.Recertification.Campaigns;

namespace AccessGov.Recertification.Incoming;

/// <summary>IdentityFederation says that somebody works elsewhere: whoever judges now is asked whether they still need what they have.</summary>
internal static class WhenUserMoved
{
    public static Task Handle(UserMoved message, MessageEnvelope envelope, EventCampaigns campaigns, CancellationToken cancellation) =>
        campaigns.BeginAsync(CampaignKind.Mover, NameOf(message), message.UserId, envelope, cancellation);

    private static string NameOf(UserMoved message) => message switch
    {
        { RolesChanged: true } => "Other roles by groups",
        { Department: { } department } when department != message.FormerDepartment => $"Moved to {department}",
        _ => "Moved to another manager",
    };
}
