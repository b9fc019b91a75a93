namespace AccessGov.Contracts.Recertification.V1;

/// <summary>A reviewer decided that a person still needs a grant.</summary>
/// <param name="CampaignId">In which campaign.</param>
/// <param name="GrantId">The grant.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Role">The role's id.</param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="DecidedAt">When.</param>
public sealed record AccessCertified(
    string CampaignId, string GrantId, string UserId, string Role, string DecidedBy, DateTimeOffset DecidedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.recertification.access-certified.v1";
}
