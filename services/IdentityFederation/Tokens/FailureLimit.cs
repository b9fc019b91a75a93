namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// How often clients may fail to show who they are before failing is answered with waiting: a client from one address ten times a minute.
/// Only what failed waits. The counts stand in a table of fixed size, at a place that nobody outside can work out: whoever names millions
/// of clients fills no memory, pushes nobody's count out, and at worst makes somebody else's failures wait. Thread-safe.
/// </summary>
internal sealed class FailureLimit(TimeProvider clock)
{
    public const int FailuresMax = 10;
    private const int Places = 16_384;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Failures[] counts = new Failures[Places];

    private readonly record struct Failures(DateTimeOffset Since, int Count);

    /// <summary>Counts a failure.</summary>
    /// <returns>How long to wait; null when nobody needs to.</returns>
    public TimeSpan? Failed(string client, string address)
    {
        DateTimeOffset now = clock.GetUtcNow();

        // The framework's hash of text is another one in each process.
        ref Failures place = ref counts[(uint)HashCode.Combine(client, address) % Places];
        lock (gate)
        {
            place = place.Since + Window > now ? place with { Count = Math.Min(place.Count + 1, FailuresMax + 1) } : new Failures(now, 1);
            return place.Count > FailuresMax ? place.Since + Window - now : null;
        }
    }
}
