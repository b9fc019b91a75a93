namespace AccessGov.Contracts.Recertification.V1;

/// <summary>A reviewer decided that a person needs less than a grant gives, or for some time only.</summary>
/// <param name="CampaignId">In which campaign.</param>
/// <param name="GrantId">The grant, which another one replaces.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Role">The role that is enough.</param>
/// <param name="ReadOnly">Whether reading is enough.</param>
/// <param name="Until">Until when (exclusive); null means as long as before.</param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="DecidedAt">When.</param>
public sealed record AccessChangeDecided(
    string CampaignId, string GrantId, string UserId, string Role, bool ReadOnly, DateTimeOffset? Until, string DecidedBy,
    DateTimeOffset DecidedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.recertification.access-change-decided.v1";
}
