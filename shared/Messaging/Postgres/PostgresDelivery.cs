using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Messaging.Postgres;

/// <summary>A message whose row is locked by an open transaction: a consumer that dies gives it back at once.</summary>
internal sealed class PostgresDelivery(
    BusDatabase bus, QueueStatements sql, string queue, long position, Letter letter, NpgsqlTransaction transaction) : Delivery
{
    private readonly NpgsqlConnection connection = transaction.Connection!;

    public override Letter Letter => letter;

    public override NpgsqlTransaction? Transaction => bus.HandlerDataSource is null ? transaction : null;

    public override async Task CompleteAsync(CancellationToken cancellation)
    {
        int removed = await Sql.ExecuteAsync(connection, cancellation, Sql.Command(sql.Complete, queue, position));
        if (removed != 1)
        {
            throw new InvalidOperationException($"The message at {position} of {queue} was gone while it was being handled.");
        }

        await transaction.CommitAsync(cancellation);
    }

    public override Task RetryAsync(DateTimeOffset dueAt, HandlingFailure failure, CancellationToken cancellation) =>
        FailAsync("pending", dueAt, null, failure, cancellation);

    public override Task BuryAsync(DateTimeOffset now, HandlingFailure failure, CancellationToken cancellation) =>
        FailAsync("dead", now, now, failure, cancellation);

    public override async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task FailAsync(string state, DateTimeOffset dueAt, DateTimeOffset? deadSince, HandlingFailure failure, CancellationToken cancellation)
    {
        NpgsqlBatchCommand command = Sql.Command(
            sql.Fail, queue, position, state, dueAt.ToUniversalTime(), letter.Envelope.Attempt, failure.Code, failure.Detail,
            Sql.Typed(deadSince?.ToUniversalTime(), NpgsqlDbType.TimestampTz));
        if (connection.FullState == System.Data.ConnectionState.Open)
        {
            await Sql.ExecuteAsync(connection, cancellation, command);
            await transaction.CommitAsync(cancellation);
        }
        else
        {
            // The handler broke the connection, and the lock went with it: the failure is counted all the same, or the message would be tried for ever.
            await using NpgsqlConnection another = await bus.DataSource.OpenConnectionAsync(cancellation);
            await Sql.ExecuteAsync(another, cancellation, command);
        }
    }
}
