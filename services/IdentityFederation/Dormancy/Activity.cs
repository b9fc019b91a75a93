using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using Npgsql;

namespace AccessGov.IdentityFederation.Dormancy;

/// <summary>
/// When people were active last: when they signed in, and when they came, came back or were unlocked, because whoever was away could not
/// sign in. A sign-in is written in its own transaction, so that nobody is locked because a read model lags; the rest follows the store,
/// which may be followed anew from the beginning.
/// </summary>
internal sealed class Activity(NpgsqlDataSource database) : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists person_activity (
            person text collate "C" primary key, active_at timestamptz not null, signed_in_at timestamptz, warned_at timestamptz);
        create index if not exists person_activity_by_age on person_activity (active_at);
        """;

    private const string SignedIn =
        """
        insert into person_activity as known (person, active_at, signed_in_at) values ($1, $2, $2)
        on conflict (person) do update set
            active_at = greatest(known.active_at, excluded.active_at), signed_in_at = greatest(known.signed_in_at, excluded.signed_in_at)
        """;

    private const string Came =
        """
        insert into person_activity as known (person, active_at) values ($1, $2)
        on conflict (person) do update set active_at = greatest(known.active_at, excluded.active_at)
        """;

    private const string Warned = "update person_activity set warned_at = $2 where person = $1";
    private const string Gone = "delete from person_activity where person = $1";

    /// <summary>Who of person_directory d may be locked, and warned of it.</summary>
    internal const string MayBeLocked = "d.active and not d.suspended and not d.locked";

    /// <param name="Person">Who.</param>
    /// <param name="ActiveAt">When they were active last.</param>
    /// <param name="SignedInAt">When they signed in last; null when they never did.</param>
    /// <param name="Locked">Whether they are locked.</param>
    public sealed record Entry(string Person, DateTimeOffset ActiveAt, DateTimeOffset? SignedInAt, bool Locked);

    public const string Subscription = "PersonActivity";

    public string Name => Subscription;

    /// <summary>Somebody signs in: part of the transaction in which their session begins.</summary>
    public static async Task WriteAsync(string person, DateTimeOffset at, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(SignedIn, transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = person });
        command.Parameters.Add(new() { Value = at });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ReadModelRows.ChangeAsync(batch, StatementOf, transaction, cancellation);

    /// <summary>Those who are to be warned or locked, longest away first.</summary>
    /// <param name="now">The time.</param>
    /// <param name="warnAfter">After how long they are warned.</param>
    /// <param name="lockAfter">After how long they are locked, when they were warned in time.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<IReadOnlyList<Entry>> DueAsync(
        DateTimeOffset now, TimeSpan warnAfter, TimeSpan lockAfter, int most, CancellationToken cancellation) => ReadAsync(
        $"""
        {MayBeLocked} and ((a.active_at <= $1 and (a.warned_at is null or a.warned_at <= a.active_at))
            or (a.active_at <= $2 and a.warned_at > a.active_at and a.warned_at <= $4))
        """, cancellation, now - warnAfter, now - lockAfter, most, now - (lockAfter - warnAfter));

    /// <summary>
    /// Whether somebody was not active later than they are known to have been. If they sign in after this answer, that waits for the
    /// transaction.
    /// </summary>
    public static async Task<bool> IsLastAsync(
        string person, DateTimeOffset activeAt, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var look = new NpgsqlCommand(
            "select active_at <= $2 from person_activity where person = $1 for update", transaction.Connection, transaction);
        look.Parameters.Add(new() { Value = person });
        look.Parameters.Add(new() { Value = activeAt });
        return await look.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>Those who may sign in, or are locked, and were not active since a moment; longest away first.</summary>
    public Task<IReadOnlyList<Entry>> InactiveSinceAsync(DateTimeOffset moment, int most, CancellationToken cancellation) => ReadAsync(
        "a.active_at <= $1 and a.active_at <= $2 and d.active and not d.suspended", cancellation, moment, moment, most);

    private async Task<IReadOnlyList<Entry>> ReadAsync(string condition, CancellationToken cancellation, params object[] values)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"""
            select a.person, a.active_at, a.signed_in_at, d.locked from person_activity a join person_directory d on d.id = a.person
            where {condition} order by a.active_at, a.person limit $3
            """);
        Array.ForEach(values, value => command.Parameters.Add(new() { Value = value }));
        return await ReadModelRows.ReadAsync(
            command,
            row => new Entry(row.GetString(0), row.GetFieldValue<DateTimeOffset>(1), ReadModelRows.Instant(row, 2), row.GetBoolean(3)),
            cancellation);
    }

    private static NpgsqlBatchCommand? StatementOf(StoredEvent stored) => stored.Data switch
    {
        SessionStarted e => ReadModelRows.Statement(SignedIn, e.Person, e.At),
        SessionSteppedUp e when stored.Metadata.Actor is { } person => ReadModelRows.Statement(SignedIn, person, e.At),
        PersonProvisioned or PersonReactivated or PersonReinstated => ReadModelRows.Statement(Came, Id(stored), stored.RecordedAt),
        PersonUnlocked e => ReadModelRows.Statement(Came, Id(stored), e.At),
        PersonWarnedOfLock e => ReadModelRows.Statement(Warned, Id(stored), e.At),
        PersonDeprovisioned => ReadModelRows.Statement(Gone, Id(stored)),
        _ => null,
    };

    private static string Id(StoredEvent stored) => Person.Streams.IdOf(stored.StreamId);
}
