using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>Why nobody comes in through an identity provider. What the provider itself wrote stands in no page.</summary>
internal static class FederationRefusals
{
    public static readonly Refusal ProviderUnknown =
        new("provider_unknown", "There is no identity provider with this name: begin at the sign-in page.");

    public static readonly Refusal Unasked = new(
        "provider_answer_unasked", "This browser has not asked for this sign-in, did so too long ago, or has used it already: begin anew.");

    public static readonly Refusal MixedUp = new(
        "provider_mixed_up",
        "The answer is of another identity provider than the one that was asked: begin anew, and tell our service desk if it comes again.");

    public static readonly Refusal Declined = new(
        "provider_declined",
        "Your organisation's sign-in did not let you through. Try again there, or ask your organisation's service desk.");

    public static readonly Refusal CodeRefused = new(
        "provider_code_refused",
        "Your organisation's sign-in did not stand by its answer: begin anew, and tell our service desk if it happens again.");

    public static readonly Refusal TokenRefused = new(
        "provider_token_refused",
        "What your organisation's sign-in says could not be verified: begin anew, and tell our service desk if it happens again.");

    public static readonly Refusal NotFresh = new(
        "provider_not_fresh",
        "You were to show again who you are, and your organisation's sign-in did not ask you to: begin anew, or tell our service desk.");

    public static readonly Refusal SignedOutThere = new(
        "provider_signed_out", "Your organisation's sign-in has signed you out meanwhile: begin anew.");

    public static readonly Refusal ClaimsIncomplete = new(
        "claims_incomplete", "Your organisation's sign-in did not tell all that is needed here: tell our service desk.");

    public static readonly Refusal PersonUnknown = new(
        "person_not_provisioned",
        "Your organisation's sign-in knows you, but there is no account for you here: ask our service desk for one.");

    public static readonly Refusal MayNot =
        new("sign_in_refused", "You cannot sign in here. Ask the service desk; nothing is wrong with what you typed.");

    public static readonly Refusal AccessEnded = new(
        "access_ended", "The time for which you were given access is over: ask whoever you work for here to have it prolonged.");

    public static readonly Refusal NameOfOthers = new(
        "user_name_foreign", "Your organisation's sign-in names you by a name that is not of its own domains: tell our service desk.");

    public static readonly Refusal ProviderRequired = new(
        "provider_required", "Your organisation signs you in itself: type your user name alone and go on there.");

    public static readonly Refusal PasswordMissing = new("password_missing", "Type your password, too.");

    public static readonly Refusal OwnSecretUnreadable = new(
        "provider_secret_unreadable",
        "What this service shows your organisation's sign-in cannot be read here: tell our service desk. Whoever has a password or a "
        + "passkey here can sign in with that meanwhile.");

    public static Refusal Unavailable(string displayName) => new(
        "provider_unavailable",
        $"{displayName} does not answer. Try again in a moment; whoever has a password or a passkey here can sign in with that meanwhile.");
}
