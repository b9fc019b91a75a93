using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;
using Npgsql;

namespace AccessGov.IdentityFederation.Dormancy;

/// <summary>Who is to be written to that they will be locked: from the event on until they were, or cannot be.</summary>
internal sealed class DueWarnings(NpgsqlDataSource database, TimeProvider clock) : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists dormancy_warning (
            person text collate "C" primary key, active_at timestamptz not null, locked_from timestamptz not null,
            attempts int not null default 0, due_at timestamptz not null);
        create index if not exists dormancy_warning_by_due on dormancy_warning (due_at);
        """;

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <param name="Person">Who.</param>
    /// <param name="ActiveAt">When they were active last.</param>
    /// <param name="LockedFrom">When they will be locked.</param>
    public sealed record Warning(string Person, DateTimeOffset ActiveAt, DateTimeOffset LockedFrom);

    public string Name => "DormancyWarnings";

    /// <summary>It was said how it ended: part of the transaction that says so.</summary>
    public static async Task ForgetAsync(Warning warning, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var forget = new NpgsqlCommand(
            "delete from dormancy_warning where person = $1 and active_at = $2", transaction.Connection, transaction);
        forget.Parameters.Add(new() { Value = warning.Person });
        forget.Parameters.Add(new() { Value = warning.ActiveAt });
        await forget.ExecuteNonQueryAsync(cancellation);
    }

    public Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ReadModelRows.ChangeAsync(batch, StatementOf, transaction, cancellation);

    /// <summary>Takes the one that waits longest; whoever takes it has a minute, and longer each time, before it is tried again.</summary>
    public async Task<Warning?> TakeAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await ForgetNeedlessAsync(now, cancellation);
        await using NpgsqlCommand take = database.CreateCommand(
            """
            update dormancy_warning set attempts = attempts + 1,
                due_at = $1 + least($2, interval '1 minute' * power(2, least(attempts, 10)))
            where person = (select person from dormancy_warning where due_at <= $1 order by due_at limit 1 for update skip locked)
            returning person, active_at, locked_from
            """);
        take.Parameters.Add(new() { Value = now });
        take.Parameters.Add(new() { Value = LongestPause });
        return (await ReadModelRows.ReadAsync(
            take, row => new Warning(row.GetString(0), row.GetFieldValue<DateTimeOffset>(1), row.GetFieldValue<DateTimeOffset>(2)),
            cancellation)) is [var one] ? one : null;
    }

    // Whoever was active since, or may not sign in now, need not be warned. Sign-ins and what keeps people out are written in the
    // transaction of what happens, so nobody is written to because this table lags; that somebody was let in again is known a moment later.
    private async Task ForgetNeedlessAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await using NpgsqlCommand forget = database.CreateCommand(
            $"""
            delete from dormancy_warning w where due_at <= $1 and (
                not exists (select from person_directory d where d.id = w.person and {Activity.MayBeLocked})
                or exists (select from person_activity a where a.person = w.person and a.active_at > w.active_at))
            """);
        forget.Parameters.Add(new() { Value = now });
        await forget.ExecuteNonQueryAsync(cancellation);
    }

    // Whoever is locked, kept out or gone is not written to any more.
    private static NpgsqlBatchCommand? StatementOf(StoredEvent stored) => stored.Data switch
    {
        PersonWarnedOfLock e => ReadModelRows.Statement(
            """
            insert into dormancy_warning (person, active_at, locked_from, due_at) values ($1, $2, $3, $4)
            on conflict (person) do update set
                active_at = excluded.active_at, locked_from = excluded.locked_from, attempts = 0, due_at = excluded.due_at
            """, Id(stored), e.ActiveAt, e.LockedFrom, e.At),
        PersonWarningMailed or PersonWarningNotMailed or PersonLocked or PersonDeactivated or PersonSuspended or PersonDeprovisioned =>
            ReadModelRows.Statement("delete from dormancy_warning where person = $1", Id(stored)),
        _ => null,
    };

    private static string Id(StoredEvent stored) => Person.Streams.IdOf(stored.StreamId);
}
