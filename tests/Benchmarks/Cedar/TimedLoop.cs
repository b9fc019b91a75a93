using System.Diagnostics;

namespace AccessGov.Benchmarks.Cedar;

/// <summary>Times of single calls in nanoseconds, the clock's own cost (about 25 ns) included, and what a call allocates.</summary>
internal sealed record Timings(double[] Sorted, double AllocatedPerCall)
{
    public double Median => At(0.5);

    public double P99 => At(0.99);

    private double At(double part) => Sorted[Math.Min(Sorted.Length - 1, (int)(Sorted.Length * part))];
}

internal static class TimedLoop
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Makes <paramref name="call"/> over all of <paramref name="cases"/> again and again until the compiler has had its time, and then times every call.
    /// </summary>
    public static Timings Run<T>(IReadOnlyList<T> cases, int rounds, Action<T> call)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            foreach (T one in cases)
            {
                call(one);
            }
        }
        while (Stopwatch.GetElapsedTime(start) < WarmUp);

        double[] times = new double[cases.Count * rounds];
        T[] prepared = [.. cases];
        double nanosecondsPerTick = 1e9 / Stopwatch.Frequency;
        int next = 0;
        GC.Collect();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < rounds; round++)
        {
            foreach (T one in prepared)
            {
                long called = Stopwatch.GetTimestamp();
                call(one);
                times[next++] = (Stopwatch.GetTimestamp() - called) * nanosecondsPerTick;
            }
        }

        double allocated = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / times.Length;
        Array.Sort(times);
        return new Timings(times, allocated);
    }

    /// <summary>The median of <paramref name="runs"/> runs of something long, in milliseconds; one run before does not count.</summary>
    public static double Milliseconds(int runs, Action run)
    {
        run();
        double[] times = new double[runs];
        for (int i = 0; i < runs; i++)
        {
            GC.Collect();
            long start = Stopwatch.GetTimestamp();
            run();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[runs / 2];
    }
}
