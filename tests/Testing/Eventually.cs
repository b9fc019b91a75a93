using System.Diagnostics;

namespace AccessGov.Testing;

/// <summary>Waits for a condition with a bound, by asking again and again; a test never sleeps and hopes.</summary>
public static class Eventually
{
    /// <summary>A bound says that something hangs, not that it is slow: the machines that run tests may stand still for seconds.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>Returns when the condition holds; throws with <paramref name="what"/> after <paramref name="bound"/> (<see cref="Bound"/> unless given).</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, string what, TimeSpan? bound = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > (bound ?? Bound))
            {
                throw new TimeoutException($"Did not come true in time: {what}");
            }

            await Task.Delay(10);
        }
    }

    /// <summary>The same for a condition that needs no waiting.</summary>
    public static Task HoldsAsync(Func<bool> condition, string what, TimeSpan? bound = null) =>
        HoldsAsync(() => Task.FromResult(condition()), what, bound);
}
