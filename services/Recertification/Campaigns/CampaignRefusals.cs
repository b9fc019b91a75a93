using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Campaigns;

/// <summary>Why nothing can be done to a campaign.</summary>
internal static class CampaignRefusals
{
    public static readonly Refusal Unknown = new("campaign_unknown", "There is no campaign with this id.");

    public static readonly Refusal Over = new("campaign_over", "The campaign is over: set up another one.");

    public static readonly Refusal NotLaunched = new("campaign_not_launched", "The campaign has not been launched: launch it first.");

    public static bool IsReason(string reason) => Identifiers.IsText(reason, Refusals.ReasonLengthMax);
}

/// <summary>A command that needs nothing but why.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReasonedCommand(string Reason);
