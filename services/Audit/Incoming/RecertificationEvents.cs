using System.Collections.Frozen;
using AccessGov.Audit.Ingest;

namespace AccessGov.Audit.Incoming;

/// <summary>The events of Recertification: what is done to a campaign is administration.</summary>
internal static class RecertificationEvents
{
    public static FrozenDictionary<string, EventMeaning> Meanings { get; } = new Dictionary<string, EventMeaning>(StringComparer.Ordinal)
    {
        ["campaign_set_up"] = new(AuditActions.Administer, At: "At"),
        ["campaign_launched"] = new(AuditActions.Administer, At: "At"),
        ["campaign_paused"] = new(AuditActions.Administer, At: "At"),
        ["campaign_resumed"] = new(AuditActions.Administer, At: "At"),
        ["campaign_extended"] = new(AuditActions.Administer, At: "At"),
        ["campaign_cancelled"] = new(AuditActions.Administer, At: "At"),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
