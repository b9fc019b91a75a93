using System.Collections.Frozen;
using AccessGov.Audit.Ingest;

namespace AccessGov.Audit.Incoming;

/// <summary>The events of BreakGlass. The case that each belongs to is the id of its stream; those of drills and alert channels belong to none.</summary>
internal static class BreakGlassEvents
{
    public static FrozenDictionary<string, EventMeaning> Meanings { get; } = new Dictionary<string, EventMeaning>(StringComparer.Ordinal)
    {
        ["emergency_access_invoked"] = new(AuditActions.EmergencyStart, Person: "Person", Patient: "Patient"),
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
