using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.TimeTravel;

/// <summary>Reads the instants of questions about the past, and refuses those of which nothing can be said.</summary>
internal sealed class Instants(FactHistory history, IFacts facts, TimeProvider clock)
{
    /// <summary>The instants in the order of the texts.</summary>
    public async Task<Outcome<DateTimeOffset>> OfAsync(CancellationToken cancellation, params (string Name, string? Text)[] given)
    {
        if (!facts.IsReady)
        {
            return Refusals.FactsNotReady;
        }

        var instants = new List<DateTimeOffset>(given.Length);
        foreach ((string name, string? text) in given)
        {
            if (InstantText.Parse(text) is not { } instant)
            {
                return new Refusal(
                    "instant_malformed", $"{name} is an instant with its offset from UTC, like 2026-01-31T12:00:00Z or 2026-01-31T13:00:00%2B01:00 (in a URL the + is written %2B).");
            }

            if (instant > clock.GetUtcNow())
            {
                return new Refusal("instant_in_future", $"{name} has not been yet: ask about an instant that is over.");
            }

            instants.Add(instant);
        }

        if (!await history.HasCaughtUpAsync(cancellation))
        {
            return new Refusal("history_lags", "The history has not caught up with the facts yet: try again in a moment.");
        }

        DateTimeOffset? beginning = await history.BeginningAsync(cancellation);
        return beginning is null || instants.Any(instant => instant < beginning)
            ? new Refusal("instant_before_beginning", beginning is null ? "Nothing has been recorded yet." : $"What is known begins at {beginning:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}: ask about that instant or a later one.")
            : Outcome.Of([.. instants]);
    }

    /// <summary>An early instant as a text, or the beginning of a store that is younger.</summary>
    public async Task<string> SinceAsync(DateTimeOffset early, CancellationToken cancellation)
    {
        DateTimeOffset begun = await history.BeginningAsync(cancellation) ?? early;
        return $"{(begun > early ? begun : early).ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss.fffffff}Z";
    }
}
