using AccessGov.EventSourcing.Feed;
using AccessGov.EventSourcing.Subscriptions;
using Npgsql;

namespace AccessGov.EventSourcing;

/// <summary>Builds a read model anew beside the live one, and swaps the two.</summary>
public static class SubscriptionRebuild
{
    /// <summary>
    /// Runs <paramref name="shadow"/> from the first event (or from where an interrupted rebuild stopped) until it has caught up, while the live subscription goes on. Then,
    /// in one transaction, holds the live one, handles what is left, gives the shadow tables the names of the live ones, drops the old ones, and moves the live
    /// subscription to where the shadow is. One rebuild of a subscription at a time.
    /// </summary>
    /// <param name="store">The store, started.</param>
    /// <param name="liveName">The <see cref="ISubscription.Name"/> of the live subscription.</param>
    /// <param name="shadow">The same read model bound to the shadow tables, under another name; the tables exist and are empty at first.</param>
    /// <param name="tables">The shadow table for each live table, unquoted and without schema; both lie in the store's schema.</param>
    /// <param name="cancellation">Ends the rebuild; the live read model stays as it is.</param>
    public static async Task RunAsync(
        PostgresEventStore store, string liveName, ISubscription shadow, IReadOnlyDictionary<string, string> tables, CancellationToken cancellation = default)
    {
        if (shadow.Name.Equals(liveName, StringComparison.Ordinal))
        {
            throw new ArgumentException("The shadow needs a name of its own.", nameof(shadow));
        }

        var progress = new SubscriptionProgress(store.Options.Schema);
        await using NpgsqlConnection connection = await store.DataSource.OpenConnectionAsync(cancellation);
        long position = await progress.BeginAsync(connection, shadow.Name, cancellation);
        await progress.BeginAsync(connection, liveName, cancellation);
        while (true)
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
            (position, bool caughtUp) = await HandleNextAsync(store, shadow, progress, connection, transaction, position, cancellation);
            await transaction.CommitAsync(cancellation);
            if (caughtUp)
            {
                break;
            }
        }

        await using NpgsqlTransaction swap = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync($"select from {store.Options.Schema}.mt_event_progression where name = $1 for update", liveName);
        for (bool caughtUp = false; !caughtUp;)
        {
            (position, caughtUp) = await HandleNextAsync(store, shadow, progress, connection, swap, position, cancellation);
        }

        foreach ((string live, string beside) in tables)
        {
            await ExecuteAsync($"drop table {store.Options.Schema}.{live}");
            await ExecuteAsync($"alter table {store.Options.Schema}.{beside} rename to {live}");
        }

        await ExecuteAsync($"update {store.Options.Schema}.mt_event_progression set last_seq_id = {position}, last_updated = now() where name = $1", liveName);
        await ExecuteAsync($"delete from {store.Options.Schema}.mt_event_progression where name = $1", shadow.Name);
        await swap.CommitAsync(cancellation);

        async Task ExecuteAsync(string sql, string? subscription = null)
        {
            await using var command = new NpgsqlCommand(sql, connection, swap);
            if (subscription is not null)
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = SubscriptionProgress.RowName(subscription) });
            }

            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    private static async Task<(long Position, bool CaughtUp)> HandleNextAsync(
        PostgresEventStore store, ISubscription shadow, SubscriptionProgress progress, NpgsqlConnection connection, NpgsqlTransaction transaction,
        long position, CancellationToken cancellation)
    {
        EventReader.Page page = await store.Reader.ReadPageAsync(connection, transaction, position, store.Options.SubscriptionBatchMax, cancellation);
        if (page.Through == position)
        {
            return (position, true);
        }

        if (page.Events.Count > 0)
        {
            await shadow.HandleAsync(page.Events, transaction, cancellation);
        }

        if (!await progress.TryAdvanceAsync(connection, shadow.Name, position, page.Through, cancellation))
        {
            throw new InvalidOperationException($"Another rebuild of {shadow.Name} is under way.");
        }

        return (page.Through, page.Through - position < store.Options.SubscriptionBatchMax);
    }
}
