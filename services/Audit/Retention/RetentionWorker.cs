using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Retention;

/// <summary>
/// Carries out what was approved, proposes what has expired, forgets what is not compared any more, and looks after the epochs of keys.
/// Every process has one; they do not get in each other's way.
/// </summary>
internal sealed class RetentionWorker(
    ShreddingRun run, ShreddingProof proof, PruningRun pruning, Shreddings shreddings, KeyEpochs epochs, SentEvents sent,
    IOptions<RetentionOptions> options, TimeProvider clock, ILogger<RetentionWorker> log)
    : BackgroundService
{
    private readonly FailureLog failures = new(clock, log);
    private readonly TaskCompletionSource turned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when it has gone through all of its work once, and rests.</summary>
    public Task FirstTurn => turned.Task;

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? looked = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (looked is null || clock.GetElapsedTime(looked.Value) >= options.Value.LookEvery)
            {
                looked = clock.GetTimestamp();
                await TryAsync("The epochs of keys cannot be looked after now", epochs.AdvanceAsync, stoppingToken);
                await TryAsync("What has expired cannot be proposed now", shreddings.ProposeExpiredAsync, stoppingToken);
                await TryAsync("Files of shredded fields cannot be removed now", proof.RemoveFilesAsync, stoppingToken);
                await TryAsync("Events that were sent long ago cannot be forgotten now", sent.ForgetAsync, stoppingToken);
            }

            await TryAsync("What was approved for shredding cannot be shredded now", RunAsync, stoppingToken);
            await TryAsync("What was approved for pruning cannot be removed now", pruning.StepAsync, stoppingToken);
            turned.TrySetResult();
            await Task.Delay(options.Value.WorkEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        bool any = false;
        while (await run.StepAsync(cancellation))
        {
            any = true;
        }

        if (any)
        {
            await proof.RemoveFilesAsync(cancellation);
        }
    }

    private async Task TryAsync(string failed, Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        try
        {
            await work(cancellation);
            failures.Over(failed);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            // The process ends; the next one goes on.
        }
        catch (Exception e)
        {
            failures.Outage(failed, e.Message, e is NpgsqlException or IOException ? null : e, LogLevel.Error);
        }
    }
}
