namespace AccessGov.Contracts.Recertification.V1;

/// <summary>A reviewer decided that a person does not need a grant any more. PolicyDecision is told by HTTP, and revokes it at once.</summary>
/// <param name="CampaignId">In which campaign.</param>
/// <param name="GrantId">The grant.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Role">The role's id.</param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="DecidedAt">When.</param>
public sealed record AccessRevocationDecided(
    string CampaignId, string GrantId, string UserId, string Role, string DecidedBy, DateTimeOffset DecidedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.recertification.access-revocation-decided.v1";
}
