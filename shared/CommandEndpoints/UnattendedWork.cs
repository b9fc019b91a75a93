using AccessGov.EventSourcing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessGov.CommandEndpoints;

/// <summary>
/// Work that nobody asks for: a step, a pause, and again, from when the store has started until the service stops. What fails is told once
/// in the log, shown by health as long as it lasts, and tried again for ever.
/// </summary>
/// <param name="name">Its name in health.</param>
/// <param name="failing">What cannot be done when it fails, for the log.</param>
/// <param name="pause">How long it waits when a step has left nothing to do.</param>
/// <param name="store">What must have started before the first step.</param>
/// <param name="states">Where health finds how it is.</param>
/// <param name="clock">Measures the pauses.</param>
/// <param name="logger">Where outages are told.</param>
public abstract class UnattendedWork(
    string name, string failing, TimeSpan pause, IEventStore store, WorkerStates states, TimeProvider clock, ILogger logger)
    : BackgroundService
{
    private static readonly Task Never = new TaskCompletionSource().Task;

    /// <summary>The store that has started.</summary>
    protected IEventStore Store => store;

    /// <summary>The time that the work goes by.</summary>
    protected TimeProvider Clock => clock;

    /// <summary>For single failures inside a step that goes on.</summary>
    protected FailureLog Failures { get; } = new(clock, logger);

    /// <summary>Ends a pause early.</summary>
    protected virtual Task Woken => Never;

    /// <inheritdoc/>
    public override void Dispose()
    {
        Failures.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does some of the work. What it throws is told, and the step tried again after the pause.</summary>
    /// <param name="cancellation">Ends the work when the service stops.</param>
    /// <returns>Whether more is waiting to be done at once.</returns>
    protected abstract Task<bool> StepAsync(CancellationToken cancellation);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await store.Started.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            // Taken before the step: what wakes during it may have come too late for it.
            Task woken = Woken;
            bool more = false;
            try
            {
                more = await StepAsync(stoppingToken);
                states.Works(name);
                Failures.Over();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                states.Fails(name, e);
                Failures.Outage($"{failing}, it is tried again until it works", e.Message, e);
            }

            if (!more)
            {
                using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                await Task.WhenAny(woken, Task.Delay(pause, clock, waiting.Token));
                await waiting.CancelAsync();
            }
        }
    }
}
