using AccessGov.EventSourcing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace AccessGov.Messaging;

/// <summary>Subscribes the service's queue and empties it, several messages at once. A database that is away is waited for, with backoff and jitter.</summary>
internal sealed class Consumer(
    ITransport transport, MessageHandling handling, HandlerTable handlers, MessagingOptions options, TimeProvider clock, ILogger<Consumer> log)
    : BackgroundService
{
    private readonly ResiliencePipeline untilItWorks = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(failure => failure is not OperationCanceledException),
            MaxRetryAttempts = int.MaxValue,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(5),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Randomizer = options.Retry.Jitter,
        })
        .Build();

    private readonly FailureLog failures = new(clock, log);
    private readonly string reading = $"Queue {options.Queue} cannot be read and is tried again until it can";
    private readonly string listening = $"Queue {options.Queue} cannot be listened to, its messages wait for the poll";

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await UntilItWorksAsync(reading, cancellation => transport.SubscribeAsync(handlers.Names, options.Unsubscribed, cancellation), stoppingToken);
        if (handlers.Names.Count == 0)
        {
            return;
        }

        Task hearing = UntilItWorksAsync(listening, cancellation => transport.ListenAsync(() => failures.Over(listening), cancellation), stoppingToken);
        await Task.WhenAll(Enumerable.Range(0, options.Concurrency).Select(_ => ConsumeAsync(stoppingToken)).Append(hearing));
    }

    private async Task ConsumeAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            bool handled = false;
            await UntilItWorksAsync(reading, async cancellation => handled = await handling.HandleNextAsync(cancellation), stopping);
            if (!handled)
            {
                await transport.WaitAsync(stopping);
            }
        }
    }

    /// <summary>Several loops meet the same outage: it is told once, and over when the first of them gets on.</summary>
    private async Task UntilItWorksAsync(string outage, Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        await untilItWorks.ExecuteAsync(
            async cancellation =>
            {
                try
                {
                    await work(cancellation);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    failures.Outage(outage, failure.Message);
                    throw;
                }
            },
            stopping);
        failures.Over(outage);
    }
}
