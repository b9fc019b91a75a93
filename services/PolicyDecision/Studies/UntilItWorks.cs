using Polly;
using Polly.Retry;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>Tries again for as long as the host runs, with waits that double, with jitter.</summary>
internal static class UntilItWorks
{
    /// <param name="clock">The clock of the waits.</param>
    /// <param name="first">About the first wait.</param>
    /// <param name="longest">The longest wait.</param>
    /// <param name="failed">Called after each failure.</param>
    /// <param name="stopping">Ends it.</param>
    public static ResiliencePipeline Pipeline(TimeProvider clock, TimeSpan first, TimeSpan longest, Action<Exception> failed, CancellationToken stopping) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = first,
                MaxDelay = longest,
                ShouldHandle = new PredicateBuilder().Handle<Exception>(_ => !stopping.IsCancellationRequested),
                OnRetry = retry =>
                {
                    failed(retry.Outcome.Exception!);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
}
