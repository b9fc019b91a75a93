using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using Npgsql;

namespace AccessGov.IdentityFederation.Reports;

/// <summary>
/// How long it took until whoever left had nothing any more: a row for each time that somebody was deactivated or deprovisioned, with when
/// their sessions were over and when the last token ends that other services may still take. A read model that follows the store.
/// </summary>
internal sealed class Departures(NpgsqlDataSource database) : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists departure (
            person text collate "C" not null, version bigint not null, source text not null, for_good boolean not null,
                at timestamptz not null,
            sessions int not null default 0, sessions_ended_at timestamptz, tokens_end_at timestamptz, primary key (person, version));
        create index if not exists departure_by_time on departure (at);
        """;

    private const string Left =
        """
        insert into departure (person, version, source, for_good, at, tokens_end_at)
        values ($1, $2, $3, $4, $5, (
            select max(t.expires_at) from granted_token t join authorization_grant g on g.id = t.grant_id where g.person = $1 and t.expires_at > $5))
        on conflict do nothing
        """;

    // The sessions that were open are over at the event; that their own streams say so follows.
    private const string SessionOver =
        """
        update departure set sessions = sessions + 1, sessions_ended_at = greatest(sessions_ended_at, $2)
        where (person, version) = (select person, version from departure where person = $1 order by version desc limit 1)
        """;

    /// <param name="Person">Who.</param>
    /// <param name="Source">Who said so: console, scim or directory.</param>
    /// <param name="ForGood">Whether they are deprovisioned, or inactive.</param>
    /// <param name="At">When the service was told and nothing was permitted to them here any more.</param>
    /// <param name="Sessions">How many sessions ended with it.</param>
    /// <param name="SessionsEndedAt">When the last of them said so, and clients and services were told; null without one.</param>
    /// <param name="TokensEndAt">When the last of their tokens ends for a service that does not ask here; null when none was good.</param>
    public sealed record Entry(
        string Person, string Source, bool ForGood, DateTimeOffset At, int Sessions, DateTimeOffset? SessionsEndedAt,
            DateTimeOffset? TokensEndAt);

    public string Name => "Departures";

    public Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ReadModelRows.ChangeAsync(batch, StatementOf, transaction, cancellation);

    /// <summary>Those who left within a period, in order of time.</summary>
    public async Task<IReadOnlyList<Entry>> ReadAsync(DateTimeOffset from, DateTimeOffset until, int most, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            select person, source, for_good, at, sessions, sessions_ended_at, tokens_end_at from departure
            where at >= $1 and at < $2 order by at, person, version limit $3
            """);
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = until });
        command.Parameters.Add(new() { Value = most });
        return await ReadModelRows.ReadAsync(
            command,
            row => new Entry(
                row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetFieldValue<DateTimeOffset>(3), row.GetInt32(4),
                ReadModelRows.Instant(row, 5), ReadModelRows.Instant(row, 6)),
            cancellation);
    }

    private static NpgsqlBatchCommand? StatementOf(StoredEvent stored) => stored.Data switch
    {
        PersonDeactivated e => Of(stored, e.Source, forGood: false),
        PersonDeprovisioned e => Of(stored, e.Source, forGood: true),
        SessionEnded { Cause: SessionEnds.PersonEnded } e => ReadModelRows.Statement(SessionOver, e.Person, e.At),
        _ => null,
    };

    private static NpgsqlBatchCommand Of(StoredEvent stored, string source, bool forGood) => ReadModelRows.Statement(
        Left, Person.Streams.IdOf(stored.StreamId), stored.Version, source, forGood, stored.RecordedAt.ToUniversalTime());
}
