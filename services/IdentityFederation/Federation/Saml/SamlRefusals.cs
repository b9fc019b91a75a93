using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>Why a message of an identity provider is not believed. People read the sentence, their service desk goes by the code.</summary>
internal static class SamlRefusals
{
    public static readonly Refusal ProviderUnavailable = new(
        "provider_unavailable", "What is known of the identity provider cannot be read at the moment: try again in a moment.");

    public static readonly Refusal Malformed = new(
        "saml_malformed", "The identity provider's message is not what SAML 2.0 says that it is.");

    public static readonly Refusal Wrapped = new(
        "saml_wrapped",
        "The identity provider's message has parts in places where nothing of the kind belongs: somebody may have changed it.");

    public static readonly Refusal Unsigned = new("saml_unsigned", "The identity provider's message is not signed.");

    public static readonly Refusal SignatureUnsupported = new(
        "saml_signature_unsupported",
        "The identity provider's message is signed in a way that is not accepted: RSA or ECDSA with SHA-256 or stronger is.");

    public static readonly Refusal SignatureElsewhere = new(
        "saml_signature_elsewhere", "The signature in the identity provider's message is not over what it stands in.");

    public static readonly Refusal SignatureWrong = new(
        "saml_signature_wrong", "The identity provider's message was not signed with one of its keys, or was changed since.");

    public static readonly Refusal NotEncrypted = new(
        "saml_not_encrypted", "The identity provider's assertion is not encrypted, as it has to be.");

    public static readonly Refusal EncryptionUnsupported = new(
        "saml_encryption_unsupported",
        "The identity provider's assertion is encrypted in a way that is not accepted: AES-GCM with a key under RSA-OAEP is.");

    public static readonly Refusal NotDecryptable = new("saml_not_decryptable", "The identity provider's assertion cannot be decrypted.");

    public static readonly Refusal IssuerWrong = new(
        "saml_issuer_wrong", "The message is of another identity provider than it was asked of.");

    public static readonly Refusal DestinationWrong = new(
        "saml_destination_wrong", "The identity provider's message is meant for another address.");

    public static readonly Refusal AudienceWrong = new(
        "saml_audience_wrong", "The identity provider's assertion is meant for somebody else.");

    public static readonly Refusal RecipientWrong = new(
        "saml_recipient_wrong", "The identity provider's assertion is to be shown elsewhere.");

    public static readonly Refusal Expired = new("saml_expired", "What the identity provider said is too old: sign in again.");

    public static readonly Refusal NotYetValid = new(
        "saml_not_yet_valid", "What the identity provider said is not valid yet: its clock and ours differ too much.");

    public static readonly Refusal LastsTooLong = new(
        "saml_lasts_too_long", "The identity provider's assertion may be shown for longer than a day, which is too long.");

    public static readonly Refusal Unsolicited = new(
        "saml_unsolicited", "Nobody asked for this sign-in: begin it here, not at the identity provider.");

    public static readonly Refusal RequestUnknown = new(
        "saml_request_unknown", "This sign-in was begun in another browser, too long ago, or is done already: begin anew.");

    public static readonly Refusal Replayed = new("saml_replayed", "This message of the identity provider was used already: begin anew.");

    public static readonly Refusal SubjectUnusable = new(
        "saml_subject_unusable",
        "The identity provider does not say who you are in the way that was agreed on, or names you anew each time.");

    public static readonly Refusal NameIdMissing = new(
        "saml_name_id_missing",
        "The identity provider's assertion has no NameID that can be read, so it could not sign you out here later.");

    public static readonly Refusal ReturnUrlLong = new(
        "return_url_long", "The address to come back to has more than 2,000 characters: begin at the sign-in page.");

    public static readonly Refusal AuthenticationOld = new(
        "saml_authentication_old", "The identity provider was to ask you who you are, and did not: sign in again.");

    public static readonly Refusal NoAuthnContext = new(
        "saml_no_authn_context", "The identity provider cannot sign you in as strongly as it was asked to.");

    public static readonly Refusal RequestDenied = new("saml_request_denied", "The identity provider does not let you in here.");

    public static readonly Refusal AuthnFailed = new("saml_authn_failed", "You have not signed in at the identity provider.");

    public static readonly Refusal Failed = new("saml_failed", "The identity provider could not sign you in.");

    public static readonly string[] MalformedCodes = [Malformed.Code, Wrapped.Code, ReturnUrlLong.Code];

    public static readonly string[] ForbiddenCodes =
    [
        .. new[]
        {
            Unsigned, SignatureUnsupported, SignatureElsewhere, SignatureWrong, NotEncrypted, EncryptionUnsupported, NotDecryptable,
            IssuerWrong, DestinationWrong, AudienceWrong, RecipientWrong, Expired, NotYetValid, LastsTooLong, Unsolicited, RequestUnknown,
            Replayed, SubjectUnusable, NameIdMissing, AuthenticationOld, NoAuthnContext, RequestDenied, AuthnFailed, Failed,
        }.Select(refusal => refusal.Code),
    ];
}
