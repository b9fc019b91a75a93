namespace AccessGov.PolicyDecision.Facts;

/// <summary>Facts as new as a question demands.</summary>
internal static class FactsAtPosition
{
    /// <summary>How long a question waits for the facts to reach the position that it demands.</summary>
    public static readonly TimeSpan PositionWait = TimeSpan.FromSeconds(1);

    /// <summary>The newest facts when they have reached the position, or do so in time; else null.</summary>
    public static async ValueTask<FactsSnapshot?> FindAsync(this IFacts facts, long? demanded, TimeProvider clock, CancellationToken cancellation)
    {
        FactsSnapshot current = facts.Current;
        if (demanded is not { } position || position <= current.Position)
        {
            return current;
        }

        using var bound = new CancellationTokenSource(PositionWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, bound.Token);
        try
        {
            return await facts.AtLeastAsync(position, either.Token);
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (FactsOverloadedException)
        {
            return null;
        }
    }
}
