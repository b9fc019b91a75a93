namespace AccessGov.Contracts.Recertification.V1;

/// <summary>Nothing in a campaign of recertification is open any more.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="ClosedAt">When.</param>
public sealed record CampaignClosed(string CampaignId, DateTimeOffset ClosedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.recertification.campaign-closed.v1";
}
