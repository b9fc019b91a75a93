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
            OnRetry = retry =>
            {
                log.LogWarning("Queue {Queue} cannot be read and is tried again in {Delay}: {Error}", options.Queue, retry.RetryDelay, retry.Outcome.Exception?.Message);
                return default;
            },
        })
        .Build();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await UntilItWorksAsync(cancellation => transport.SubscribeAsync(handlers.Names, options.Unsubscribed, cancellation), stoppingToken);
        if (handlers.Names.Count == 0)
        {
            return;
        }

        Task listening = UntilItWorksAsync(transport.ListenAsync, stoppingToken);
        await Task.WhenAll(Enumerable.Range(0, options.Concurrency).Select(_ => ConsumeAsync(stoppingToken)).Append(listening));
    }

    private async Task ConsumeAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            bool handled = false;
            await UntilItWorksAsync(async cancellation => handled = await handling.HandleNextAsync(cancellation), stopping);
            if (!handled)
            {
                await transport.WaitAsync(stopping);
            }
        }
    }

    private async Task UntilItWorksAsync(Func<CancellationToken, Task> work, CancellationToken stopping) =>
        await untilItWorks.ExecuteAsync(async cancellation => await work(cancellation), stopping);
}
