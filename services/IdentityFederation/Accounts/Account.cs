using System.Collections.Immutable;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>
/// Something happened to a person's local account. What opens an account is in no event: a hash of a password, a sealed secret and a public
/// key are in tables (<see cref="AccountSecrets"/>), because events stay for ever and those are to be erased when they are replaced, or
/// their person goes.
/// </summary>
internal abstract record AccountEvent;

/// <summary>
/// Somebody with the right to gave a person a link with which they choose how to sign in. An older link is worth nothing from now on.
/// </summary>
[EventName("enrolment_link_issued")]
internal sealed record EnrolmentLinkIssued(string TokenSha256, DateTimeOffset ExpiresAt) : AccountEvent;

/// <summary>A link was followed; it is worth nothing from now on.</summary>
[EventName("enrolment_link_used")]
internal sealed record EnrolmentLinkUsed(string TokenSha256, DateTimeOffset At) : AccountEvent;

/// <summary>There is a password, another than before perhaps.</summary>
[EventName("password_set")]
internal sealed record PasswordSet(DateTimeOffset At) : AccountEvent;

/// <summary>An authenticator app gives one-time codes.</summary>
[EventName("authenticator_app_enrolled")]
internal sealed record AuthenticatorAppEnrolled(DateTimeOffset At) : AccountEvent;

/// <summary>There is a passkey.</summary>
/// <param name="CredentialId">Its id, in base64url.</param>
/// <param name="Synced">Whether it may be on several devices.</param>
/// <param name="At">When.</param>
[EventName("passkey_registered")]
internal sealed record PasskeyRegistered(string CredentialId, bool Synced, DateTimeOffset At) : AccountEvent;

/// <summary>A passkey showed who somebody is.</summary>
[EventName("passkey_used")]
internal sealed record PasskeyUsed(string CredentialId, long SignCount) : AccountEvent;

/// <summary>There are recovery codes; older ones are worth nothing.</summary>
[EventName("recovery_codes_made")]
internal sealed record RecoveryCodesMade(int Count, DateTimeOffset At) : AccountEvent;

/// <summary>A recovery code stood in for a second factor. It is worth nothing from now on.</summary>
[EventName("recovery_code_used")]
internal sealed record RecoveryCodeUsed(DateTimeOffset At) : AccountEvent;

/// <summary>Something to sign in with is gone.</summary>
/// <param name="Kind">password, authenticator_app or passkey.</param>
/// <param name="CredentialId">Which passkey.</param>
[EventName("credential_removed")]
internal sealed record CredentialRemoved(string Kind, string? CredentialId) : AccountEvent;

/// <summary>The person has been told that every action is logged and attributed to them, and said that they know.</summary>
[EventName("logging_acknowledged")]
internal sealed record LoggingAcknowledged(DateTimeOffset At) : AccountEvent;

/// <summary>What a person signs in with where no provider vouches for them.</summary>
/// <param name="Link">The one enrolment link that is good.</param>
/// <param name="PasswordSetAt">How old the password is; null without one.</param>
/// <param name="AppEnrolledAt">Since when an authenticator app gives codes; null without one.</param>
/// <param name="Passkeys">The ids of the passkeys.</param>
/// <param name="RecoveryCodesLeft">How many recovery codes are good.</param>
/// <param name="AcknowledgedAt">When they acknowledged that every action is logged.</param>
internal sealed record Account(
    EnrolmentLink? Link, DateTimeOffset? PasswordSetAt, DateTimeOffset? AppEnrolledAt, ImmutableList<string> Passkeys, int RecoveryCodesLeft,
    DateTimeOffset? AcknowledgedAt)
{
    public const string PasswordKind = "password";
    public const string AppKind = "authenticator_app";
    public const string PasskeyKind = "passkey";

    public static StreamKind<Account, AccountEvent> Streams { get; } = new("account", new Account(null, null, null, [], 0, null), Evolve);

    /// <summary>
    /// Grows when what somebody showed or began before must not count any more: with another password, something removed, and a link that
    /// is issued or used. What is added beside does not touch it.
    /// </summary>
    public int Stamp { get; init; }

    /// <summary>Whether there is a second factor, or a passkey, which is two in one.</summary>
    public bool HasSecondFactor => AppEnrolledAt is not null || !Passkeys.IsEmpty;

    public static Account Evolve(Account state, AccountEvent @event) => @event switch
    {
        EnrolmentLinkIssued e => state with { Link = new EnrolmentLink(e.TokenSha256, e.ExpiresAt), Stamp = state.Stamp + 1 },
        EnrolmentLinkUsed => state with { Link = null, Stamp = state.Stamp + 1 },
        PasswordSet e => state with { PasswordSetAt = e.At, Stamp = state.Stamp + 1 },
        AuthenticatorAppEnrolled e => state with { AppEnrolledAt = e.At },
        PasskeyRegistered e => state with { Passkeys = state.Passkeys.Add(e.CredentialId) },
        PasskeyUsed => state,
        RecoveryCodesMade e => state with { RecoveryCodesLeft = e.Count },
        RecoveryCodeUsed => state with { RecoveryCodesLeft = state.RecoveryCodesLeft - 1 },
        CredentialRemoved { Kind: PasswordKind } => state with { PasswordSetAt = null, Stamp = state.Stamp + 1 },
        CredentialRemoved { Kind: AppKind } => state with { AppEnrolledAt = null, Stamp = state.Stamp + 1 },
        CredentialRemoved { Kind: PasskeyKind, CredentialId: { } id } => state with
        {
            Passkeys = state.Passkeys.Remove(id), Stamp = state.Stamp + 1,
        },
        LoggingAcknowledged e => state with { AcknowledgedAt = e.At },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no event of an account: the stream is corrupt."),
    };
}

/// <param name="TokenSha256">The SHA-256 of its token, which nobody but its receiver has.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
internal sealed record EnrolmentLink(string TokenSha256, DateTimeOffset ExpiresAt);
