using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.BreakGlass.Evidence;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.Drills;

/// <summary>
/// Reminds compliance when nobody has practised for too long, once a month until somebody has. Nobody's access hangs on it.
/// </summary>
internal sealed class RemindOfDrill(
    CaseFacts facts, UnattendedCommands commands, DrillState drills, IOptions<BreakGlassOptions> options, IEventStore store,
    WorkerStates states, TimeProvider clock, ILogger<RemindOfDrill> logger)
    : UnattendedWork("emergency-drills", "Nobody is reminded of drills", pause: TimeSpan.FromSeconds(1), store, states, clock, logger)
{
    private static readonly EventMetadata ByItself = new(Actor: Refusals.Service, Source: "drills");

    /// <summary>A reminder that nobody followed is said again after so long.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromDays(30);

    // Drills are due in days: nobody looks every second, unless the clock was moved.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private DateTimeOffset lookedAt = DateTimeOffset.MinValue;
    private long? mustReach;

    /// <param name="state">What was said before.</param>
    /// <param name="lastDrill">When somebody last practised; null when nobody ever did.</param>
    /// <param name="every">How often somebody is to.</param>
    /// <param name="now">The time.</param>
    public static Outcome<DrillEvent> Decide(DrillWatch state, DateTimeOffset? lastDrill, TimeSpan every, DateTimeOffset now) =>
        state switch
    {
        DrillWatch.NotWatched => new EmergencyDrillsWatched(now),
        DrillWatch.Watched watched when DueAt(watched, lastDrill, every) <= now && !(now < watched.RemindedAt + Again) =>
            new EmergencyDrillDue(lastDrill, now),
        _ => Outcome.NothingToDo<DrillEvent>(),
    };

    /// <summary>When the next drill is due: so long after the last one, or after this was first looked at.</summary>
    public static DateTimeOffset DueAt(DrillWatch.Watched watched, DateTimeOffset? lastDrill, TimeSpan every) =>
        (lastDrill > watched.Since ? lastDrill.Value : watched.Since) + every;

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = Clock.GetUtcNow();
        if (lookedAt <= now && now - lookedAt < LookEvery)
        {
            return false;
        }

        // After a rebuild the rows come back one by one: a drill that is not among them yet was held all the same.
        mustReach ??= await Store.HeadAsync(cancellation);
        if (await Store.ReachedAsync(CaseList.Subscription, cancellation) < mustReach)
        {
            return false;
        }

        mustReach = null;
        DateTimeOffset? lastDrill = await facts.LastDrillAsync(cancellation);
        TimeSpan every = options.Value.DrillEvery;
        Task<Refusal?> looking = commands.RunAsync(
            DrillWatch.Streams, DrillWatch.Id, state => Decide(state, lastDrill, every, now), ByItself, null, cancellation);
        if (await looking is { } refusal)
        {
            // Another replica was faster, or the store is busy: it is looked at again.
            Failures.Failed("The drills could not be looked at", refusal.Code);
            return false;
        }

        EventStream stream = await Store.LoadAsync(DrillWatch.Streams.StreamId(DrillWatch.Id), cancellation);
        if (DrillWatch.Streams.Fold(stream) is DrillWatch.Watched watched)
        {
            drills.Known(lastDrill, DueAt(watched, lastDrill, every));
        }

        lookedAt = now;
        return false;
    }
}
