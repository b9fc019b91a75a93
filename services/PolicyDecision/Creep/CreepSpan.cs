using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.TimeTravel;

namespace AccessGov.PolicyDecision.Creep;

/// <summary>Since when gathering is looked at: an instant that is given, or 90 days ago, or the beginning of a store that is younger.</summary>
internal sealed class CreepSpan(Instants instants, FactHistory history, TimeProvider clock)
{
    private const int DaysDefault = 90;

    public async Task<Outcome<DateTimeOffset>> OfAsync(string? since, CancellationToken cancellation)
    {
        if (since is null)
        {
            DateTimeOffset early = clock.GetUtcNow().AddDays(-DaysDefault);
            DateTimeOffset begun = await history.BeginningAsync(cancellation) ?? early;
            since = $"{(begun > early ? begun : early).ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss.fffffff}Z";
        }

        return await instants.OfAsync(cancellation, ("since", since));
    }
}
