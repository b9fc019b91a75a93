using AccessGov.Messaging.Postgres;
using Npgsql;

namespace AccessGov.Messaging;

/// <summary>A message that could not be handled. Its subject waits behind it until it is replayed or discarded.</summary>
/// <param name="Id">The message's identity.</param>
/// <param name="Type">The name it travels by.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Source">Who published it.</param>
/// <param name="Time">When it was published.</param>
/// <param name="Failures">How many times it was tried.</param>
/// <param name="Code"><c>undecodable</c>, <c>unknown_message</c>, <c>handler_failed</c> or <c>handler_timed_out</c>.</param>
/// <param name="Error">The exception's type and the start of its message; 300 characters at most.</param>
/// <param name="DeadSince">When it was given up.</param>
public sealed record DeadLetter(
    Guid Id, string Type, string Subject, string Source, DateTimeOffset Time, int Failures, string Code, string Error, DateTimeOffset DeadSince);

/// <summary>
/// The dead letters of the service's queue, for the command line and the console. Thread-safe. Who replays or discards is for the caller to record.
/// </summary>
public sealed class DeadLetters
{
    private readonly BusDatabase bus;
    private readonly CommitSignal signal;
    private readonly MessagingOptions options;
    private readonly TimeProvider clock;

    internal DeadLetters(BusDatabase bus, CommitSignal signal, MessagingOptions options, TimeProvider clock)
    {
        this.bus = bus;
        this.signal = signal;
        this.options = options;
        this.clock = clock;
    }

    /// <summary>The oldest dead letters, in the order of the queue.</summary>
    /// <param name="limit">How many at most, 1 to 1,000.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(int limit = 100, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1_000);
        await using NpgsqlCommand command = bus.DataSource.CreateCommand("""
            select id, type, subject, source, time, failures, error_code, error, dead_since
            from bus.message where queue = $1 and state = 'dead' order by position limit $2
            """);
        command.Parameters.Add(new() { Value = options.Queue });
        command.Parameters.Add(new() { Value = limit });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        var letters = new List<DeadLetter>();
        while (await reader.ReadAsync(cancellation))
        {
            letters.Add(new DeadLetter(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<DateTimeOffset>(4),
                reader.GetInt32(5), reader.GetString(6), reader.GetString(7), reader.GetFieldValue<DateTimeOffset>(8)));
        }

        return letters;
    }

    /// <summary>Handles one dead letter again, before everything of its subject that waits behind it; false when there is none with this id.</summary>
    public async Task<bool> ReplayAsync(Guid id, CancellationToken cancellation = default) => await ReplayAsync((Guid?)id, cancellation) > 0;

    /// <summary>Handles all dead letters again and answers how many there were. Each starts with the full number of attempts.</summary>
    public Task<int> ReplayAllAsync(CancellationToken cancellation = default) => ReplayAsync(null, cancellation);

    /// <summary>
    /// Gives a dead letter up for good, and lets its subject go on; false when there is none with this id. The inbox remembers the id as discarded, so that
    /// a duplicate does not come back.
    /// </summary>
    public async Task<bool> DiscardAsync(Guid id, CancellationToken cancellation = default) => await RunAsync(
        """
        with gone as (delete from bus.message where queue = $1 and id = $2 and state = 'dead' returning id),
        noted as (insert into bus.inbox (queue, id, outcome, at) select $1, id, 'discarded', $3 from gone group by id on conflict do nothing)
        select count(*)::integer, pg_current_xact_id() from gone
        """, id, cancellation) > 0;

    private Task<int> ReplayAsync(Guid? id, CancellationToken cancellation) => RunAsync(
        """
        with again as (
            update bus.message set state = 'pending', failures = 0, due_at = $3, waiting_since = $3, error_code = null, error = null, dead_since = null
            where queue = $1 and state = 'dead' and ($2 is null or id = $2) returning id)
        select count(*)::integer, pg_current_xact_id() from again
        """, id, cancellation);

    private async Task<int> RunAsync(string sql, Guid? id, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = bus.DataSource.CreateCommand(sql);
        command.Parameters.Add(new() { Value = options.Queue });
        command.Parameters.Add(Sql.Typed(id, NpgsqlTypes.NpgsqlDbType.Uuid));
        command.Parameters.Add(new() { Value = clock.GetUtcNow().ToUniversalTime() });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        signal.Sent(reader.GetFieldValue<ulong>(1), options.Queue);
        return reader.GetInt32(0);
    }
}
