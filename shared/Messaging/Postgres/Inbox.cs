using Npgsql;

namespace AccessGov.Messaging.Postgres;

/// <summary>Remembers in the handler's own transaction what a queue has handled, so that a duplicate has no effect.</summary>
internal sealed class Inbox(QueueStatements sql, TimeProvider clock)
{
    /// <summary>The savepoint that a failed handler is rolled back to; the message stays locked.</summary>
    public const string Savepoint = "handling";

    /// <summary>Sets the savepoint and enters the message; false when it was handled before.</summary>
    public async Task<bool> EnterAsync(NpgsqlTransaction transaction, string queue, Guid id, CancellationToken cancellation) =>
        await Sql.ExecuteAsync(
            transaction.Connection!, cancellation,
            new NpgsqlBatchCommand($"savepoint {Savepoint}"),
            Sql.Command(sql.Inbox, queue, id, clock.GetUtcNow().ToUniversalTime())) == 1;
}
