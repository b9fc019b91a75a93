using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>Calls the next one for a case that nobody has judged, and says when it is overdue. It never closes one.</summary>
internal sealed class EscalateReview(
    OpenCases open, CaseCommands cases, IOptions<BreakGlassOptions> options, IEventStore store, WorkerStates states, TimeProvider clock,
    ILogger<EscalateReview> logger)
    : UnattendedWork(
        "emergency-escalation", "Nobody is called for cases that wait", pause: TimeSpan.FromSeconds(1), store, states, clock, logger)
{
    private static readonly EventMetadata ByItself = new(Actor: Refusals.Service, Source: "escalation");

    /// <summary>All that is due, in the order of time: after a long stop each level is called once.</summary>
    public static Outcome<EmergencyGrantEvent> Decide(EmergencyGrant state, IReadOnlyList<ReviewLevel> levels, DateTimeOffset now) =>
        state is EmergencyGrant.Open { Case: var about }
            ? new Outcome<EmergencyGrantEvent>.Accepted(
            [
                .. levels.Skip(about.Level + 1).TakeWhile(level => about.KnownAt + level.After <= now)
                    .Select((level, i) => new EmergencyReviewEscalated(about.Level + 1 + i, level.Name, now)),
                .. about.ReviewDue <= now && !about.Overdue ? [new EmergencyReviewOverdue(about.ReviewDue, now)]
                    : (EmergencyGrantEvent[])[],
            ])
            : Outcome.NothingToDo<EmergencyGrantEvent>();

    /// <summary>When something is due for a case; null when nothing is any more.</summary>
    public static DateTimeOffset? NextAt(EmergencyCase about, IReadOnlyList<ReviewLevel> levels)
    {
        DateTimeOffset? level = levels.Count > about.Level + 1 ? about.KnownAt + levels[about.Level + 1].After : null;
        DateTimeOffset? due = about.Overdue ? null : about.ReviewDue;
        return level is null || due < level ? due : level;
    }

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        IReadOnlyList<string> due = await open.ToEscalateAsync(Clock.GetUtcNow(), cancellation);
        foreach (string id in due)
        {
            await cases.RunAsync(ByItself, id, state => Decide(state, options.Value.Levels, Clock.GetUtcNow()), cancellation);
        }

        return due.Count > 0;
    }
}
