using System.Diagnostics;
using System.Threading.Channels;
using AccessGov.EventSourcing.Feed;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccessGov.EventSourcing.Writing;

/// <summary>
/// Group commit on one connection: whatever waits when the last batch has been committed is the next batch. A stream always goes through the same lane, and
/// two appends to one stream go in successive batches, in the order they came.
/// </summary>
internal sealed class AppendLane(
    NpgsqlDataSource dataSource, EventStoreOptions options, FeedState state, TimeProvider time, FailureLog failures, ILogger logger) : IAsyncDisposable
{
    private const int Attempts = 5;
    private readonly Channel<AppendRequest> queue = Channel.CreateUnbounded<AppendRequest>(new UnboundedChannelOptions { SingleReader = true });
    private List<AppendRequest> deferred = [];
    private NpgsqlConnection? connection;
    private AppendCommand? command;

    public bool TryEnqueue(AppendRequest request) => queue.Writer.TryWrite(request);

    /// <summary>No further append is taken; those that wait are still written.</summary>
    public void Complete() => queue.Writer.TryComplete();

    public async Task RunAsync()
    {
        while (deferred.Count > 0 || await queue.Reader.WaitToReadAsync())
        {
            List<AppendRequest> batch = NextBatch();
            if (batch.Count > 0)
            {
                await WriteAsync(batch);
            }
        }
    }

    public async ValueTask DisposeAsync() => await DisconnectAsync();

    private List<AppendRequest> NextBatch()
    {
        var batch = new List<AppendRequest>();
        var streams = new HashSet<string>(StringComparer.Ordinal);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        List<AppendRequest> waiting = deferred;
        deferred = [];
        int events = 0;
        foreach (AppendRequest request in waiting)
        {
            Take(request);
        }

        while (batch.Count < options.BatchAppendsMax && events < options.BatchEventsMax && queue.Reader.TryRead(out AppendRequest? next))
        {
            Take(next);
        }

        return batch;

        void Take(AppendRequest request)
        {
            bool full = batch.Count >= options.BatchAppendsMax || (batch.Count > 0 && events + request.Events.Length > options.BatchEventsMax);
            // A stream that is deferred once stays deferred for this batch, so that its appends keep their order.
            bool streamTaken = !streams.Add(request.Append.StreamId);
            if (full || streamTaken || (request.Append.IdempotencyKey is { } key && !keys.Add(key)))
            {
                deferred.Add(request);
            }
            else if (request.TryBegin())
            {
                batch.Add(request);
                events += request.Events.Length;
            }
        }
    }

    private async Task WriteAsync(List<AppendRequest> batch)
    {
        long start = time.GetTimestamp();
        using Activity? activity = EventStoreTelemetry.Activities.StartActivity("event_store.batch");
        activity?.SetTag("event_store.appends", batch.Count);
        try
        {
            AppendAnswer[] answers = await ExecuteAsync(batch);
            state.Committed();
            for (int i = 0; i < answers.Length; i++)
            {
                batch[i].Complete(answers[i]);
            }
        }
        catch (PostgresException e) when (WriterSession.RolledBack(e) && batch.Count > 1)
        {
            // One append spoilt the transaction of all: each gets one of its own, so that only that one fails.
            logger.LogWarning("A batch of {Count} appends was rolled back ({SqlState}); writing them one by one", batch.Count, e.SqlState);
            foreach (AppendRequest request in batch)
            {
                await WriteAloneAsync(request);
            }
        }
        catch (PostgresException e) when (WriterSession.RolledBack(e))
        {
            await (WriterSession.MayRetry(e) ? WriteAloneAsync(batch[0]) : FailAsync(batch[0], e));
        }
        catch (Exception e)
        {
            await BreakAsync(batch, e);
        }

        EventStoreTelemetry.BatchDuration.Record(time.GetElapsedTime(start).TotalSeconds);
        EventStoreTelemetry.BatchAppends.Record(batch.Count);
    }

    private async Task WriteAloneAsync(AppendRequest request)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                AppendAnswer[] answers = await ExecuteAsync([request]);
                state.Committed();
                request.Complete(answers[0]);
                return;
            }
            catch (PostgresException e) when (WriterSession.RolledBack(e) && WriterSession.MayRetry(e) && attempt < Attempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(attempt * 5), time, CancellationToken.None);
            }
            catch (PostgresException e) when (WriterSession.RolledBack(e))
            {
                await FailAsync(request, e);
                return;
            }
            catch (Exception e)
            {
                await BreakAsync([request], e);
                return;
            }
        }
    }

    private static Task FailAsync(AppendRequest request, PostgresException e)
    {
        request.Fail(WriterSession.Explain(e, request.Append));
        return Task.CompletedTask;
    }

    private async Task<AppendAnswer[]> ExecuteAsync(IReadOnlyList<AppendRequest> requests)
    {
        if (command is null)
        {
            await ConnectAsync();
        }

        return await command!.ExecuteAsync(requests, CancellationToken.None);
    }

    private async Task ConnectAsync()
    {
        connection = await dataSource.OpenConnectionAsync();
        await WriterSession.PrepareAsync(connection, CancellationToken.None);
        command = new AppendCommand(connection, null, options.Schema);
    }

    /// <summary>The connection is not to be trusted any more, and what it was doing may or may not have been committed.</summary>
    private async Task BreakAsync(List<AppendRequest> batch, Exception e)
    {
        bool connected = command is not null;
        failures.Failed($"The event store of schema {options.Schema} lost its connection while writing", e.Message, e);
        await DisconnectAsync();
        foreach (AppendRequest request in batch)
        {
            request.Fail(connected
                ? new AppendOutcomeUnknownException(request.Append.StreamId, e)
                : new StoreUnavailableException(request.Append.StreamId, e));
        }
    }

    private async Task DisconnectAsync()
    {
        if (command is not null)
        {
            await command.DisposeAsync();
        }

        if (connection is not null)
        {
            await connection.DisposeAsync();
        }

        (command, connection) = (null, null);
    }
}
