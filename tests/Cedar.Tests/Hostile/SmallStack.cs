using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace AccessGov.Cedar.Tests.Hostile;

/// <summary>Runs what an attacker sends on a thread with the stack of a small host: a recursion without a bound ends the test run.</summary>
internal static class SmallStack
{
    private const int Bytes = 1024 * 1024;

    // Ten times the input may take this many times as long: far more than ten, for noise, and far less than the hundred of a square.
    private const int GrowthMax = 50;

    // What takes longer will never end; its thread dies with the test run.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // What is quicker than this says nothing about growth.
    private static readonly TimeSpan Noise = TimeSpan.FromSeconds(5);

    public static void Run(Action action, string? name = null)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception caught) when (caught is not OutOfMemoryException)
                {
                    failure = ExceptionDispatchInfo.Capture(caught);
                }
            },
            Bytes) { IsBackground = true };
        thread.Start();
        thread.Join(Patience).ShouldBeTrue($"{name} has not ended after {Patience.TotalSeconds} s");
        failure?.Throw();
    }

    /// <summary>Feeds a tenth of the size and then all of it; the second may not take as if the time grew with the square of the size.</summary>
    public static void GrowsGently(string name, int size, Action<int> feed, int growthMax = GrowthMax)
    {
        TimeSpan small = Time(() => feed(size / 10), name);
        TimeSpan large = Time(() => feed(size), name);
        large.ShouldBeLessThan(Noise + (growthMax * small), $"{name}: a tenth took {small.TotalMilliseconds:0} ms, all of it {large.TotalMilliseconds:0} ms");
    }

    private static TimeSpan Time(Action action, string name)
    {
        var watch = Stopwatch.StartNew();
        Run(action, name);
        return watch.Elapsed;
    }
}
