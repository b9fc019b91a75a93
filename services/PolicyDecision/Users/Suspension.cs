using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Users;

/// <summary>Whether security keeps somebody out.</summary>
internal abstract record SuspensionEvent;

/// <summary>Security keeps the user out: whatever they hold, nothing is permitted.</summary>
[EventName("user_suspended")]
internal sealed record UserSuspended(string Reason) : SuspensionEvent;

/// <summary>Security lets the user in again.</summary>
[EventName("user_reinstated")]
internal sealed record UserReinstated : SuspensionEvent;

/// <summary>The stream of a user's suspensions. IdentityFederation decides; here it is remembered in the order of everything else that decisions depend on.</summary>
internal sealed record Suspension(bool Suspended)
{
    public static StreamKind<Suspension, SuspensionEvent> Streams { get; } = new("suspension", new Suspension(Suspended: false), Evolve);

    public static Suspension Evolve(Suspension state, SuspensionEvent @event) => @event switch
    {
        UserSuspended => new(Suspended: true),
        UserReinstated => new(Suspended: false),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not a known event of a suspension."),
    };

    public static Outcome<SuspensionEvent> Suspend(Suspension state, string reason) =>
        state.Suspended ? Outcome.NothingToDo<SuspensionEvent>() : new UserSuspended(reason);

    public static Outcome<SuspensionEvent> Reinstate(Suspension state) =>
        state.Suspended ? new UserReinstated() : Outcome.NothingToDo<SuspensionEvent>();
}
