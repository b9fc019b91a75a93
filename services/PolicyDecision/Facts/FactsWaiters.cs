namespace AccessGov.PolicyDecision.Facts;

/// <summary>Those who wait for the facts to reach a position. Bounded. Thread-safe.</summary>
internal sealed class FactsWaiters
{
    private const int WaitersMax = 1_000;
    private readonly Lock gate = new();
    private readonly HashSet<Waiter> waiting = [];

    /// <exception cref="FactsOverloadedException">Too many wait already.</exception>
    public async Task<FactsSnapshot> WaitAsync(long position, Func<FactsSnapshot> current, CancellationToken cancellation)
    {
        var waiter = new Waiter(position);
        lock (gate)
        {
            if (waiting.Count >= WaitersMax)
            {
                throw new FactsOverloadedException();
            }

            waiting.Add(waiter);
        }

        // The snapshot may have come between the caller's look and the waiter's place in the set.
        if (current() is var snapshot && snapshot.Position >= position)
        {
            waiter.Reached.TrySetResult(snapshot);
        }

        try
        {
            return await waiter.Reached.Task.WaitAsync(cancellation);
        }
        finally
        {
            lock (gate)
            {
                waiting.Remove(waiter);
            }
        }
    }

    public void Release(FactsSnapshot snapshot)
    {
        lock (gate)
        {
            foreach (Waiter waiter in waiting)
            {
                if (waiter.Position <= snapshot.Position)
                {
                    waiter.Reached.TrySetResult(snapshot);
                }
            }
        }
    }

    private sealed class Waiter(long position)
    {
        public long Position => position;

        public TaskCompletionSource<FactsSnapshot> Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Too many wait for the facts already: answer 503.</summary>
internal sealed class FactsOverloadedException() : Exception("Too many requests wait for the facts to reach a position.");
