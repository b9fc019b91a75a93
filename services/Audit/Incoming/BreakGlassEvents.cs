using System.Collections.Frozen;
using AccessGov.Audit.Ingest;

namespace AccessGov.Audit.Incoming;

/// <summary>
/// The events of BreakGlass. The case that each belongs to is the id of its stream; those of drills, alert channels, capabilities and edges
/// belong to none.
/// </summary>
internal static class BreakGlassEvents
{
    public static FrozenDictionary<string, EventMeaning> Meanings { get; } = new Dictionary<string, EventMeaning>(StringComparer.Ordinal)
    {
        ["emergency_access_invoked"] = new(AuditActions.EmergencyStart, Person: "Person", Patient: "Patient", At: "At", Reason: "ReasonCode"),
        ["emergency_images_opened_offline"] = new(AuditActions.View, Person: "Person", Patient: "Patient", At: "At", Opened: true),
        ["emergency_capability_issued"] = new(AuditActions.Administer, Person: "Holder"),
        ["emergency_capability_revoked"] = new(AuditActions.Administer),
        ["emergency_capability_refused"] = new(AuditActions.SecurityAlert, At: "At", Outcome: AuditOutcomes.Denied),
        ["emergency_edge_started"] = new(AuditActions.ApplicationStart, At: "At"),
        ["emergency_edge_line_unusable"] = new(AuditActions.SecurityAlert, At: "At", Outcome: AuditOutcomes.Failure),
        ["emergency_edge_journal_broken"] = new(AuditActions.SecurityAlert, Outcome: AuditOutcomes.Failure),
        ["emergency_edge_alarm_raised"] = new(AuditActions.SecurityAlert, Outcome: AuditOutcomes.Failure),
        ["emergency_edge_alarm_settled"] = new(AuditActions.Administer, Person: "By"),
        ["emergency_edge_alarm_delivered"] = new(AuditActions.SecurityAlert),
        ["emergency_edge_alarm_failed"] = new(AuditActions.SecurityAlert, Outcome: AuditOutcomes.Failure),
        ["emergency_access_ended"] = new(AuditActions.EmergencyEnd),
        ["emergency_access_explained"] = new(AuditActions.Administer),
        ["emergency_review_taken"] = new(AuditActions.Administer, Person: "Reviewer"),
        ["emergency_review_escalated"] = new(AuditActions.SecurityAlert),
        ["emergency_review_overdue"] = new(AuditActions.SecurityAlert, Outcome: AuditOutcomes.Failure),
        ["emergency_alert_delivered"] = new(AuditActions.SecurityAlert),
        ["emergency_alert_failed"] = new(AuditActions.SecurityAlert, Outcome: AuditOutcomes.Failure),
        ["alert_channel_failed"] = new(AuditActions.SecurityAlert, Outcome: AuditOutcomes.Failure),
        ["alert_channel_recovered"] = new(AuditActions.SecurityAlert),
        ["alert_channel_notice_delivered"] = new(AuditActions.SecurityAlert),
        ["alert_channel_notice_failed"] = new(AuditActions.SecurityAlert, Outcome: AuditOutcomes.Failure),
        ["emergency_access_reviewed"] = new(AuditActions.Administer, Person: "Reviewer"),
        ["emergency_drills_watched"] = new(AuditActions.Administer),
        ["emergency_drill_due"] = new(AuditActions.SecurityAlert),
        ["emergency_drill_reminder_delivered"] = new(AuditActions.SecurityAlert),
        ["emergency_drill_reminder_failed"] = new(AuditActions.SecurityAlert, Outcome: AuditOutcomes.Failure),
        ["emergency_follow_up_closed"] = new(AuditActions.Administer, Person: "By"),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
