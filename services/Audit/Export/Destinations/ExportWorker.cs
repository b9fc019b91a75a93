using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using Polly;
using Polly.Retry;

namespace AccessGov.Audit.Export.Destinations;

/// <summary>What destinations have in common.</summary>
/// <param name="Leaves">The trail.</param>
/// <param name="Database">Where positions are.</param>
/// <param name="Origin">What exports say of where they come from.</param>
/// <param name="Open">Opens sealed fields, for destinations that may know them.</param>
/// <param name="PollInterval">How often it is looked for new events.</param>
/// <param name="Clock">The time.</param>
internal sealed record ExportSetting(
    ITrailLeaves Leaves, TrailDatabase Database, ExportOrigin Origin, OpenDetails Open, TimeSpan PollInterval, TimeProvider Clock);

/// <summary>
/// Sends the trail to one destination, in its order and at least once, for as long as the service runs: the position moves when the
/// receiver has what is before it,
/// and after each interruption it goes on from there.
/// </summary>
internal sealed class ExportWorker(DestinationOptions destination, ExportSetting setting, DestinationState state, ILogger log) : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private readonly FailureLog failures = new(setting.Clock, log);
    private readonly string name = state.Report.Name;

    public async Task RunAsync(CancellationToken stopping)
    {
        ResiliencePipeline again = Again(stopping);
        while (!stopping.IsCancellationRequested)
        {
            // Each time something was delivered the waiting starts from the shortest again.
            await again.ExecuteAsync(async cancellation => await ServeAsync(cancellation), stopping);
            await Task.Delay(FirstWait, setting.Clock, stopping);
        }
    }

    public void Dispose() => failures.Dispose();

    /// <summary>Serves over one connection; returns when it ended after something was delivered, or when another process serves.</summary>
    private async Task ServeAsync(CancellationToken cancellation)
    {
        long beginning = destination.BeginAtHead ? await setting.Leaves.HeadAsync(cancellation) : setting.Leaves.First;
        await using ExportPosition? position = await ExportPosition.TakeAsync(setting.Database, name, beginning, cancellation);
        if (position is null)
        {
            state.Elsewhere();
            await Task.Delay(LongestWait / 6, setting.Clock, cancellation);
            return;
        }

        long before = position.Size;
        await using IExportSink sink = await ConnectAsync(cancellation);
        try
        {
            await SendAsync(sink, position, cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // What it has got before the failure is not sent again.
            await MoveAsync(sink, position, cancellation);
            if (position.Size == before)
            {
                throw;
            }

            Tell(failure);
        }
    }

    private async Task<IExportSink> ConnectAsync(CancellationToken cancellation) => destination.Kind == DestinationKind.SyslogTls
        ? await SyslogSink.ConnectAsync(destination, setting.Origin, setting.Clock, cancellation)
        : new FhirSink(destination, setting.Origin);

    private async Task SendAsync(IExportSink sink, ExportPosition position, CancellationToken cancellation)
    {
        long sent = position.Size;
        long proved = setting.Clock.GetTimestamp();

        // Over HTTP only an answer shows that somebody is there.
        bool connected = destination.Kind == DestinationKind.SyslogTls;
        if (connected)
        {
            state.Connected(setting.Clock.GetUtcNow());
        }

        while (true)
        {
            IReadOnlyList<ReadOnlyMemory<byte>> leaves = await setting.Leaves.ReadAsync(sent, destination.BatchMax, cancellation);
            if (leaves.Count > 0)
            {
                await sink.SendAsync(await ExportedAsync(leaves, sent), cancellation);
                sent += leaves.Count;
                state.Sent(sent);
            }

            if (!connected)
            {
                state.Connected(setting.Clock.GetUtcNow());
                connected = true;
            }

            if (await MoveAsync(sink, position, cancellation))
            {
                failures.Over();
            }
            else if (setting.Clock.GetElapsedTime(proved) > destination.HoldBack)
            {
                await position.ProveAsync(cancellation);
                proved = setting.Clock.GetTimestamp();
            }

            if (sink.Over.IsCompleted)
            {
                throw new ExportRefusedException("The receiver ended the connection.");
            }

            if (leaves.Count == 0)
            {
                await Task.WhenAny(sink.Over, Task.Delay(setting.PollInterval, setting.Clock, cancellation));
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private async Task<IReadOnlyList<ExportedEvent>> ExportedAsync(IReadOnlyList<ReadOnlyMemory<byte>> leaves, long from)
    {
        var events = new List<ExportedEvent>(leaves.Count);
        foreach (ReadOnlyMemory<byte> leaf in leaves)
        {
            var entry = TrailEntry.Parse(leaf);
            if (entry.Sequence != from + events.Count)
            {
                throw new FormatException($"The leaf {from + events.Count} of the trail says to be another one.");
            }

            events.Add(new ExportedEvent(entry, destination.Identities ? await setting.Open(entry) : null));
        }

        return events;
    }

    private async Task<bool> MoveAsync(IExportSink sink, ExportPosition position, CancellationToken cancellation)
    {
        if (sink.Delivered is not { } delivered || delivered == position.Size)
        {
            return false;
        }

        await position.MoveAsync(delivered, cancellation);
        state.Delivered(delivered, setting.Clock.GetUtcNow());
        return true;
    }

    private void Tell(Exception failure)
    {
        state.Failed(failure.Message, setting.Clock.GetUtcNow(), (failure as ExportRefusedException)?.Refused);
        failures.Outage($"Export to {name}", failure.Message);
    }

    private ResiliencePipeline Again(CancellationToken stopping) =>
        new ResiliencePipelineBuilder { TimeProvider = setting.Clock }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstWait,
                MaxDelay = LongestWait,
                ShouldHandle = new PredicateBuilder().Handle<Exception>(_ => !stopping.IsCancellationRequested),
                OnRetry = retry =>
                {
                    Tell(retry.Outcome.Exception!);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
}
