using System.Collections.Frozen;
using AccessGov.Audit.Ingest;

namespace AccessGov.Audit.Incoming;

/// <summary>The events of PolicyDecision.</summary>
internal static class PolicyDecisionEvents
{
    private static readonly EventMeaning Administer = new(AuditActions.Administer);
    private static readonly EventMeaning OfSubject = new(AuditActions.Administer, Person: "SubjectId");
    private static readonly EventMeaning OfPerson = new(AuditActions.Administer, About: true);
    private static readonly EventMeaning OfRelation = new(AuditActions.Administer, Person: "User", Patient: "Patient");

    public static FrozenDictionary<string, EventMeaning> Meanings { get; } = new Dictionary<string, EventMeaning>(StringComparer.Ordinal)
    {
        ["role_defined"] = Administer,
        ["role_retired"] = Administer,
        ["site_defined"] = Administer,
        ["network_list_defined"] = Administer,
        ["network_list_removed"] = Administer,
        ["duty_separation_defined"] = Administer,
        ["duty_separation_removed"] = Administer,
        ["policy_set_published"] = Administer,
        ["policy_set_rolled_back"] = Administer,
        ["policy_draft_written"] = Administer,
        ["policy_draft_rewritten"] = Administer,
        ["policy_draft_checked"] = Administer,
        ["policy_draft_approved"] = Administer,
        ["policy_draft_impact_assessed"] = Administer,
        ["policy_draft_shadow_started"] = Administer,
        ["policy_draft_shadow_ended"] = Administer,
        ["policy_draft_abandoned"] = Administer,
        ["policy_draft_published"] = Administer,
        // Where it holds for one patient, ScopeId is that patient: RecordedEvents looks at ScopeKind.
        ["grant_given"] = OfSubject,
        ["grant_revoked"] = OfSubject,
        ["relation_started"] = OfRelation,
        ["relation_ended"] = OfRelation,
        ["access_requested"] = new(AuditActions.Administer, Person: "SubjectId", Patient: "PatientId"),
        ["access_request_approved"] = Administer,
        ["access_request_failed"] = Administer with { Outcome = AuditOutcomes.Failure },
        ["access_request_denied"] = Administer with { Outcome = AuditOutcomes.Denied },
        ["access_request_cancelled"] = Administer,
        ["user_suspended"] = OfPerson,
        ["user_reinstated"] = OfPerson,
        ["user_locked"] = OfPerson,
        ["user_unlocked"] = OfPerson,
        ["user_left"] = OfPerson,
        ["user_returned"] = OfPerson,
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
