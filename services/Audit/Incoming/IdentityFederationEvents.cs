using System.Collections.Frozen;
using AccessGov.Audit.Ingest;

namespace AccessGov.Audit.Incoming;

/// <summary>The events of IdentityFederation.</summary>
internal static class IdentityFederationEvents
{
    private static readonly EventMeaning Administer = new(AuditActions.Administer);
    private static readonly EventMeaning OfPerson = new(AuditActions.Administer, About: true);

    public static FrozenDictionary<string, EventMeaning> Meanings { get; } = new Dictionary<string, EventMeaning>(StringComparer.Ordinal)
    {
        ["client_registered"] = Administer,
        ["client_changed"] = Administer,
        ["client_secret_rotated"] = Administer,
        ["client_disabled"] = Administer,
        ["client_enabled"] = Administer,
        ["signing_key_announced"] = Administer,
        ["signing_key_activated"] = Administer,
        ["signing_key_retired"] = Administer,
        ["signing_key_revoked"] = Administer,
        ["token_revoked"] = Administer,
        ["group_provisioned"] = Administer,
        ["group_renamed"] = Administer,
        ["group_members_added"] = Administer,
        ["group_members_removed"] = Administer,
        ["group_scopes_assigned"] = Administer,
        ["group_roles_assigned"] = Administer,
        ["group_deleted"] = Administer,
        ["organisation_defined"] = Administer,
        ["organisation_closed"] = Administer,
        ["person_provisioned"] = OfPerson,
        ["person_changed"] = OfPerson,
        ["person_deactivated"] = OfPerson,
        ["person_reactivated"] = OfPerson,
        ["person_suspended"] = OfPerson,
        ["person_reinstated"] = OfPerson,
        ["person_warned_of_lock"] = OfPerson,
        ["person_warning_mailed"] = OfPerson,
        ["person_warning_not_mailed"] = OfPerson with { Outcome = AuditOutcomes.Failure },
        ["person_locked"] = OfPerson,
        ["person_unlocked"] = OfPerson,
        ["person_deprovisioned"] = OfPerson,
        ["identity_linked"] = OfPerson,
        ["identity_unlinked"] = OfPerson,
        ["person_access_limited"] = OfPerson,
        ["clearance_filed"] = OfPerson,
        ["clearance_withdrawn"] = OfPerson,
        ["enrolment_link_issued"] = OfPerson,
        ["enrolment_link_used"] = OfPerson,
        ["password_set"] = OfPerson,
        ["authenticator_app_enrolled"] = OfPerson,
        ["passkey_registered"] = OfPerson,
        ["passkey_used"] = OfPerson,
        ["recovery_codes_made"] = OfPerson,
        ["recovery_code_used"] = OfPerson,
        ["credential_removed"] = OfPerson,
        ["logging_acknowledged"] = OfPerson,
        ["session_started"] = new(AuditActions.SignIn, Person: "Person"),
        ["session_stepped_up"] = new(AuditActions.SignIn),
        ["session_ended"] = new(AuditActions.SignOut, Person: "Person"),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
