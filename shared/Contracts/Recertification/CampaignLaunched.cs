namespace AccessGov.Contracts.Recertification.V1;

/// <summary>A campaign of recertification was launched: reviewers are asked from its start on.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="Kind">quarterly, six_monthly, ad_hoc.</param>
/// <param name="StartsAt">From when on reviewers are asked.</param>
/// <param name="Deadline">Until when they decide, unless it is extended.</param>
/// <param name="LaunchedBy">Who launched it: a person, or the service where the calendar did; null when that is not known.</param>
/// <param name="LaunchedAt">When.</param>
public sealed record CampaignLaunched(
    string CampaignId, string Kind, DateTimeOffset StartsAt, DateTimeOffset Deadline, string? LaunchedBy, DateTimeOffset LaunchedAt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.recertification.campaign-launched.v1";
}
