using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Federation.Saml;

namespace AccessGov.IdentityFederation;

/// <summary>The one place that says which HTTP status a refusal has.</summary>
internal static class Refusals
{
    public const string Service = "identity-federation";

    /// <summary>Nothing is commanded before the tables are there.</summary>
    public static readonly Refusal NotStarted =
        new("store_not_started", "The service is not connected to its database yet: try again in a moment.");

    /// <summary>What ends or keeps somebody out says why.</summary>
    public static readonly Refusal NoReason = new("reason_required", "Say in at most 1000 characters why.");

    /// <summary>Every code that is not refused by the state of things.</summary>
    public static readonly RefusalTable Table = new(
        Service,
        malformed: ["organisation_malformed", "domain_malformed", "person_malformed", "user_name_malformed", "identity_malformed",
            "reason_required", "period_malformed", "search_malformed",
            "group_malformed", "group_role_malformed", "member_unknown", "client_malformed", "scope_malformed", "audience_malformed",
            "client_keys_malformed",
            "client_address_malformed", "client_grants_malformed", "grace_malformed",
            "person_required", "password_short", "password_long", "password_is_name", "password_known", "password_repeated_otherwise",
            "code_wrong", "sign_in_wrong", "sign_in_expired", "passkey_refused", "passkey_name_malformed", "password_missing",
            "provider_answer_unasked", "provider_mixed_up", "access_end_past", "clearance_malformed", .. SamlRefusals.MalformedCodes],
        absent: ["organisation_unknown", "person_unknown", "identity_unknown", "group_unknown", "client_unknown", "session_unknown",
            "credential_unknown", "directory_unknown", "provider_unknown", "clearance_unknown", "clearance_kind_unknown"],
        unavailable: ["store_not_started", "provider_unavailable", "provider_secret_unreadable"],
        forbidden: ["sign_in_refused", "second_factor_required", "passkey_required", "person_locked", "person_outranks_you",
            "enrolment_link_spent",
            "provider_required",
            "provider_factor_missing", "provider_declined", "provider_code_refused", "provider_token_refused", "provider_not_fresh",
            "provider_signed_out",
            "claims_incomplete", "person_not_provisioned", "access_ended", "user_name_foreign", .. SamlRefusals.ForbiddenCodes]);

    public static IResult Answer(Refusal refusal) => Table.Answer(refusal);
}
