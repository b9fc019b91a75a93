using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>
/// Ends what has run out. PolicyDecision lets nobody in from the second on that the case says; this says so in its history, looks at the
/// clock every second, and after a stop or a jump of the clock finds what is over then.
/// </summary>
internal sealed class ExpireEmergencyAccess(
    OpenCases open, CaseCommands cases, IEventStore store, WorkerStates states, TimeProvider clock, ILogger<ExpireEmergencyAccess> logger)
    : UnattendedWork(
        "emergency-expiry", "Emergency access that has run out is not ended", pause: TimeSpan.FromSeconds(1), store, states, clock, logger)
{
    private static readonly EventMetadata ByItself = new(Actor: Refusals.Service, Source: "expiry");

    public static Outcome<EmergencyGrantEvent> Decide(EmergencyGrant state, DateTimeOffset now) => state switch
    {
        EmergencyGrant.Active { Case.Until: var until } when until <= now => new EmergencyAccessEnded(EndCauses.Expired, null, until),
        _ => Outcome.NothingToDo<EmergencyGrantEvent>(),
    };

    public Task<Refusal?> ExpireAsync(string id, CancellationToken cancellation) =>
        cases.RunAsync(ByItself, id, state => Decide(state, Clock.GetUtcNow()), cancellation);

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        IReadOnlyList<string> expired = await open.ExpiredAsync(Clock.GetUtcNow(), cancellation);
        foreach (string id in expired)
        {
            await ExpireAsync(id, cancellation);
        }

        return expired.Count > 0;
    }
}
