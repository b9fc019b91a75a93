using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Users;

/// <summary>Whether somebody works here still.</summary>
internal abstract record DepartureEvent;

/// <summary>The user does not work here any more: grants end by themselves, and no relation to a patient permits anything.</summary>
[EventName("user_left")]
internal sealed record UserLeft(string Reason) : DepartureEvent;

/// <summary>The user works here again. What was taken away does not come back.</summary>
[EventName("user_returned")]
internal sealed record UserReturned : DepartureEvent;

/// <summary>The stream of a user's departures. IdentityFederation decides; here it is remembered in the order of everything else that decisions depend on.</summary>
internal sealed record Departure(bool Left)
{
    public static StreamKind<Departure, DepartureEvent> Streams { get; } = new("departure", new Departure(Left: false), Evolve);

    public static Departure Evolve(Departure state, DepartureEvent @event) => @event switch
    {
        UserLeft => new(Left: true),
        UserReturned => new(Left: false),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is not a known event of a departure."),
    };

    public static Outcome<DepartureEvent> Leave(Departure state, string reason) =>
        state.Left ? Outcome.NothingToDo<DepartureEvent>() : new UserLeft(reason);

    public static Outcome<DepartureEvent> Return(Departure state) => state.Left ? new UserReturned() : Outcome.NothingToDo<DepartureEvent>();
}
