namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>
/// Many like items of one request, worked on by a few workers. Each steps back behind the other requests after some items, so that a long batch lets single
/// questions through.
/// </summary>
internal static class SharedWork
{
    // Half of a large machine stays free; on two cores both work, and step back.
    private static readonly int WorkersMax = Math.Min(Environment.ProcessorCount, Math.Clamp(Environment.ProcessorCount / 2, 2, 8));

    /// <summary>Does every item, in any order and on any thread, then ends; the first failure ends it early.</summary>
    /// <param name="count">How many items there are, from 0.</param>
    /// <param name="itemsPerStep">After so many a worker steps back; where there are no more, nobody helps.</param>
    /// <param name="item">Does one.</param>
    /// <param name="cancellation">Ends it between steps.</param>
    public static async ValueTask RunAsync(int count, int itemsPerStep, Func<int, ValueTask> item, CancellationToken cancellation)
    {
        int next = 0;
        int workers = Math.Min(WorkersMax, (count + itemsPerStep - 1) / itemsPerStep);
        var others = new Task[Math.Max(0, workers - 1)];
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = Task.Run(WorkAsync, cancellation);
        }

        // Also after a failure: nobody works on behind the answer.
        await Task.WhenAll([WorkAsync(), .. others]);

        async Task WorkAsync()
        {
            try
            {
                await StepsAsync();
            }
            catch
            {
                // What a failed worker leaves is not taken up by the others.
                Volatile.Write(ref next, count);
                throw;
            }
        }

        async Task StepsAsync()
        {
            while (true)
            {
                int from = Interlocked.Add(ref next, itemsPerStep) - itemsPerStep;
                for (int i = from; i < Math.Min(from + itemsPerStep, count); i++)
                {
                    await item(i);
                }

                if (from + itemsPerStep >= count)
                {
                    return;
                }

                cancellation.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }
}
