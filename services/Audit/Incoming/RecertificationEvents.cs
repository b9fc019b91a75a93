using System.Collections.Frozen;
using AccessGov.Audit.Ingest;

namespace AccessGov.Audit.Incoming;

/// <summary>The events of Recertification. What is asked about a grant is about whoever has it.</summary>
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
        ["campaign_items_opened"] = new(AuditActions.Administer, At: "At"),
        ["campaign_closed"] = new(AuditActions.Administer, At: "At"),
        ["review_item_opened"] = new(AuditActions.Administer, Person: "Person", At: "At"),
        ["review_item_decided"] = new(AuditActions.Administer, At: "At"),
        ["review_item_passed_on"] = new(AuditActions.Administer, At: "At"),
        ["review_item_reassigned"] = new(AuditActions.Administer, At: "At"),
        ["review_item_person_asked"] = new(AuditActions.Administer, At: "At"),
        ["review_item_person_answered"] = new(AuditActions.Administer, At: "At"),
        ["review_item_applied"] = new(AuditActions.Administer, At: "At"),
        ["review_item_not_applied"] = new(AuditActions.SecurityAlert, At: "At", Outcome: AuditOutcomes.Failure),
        ["review_item_restore_asked"] = new(AuditActions.Administer, At: "At"),
        ["review_item_restored"] = new(AuditActions.Administer, At: "At"),
        ["review_item_closed"] = new(AuditActions.Administer, At: "At"),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
