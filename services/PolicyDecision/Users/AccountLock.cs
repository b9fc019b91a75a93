using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Users;

/// <summary>Whether somebody's account is locked.</summary>
internal abstract record AccountLockEvent;

/// <summary>
/// The user's account is locked, for example because nobody has used it for long: whatever they hold, nothing is permitted.
/// </summary>
[EventName("user_locked")]
internal sealed record UserLocked(string Reason) : AccountLockEvent;

/// <summary>The user's account is unlocked: what they hold counts again.</summary>
[EventName("user_unlocked")]
internal sealed record UserUnlocked : AccountLockEvent;

/// <summary>
/// The stream of a user's locks. IdentityFederation decides; here it is remembered in the order of everything else that decisions depend
/// on.
/// </summary>
internal sealed record AccountLock(bool Locked)
{
    public static StreamKind<AccountLock, AccountLockEvent> Streams { get; } = new("lock", new AccountLock(Locked: false), Evolve);

    public static AccountLock Evolve(AccountLock state, AccountLockEvent @event) => @event switch
    {
        UserLocked => new(Locked: true),
        UserUnlocked => new(Locked: false),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not a known event of a lock."),
    };

    public static Outcome<AccountLockEvent> Close(AccountLock state, string reason) =>
        state.Locked ? Outcome.NothingToDo<AccountLockEvent>() : new UserLocked(reason);

    public static Outcome<AccountLockEvent> Open(AccountLock state) =>
        state.Locked ? new UserUnlocked() : Outcome.NothingToDo<AccountLockEvent>();
}
