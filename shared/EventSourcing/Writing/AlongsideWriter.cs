using System.Runtime.ExceptionServices;
using AccessGov.EventSourcing.Feed;
using Npgsql;

namespace AccessGov.EventSourcing.Writing;

/// <summary>Appends that carry a caller's SQL: each has a connection and a transaction of its own and takes its locks in the order of every other append.</summary>
internal sealed class AlongsideWriter(NpgsqlDataSource dataSource, EventStoreOptions options, FeedState state, TimeProvider time) : IDisposable
{
    private const int Attempts = 5;
    private readonly SemaphoreSlim places = new(options.AlongsideMax);

    public async Task<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellation)
    {
        await places.WaitAsync(cancellation);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    return await TryAppendAsync(request, cancellation);
                }
                catch (PostgresException e) when (WriterSession.MayRetry(e) && attempt < Attempts)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(attempt * 5), time, cancellation);
                }
                catch (PostgresException e) when (WriterSession.RolledBack(e))
                {
                    ExceptionDispatchInfo.Throw(WriterSession.Explain(e, request.Append));
                }
                catch (NpgsqlException e)
                {
                    // The connection broke before the commit was asked for.
                    throw new StoreUnavailableException(request.Append.StreamId, e);
                }
            }
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose() => places.Dispose();

    private async Task<AppendReceipt> TryAppendAsync(AppendRequest request, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await dataSource.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var bounds = new NpgsqlCommand(
            "set local lock_timeout = '5s'; set local statement_timeout = '20s'; set local idle_in_transaction_session_timeout = '60s'",
            connection, transaction))
        {
            await bounds.ExecuteNonQueryAsync(cancellation);
        }

        await using var command = new AppendCommand(connection, transaction, options.Schema);
        AppendAnswer answer = (await command.ExecuteAsync([request], cancellation))[0];
        if (answer.ToFailure(request.Append) is { } failure)
        {
            throw failure;
        }

        AppendReceipt receipt = answer.ToReceipt();
        if (receipt.Repeated)
        {
            return receipt;
        }

        await request.Append.Alongside!(transaction, receipt, cancellation);
        try
        {
            // Once the commit is under way it is seen through: giving up here would leave the outcome unknown.
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is not PostgresException p || !WriterSession.RolledBack(p))
        {
            throw new AppendOutcomeUnknownException(request.Append.StreamId, e);
        }

        state.Committed();
        EventStoreTelemetry.EventsAppended.Add(request.Events.Length);
        return receipt;
    }
}
