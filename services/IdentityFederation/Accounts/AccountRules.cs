using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>What people may do with what they sign in with. Whether it is they who ask has been looked at before.</summary>
internal static class AccountRules
{
    public const int PasskeysMax = 20;

    private static readonly Refusal HasOneAlready = new(
        "second_factor_present", "A second factor was set up a moment ago: sign in with it, and set up others on your account page.");

    private static readonly Refusal NoSuchCredential = new("credential_unknown", "This is not among what you sign in with: it may be removed already.");

    /// <summary>A link is good once, for a while, and until there is a newer one. It is not told which of these it is not.</summary>
    public static Outcome<AccountEvent> UseLink(Account state, string tokenSha256, DateTimeOffset now) =>
        state.Link is { } link && link.TokenSha256 == tokenSha256 && link.ExpiresAt > now
            ? new EnrolmentLinkUsed(tokenSha256, now)
            : new Refusal("enrolment_link_spent", "This link is used, too old or not a link of ours: ask the service desk for a new one.");

    /// <param name="state">The account.</param>
    /// <param name="onlyFirst">Whether there may be no second factor yet: whoever came with a password alone adds none beside one.</param>
    /// <param name="now">The time.</param>
    public static Outcome<AccountEvent> EnrolApp(Account state, bool onlyFirst, DateTimeOffset now) =>
        onlyFirst && state.HasSecondFactor ? HasOneAlready : new AuthenticatorAppEnrolled(now);

    /// <param name="state">The account.</param>
    /// <param name="credentialId">The passkey's id.</param>
    /// <param name="synced">Whether it may be on several devices.</param>
    /// <param name="onlyFirst">Whether there may be no second factor yet: whoever came with a password alone adds none beside one.</param>
    /// <param name="now">The time.</param>
    public static Outcome<AccountEvent> RegisterPasskey(Account state, string credentialId, bool synced, bool onlyFirst, DateTimeOffset now) =>
        onlyFirst && state.HasSecondFactor ? HasOneAlready
        : state.Passkeys.Count >= PasskeysMax
            ? new Refusal("passkeys_too_many", $"There are {PasskeysMax} passkeys already: remove one that is not used any more.")
            : state.Passkeys.Contains(credentialId)
                ? Outcome.NothingToDo<AccountEvent>()
                : new PasskeyRegistered(credentialId, synced, now);

    public static Outcome<AccountEvent> UsePasskey(Account state, string credentialId, long signCount) =>
        state.Passkeys.Contains(credentialId) ? new PasskeyUsed(credentialId, signCount) : NoSuchCredential;

    public static Outcome<AccountEvent> UseRecoveryCode(Account state, DateTimeOffset now) =>
        state.RecoveryCodesLeft > 0 ? new RecoveryCodeUsed(now) : NoSuchCredential;

    public static Outcome<AccountEvent> MakeRecoveryCodes(Account state, int count, DateTimeOffset now) =>
        state.HasSecondFactor
            ? new RecoveryCodesMade(count, now)
            : new Refusal("second_factor_missing", "Recovery codes stand in for a second factor: set up an authenticator app or a passkey first.");

    public static Outcome<AccountEvent> Remove(Account state, string kind, string? credentialId) => kind switch
    {
        Account.AppKind when state.AppEnrolledAt is not null => Removed(state, kind, null),
        Account.PasskeyKind when credentialId is not null && state.Passkeys.Contains(credentialId) => Removed(state, kind, credentialId),
        Account.PasswordKind when state.PasswordSetAt is not null => Removed(state, kind, null),
        _ => NoSuchCredential,
    };

    public static Outcome<AccountEvent> Acknowledge(Account state, DateTimeOffset now) =>
        state.AcknowledgedAt is null ? new LoggingAcknowledged(now) : Outcome.NothingToDo<AccountEvent>();

    // Whoever removes the last way in would be locked out by their own hand.
    private static Outcome<AccountEvent> Removed(Account state, string kind, string? credentialId)
    {
        var removed = new CredentialRemoved(kind, credentialId);
        Account after = Account.Evolve(state, removed);
        return after.PasswordSetAt is null && after.Passkeys.IsEmpty
            ? new Refusal("last_credential", "This is the last that you can sign in with: set up another one first.")
            : removed;
    }
}
