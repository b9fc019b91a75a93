using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.TimeTravel;

namespace AccessGov.PolicyDecision.Creep;

/// <summary>
/// Since when gathering is looked at: an instant that is given, or the person's last certification, or 90 days ago; or the beginning of a store that is younger.
/// </summary>
internal sealed class CreepSpan(Instants instants, TimeProvider clock)
{
    private const int DaysDefault = 90;

    public async Task<Outcome<DateTimeOffset>> OfAsync(string? since, CancellationToken cancellation, DateTimeOffset? certified = null) => await instants.OfAsync(
        cancellation, ("since", since ?? await instants.SinceAsync(certified ?? clock.GetUtcNow().AddDays(-DaysDefault), cancellation)));
}
