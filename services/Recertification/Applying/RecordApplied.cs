using AccessGov.EventSourcing;
using AccessGov.Recertification.Reviews;

namespace AccessGov.Recertification.Applying;

/// <summary>Says what became of a decision, once.</summary>
internal static class RecordApplied
{
    public static Outcome<ReviewItemEvent> Decide(ReviewItem state, ReviewItemEvent happened) => (state, happened) switch
    {
        (ReviewItem.Decided { Fault: var before }, ReviewItemNotApplied { Fault: var fault }) when before == fault => Outcome.NothingToDo<ReviewItemEvent>(),
        (ReviewItem.Restoring { Fault: var before }, ReviewItemNotApplied { Fault: var fault }) when before == fault => Outcome.NothingToDo<ReviewItemEvent>(),
        (ReviewItem.Decided, ReviewItemApplied or ReviewItemNotApplied) => Outcome.Of(happened),
        (ReviewItem.Restoring, ReviewItemRestored or ReviewItemNotApplied) => Outcome.Of(happened),

        // Another one was faster.
        _ => Outcome.NothingToDo<ReviewItemEvent>(),
    };
}
