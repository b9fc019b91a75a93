using System.Collections.Concurrent;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// How often clients may fail to show who they are: a client from one address ten times a minute. Whoever guesses elsewhere locks
/// nobody out here. Thread-safe.
/// </summary>
internal sealed class FailureLimit(TimeProvider clock)
{
    public const int FailuresMax = 10;
    private const int RememberedMax = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string? Client, string Address), Failures> known = new();

    private sealed record Failures(DateTimeOffset Since, int Count);

    /// <summary>How long to wait; null when nobody needs to.</summary>
    public TimeSpan? WaitFor(string client, string address)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return new (string?, string)[] { (client, address), (null, address) }
            .Select(key => known.TryGetValue(key, out Failures? failures) && failures.Count >= FailuresMax && failures.Since + Window > now
                ? failures.Since + Window - now
                : (TimeSpan?)null)
            .Max();
    }

    public void Failed(string client, string address)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (known.Count >= RememberedMax)
        {
            foreach (KeyValuePair<(string?, string), Failures> over in known.Where(pair => pair.Value.Since + Window <= now))
            {
                known.TryRemove(over);
            }
        }

        // Whoever names so many clients that they cannot be remembered is counted by the address.
        (string?, string) key = known.Count >= RememberedMax ? (null, address) : (client, address);
        var first = new Failures(now, 1);
        known.AddOrUpdate(key, first, (_, before) => before.Since + Window > now ? before with { Count = before.Count + 1 } : first);
    }
}
