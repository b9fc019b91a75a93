using Npgsql;

namespace AccessGov.EventSourcing.Writing;

/// <summary>Makes a connection fit for writing: bounded waits, and a server that keeps what it acknowledges.</summary>
internal static class WriterSession
{
    /// <summary>Refuses a server that may lose what it has acknowledged.</summary>
    /// <exception cref="InvalidOperationException">fsync, full_page_writes or synchronous_commit is off.</exception>
    public static async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var settings = new NpgsqlCommand(
            """
            select string_agg(name, ', ' order by name) from pg_settings
            where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'
            """, connection);
        if (await settings.ExecuteScalarAsync(cancellation) is string off)
        {
            throw new InvalidOperationException(
                $"The event store does not write to a PostgreSQL server that has {off} switched off: a crash would lose acknowledged events. Set it to on.");
        }

        await using var bounds = new NpgsqlCommand(
            "set lock_timeout = '5s'; set statement_timeout = '20s'; set idle_in_transaction_session_timeout = '60s'", connection);
        await bounds.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>True when the server said so itself that it rolled the transaction back.</summary>
    public static bool RolledBack(PostgresException e) => e.InvariantSeverity is "ERROR";

    /// <summary>True when the same append may succeed in a new transaction: a deadlock, a serialisation failure, a race with another writer.</summary>
    public static bool MayRetry(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure || IsRace(e);

    /// <summary>Another writer took the version or the key between our look and our insert.</summary>
    public static bool IsRace(PostgresException e) =>
        e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "pk_mt_events_stream_and_version" or "event_store_idempotency_key" };

    /// <summary>What the caller is told when retrying did not help.</summary>
    public static Exception Explain(PostgresException e, StreamAppend append) => e switch
    {
        { ConstraintName: "pk_mt_events_stream_and_version" } when append.Expected.Value >= 0 =>
            new WrongExpectedVersionException(append.StreamId, append.Expected.Value),
        { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure } =>
            new StoreUnavailableException(append.StreamId, e),
        _ => e,
    };
}
