using AccessGov.EventSourcing;
using AccessGov.Recertification.Reviews;

namespace AccessGov.Recertification.Applying;

/// <summary>Closes what nobody needs to decide: of people who left, and of campaigns that are given up.</summary>
internal sealed class CloseItems(
    LeftPeople left, ItemCommands items, IEventStore store, WorkerStates states, TimeProvider clock, ILogger<CloseItems> logger)
    : UnattendedWork("review-closing", "Items that nobody needs to decide are not closed", pause: TimeSpan.FromSeconds(1), store, states, clock, logger)
{
    private static readonly EventMetadata ByItself = new(Actor: Refusals.Service, Source: "closing");

    public static Outcome<ReviewItemEvent> Decide(ReviewItem state, string cause, DateTimeOffset now) => state is ReviewItem.Open
        ? new ReviewItemClosed(cause, now)
        : Outcome.NothingToDo<ReviewItemEvent>();

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        // The list lags behind the items: what is closed already is found closed, and nothing is done twice.
        foreach ((string item, string cause) in await left.NeedlessAsync(cancellation))
        {
            await items.RunAsync(ByItself, item, state => Decide(state, cause, Clock.GetUtcNow()), cancellation);
        }

        return false;
    }
}
