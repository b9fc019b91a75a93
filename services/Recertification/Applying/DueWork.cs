using AccessGov.EventSourcing;
using AccessGov.Recertification.Reviews;
using Npgsql;

namespace AccessGov.Recertification.Applying;

/// <summary>
/// The items of which something is to be carried out in PolicyDecision, noted in the transaction that says so: nothing is forgotten, and
/// what was carried out and could not be noted is carried out again under the same idempotency key. Thread-safe.
/// </summary>
internal sealed class DueWork(NpgsqlDataSource database, TimeProvider clock)
{
    public const string CreateTable =
        """
        create table if not exists review_due (
            item text collate "C" primary key, due_at timestamptz not null, attempts integer not null default 0);
        create index if not exists review_due_at on review_due (due_at);
        """;

    // Whoever took an item and died is done with it after so long.
    private static readonly TimeSpan Taken = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    /// <summary>Wakes whoever carries it out.</summary>
    public Signal Added { get; } = new();

    /// <summary>Notes whether an item is to be carried out, in the transaction that makes it so.</summary>
    /// <param name="item">The item.</param>
    /// <param name="state">What it is then.</param>
    /// <param name="transaction">The append's.</param>
    /// <param name="cancellation">Ends the append.</param>
    public async Task WriteAsync(string item, ReviewItem state, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        // What failed is due already, with how long to wait.
        if (state is ReviewItem.Decided { Fault: not null } or ReviewItem.Restoring { Fault: not null })
        {
            return;
        }

        bool due = state is ReviewItem.Decided or ReviewItem.Restoring;
        await using var write = new NpgsqlCommand(
            due
                ? "insert into review_due (item, due_at) values ($1, $2) on conflict (item) do update set due_at = excluded.due_at, attempts = 0"
                : "delete from review_due where item = $1", transaction.Connection, transaction);
        write.Parameters.AddWithValue(item);
        if (due)
        {
            write.Parameters.AddWithValue(clock.GetUtcNow().ToUniversalTime());
        }

        await write.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Takes some that are due. Whoever takes one says how it ended, or it is due again.</summary>
    public async Task<IReadOnlyList<string>> TakeAsync(int most, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using NpgsqlCommand take = database.CreateCommand(
            """
            update review_due set due_at = $2 where item in (
                select item from review_due where due_at <= $1 order by due_at limit $3 for update skip locked)
            returning item
            """);
        take.Parameters.AddWithValue(now.ToUniversalTime());
        take.Parameters.AddWithValue((now + Taken).ToUniversalTime());
        take.Parameters.AddWithValue(most);
        return await ReadModelRows.ReadAsync(take, row => row.GetString(0), cancellation);
    }

    /// <summary>
    /// Holds an item while it is carried out, or while somebody commands it: what is decided anew meanwhile waits, and finds what was
    /// carried out. It is taken before the item's stream is, so that neither waits for the other. Disposing it lets go.
    /// </summary>
    public async Task<IAsyncDisposable> HoldAsync(string item, CancellationToken cancellation)
    {
        NpgsqlConnection connection = await database.OpenConnectionAsync(cancellation);
        try
        {
            await using var hold = new NpgsqlCommand(
                "select pg_advisory_xact_lock(hashtextextended($1, 0))", connection, await connection.BeginTransactionAsync(cancellation));
            hold.Parameters.AddWithValue($"review-item {item}");
            await hold.ExecuteNonQueryAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>It cannot be carried out now: it is tried again, after a second and then after longer and longer.</summary>
    public Task PutOffAsync(string item, CancellationToken cancellation) => ExecuteAsync(
        """
        insert into review_due (item, due_at, attempts) values ($1, $2, 1)
        on conflict (item) do update set attempts = review_due.attempts + 1,
            due_at = $2::timestamptz + least($3, interval '1 second' * power(2, least(review_due.attempts, 12)))
        """, cancellation, item, clock.GetUtcNow().ToUniversalTime(), LongestPause);

    /// <summary>There is nothing to be carried out.</summary>
    public Task DoneAsync(string item, CancellationToken cancellation) =>
        ExecuteAsync("delete from review_due where item = $1", cancellation, item);

    private async Task ExecuteAsync(string sql, CancellationToken cancellation, params object[] values)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        Array.ForEach(values, value => command.Parameters.Add(new() { Value = value }));
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
