using AccessGov.Audit.Ingest;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Incoming;

/// <summary>
/// Keeps how far each store has told, in the transaction of the message that tells. A store's messages are handled one after the other,
/// since they have one subject.
/// </summary>
internal sealed class FeedLedger(Intake intake, TimeProvider clock)
{
    private const string Columns = "service, stream, through, count, digest, attested_at, silent_since";

    /// <summary>How far a store has told.</summary>
    public async Task<Feed> FindAsync(string service, string stream, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using NpgsqlCommand select = Command(
            transaction, $"select {Columns} from trail.feed where service = $1 and stream = $2 for update", service, stream);
        await using NpgsqlDataReader row = await select.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? Read(row) : Feed.New(service, stream);
    }

    /// <summary>Begins to wait for the events of services that have told nothing yet, unless that was begun before.</summary>
    public async Task ExpectAsync(IEnumerable<string> services, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        foreach (string service in services)
        {
            Feed none = Feed.New(service, Feed.Events);
            await using NpgsqlCommand wait = Command(
                transaction,
                """
                insert into trail.feed (service, stream, through, count, digest, told_at) values ($1, $2, $3, $4, $5, $6)
                on conflict do nothing
                """,
                none.Service, none.Stream, none.Through, none.Count, none.Digest, clock.GetUtcNow());
            await wait.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>A store that has told nothing since an instant, marked as silent; null when there is none that is not marked yet.</summary>
    public async Task<Feed?> NextSilentAsync(DateTimeOffset since, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using NpgsqlCommand mark = Command(
            transaction,
            $"""
            update trail.feed set silent_since = told_at where (service, stream) in (
                select service, stream from trail.feed where silent_since is null and told_at < $1 limit 1 for update skip locked)
            returning {Columns}
            """, since);
        await using NpgsqlDataReader row = await mark.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? Read(row) : null;
    }

    /// <summary>The count and digest that a store had where one of its messages ended; null when none did since the last recount.</summary>
    public async Task<(long Count, string Digest)?> MarkAsync(
        string service, string stream, long through, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using NpgsqlCommand select = Command(
            transaction, "select count, digest from trail.feed_mark where service = $1 and stream = $2 and through = $3", service, stream,
                through);
        await using NpgsqlDataReader row = await select.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? (row.GetInt64(0), row.GetString(1)) : null;
    }

    /// <summary>Takes what a message told into the trail, with what did not fit and, once an hour, how far the store has come.</summary>
    public async Task TakeAsync(
        Feed feed, IReadOnlyList<AuditRecord> records, IReadOnlyList<FeedFinding> findings, NpgsqlTransaction transaction,
            CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        bool attests = feed.IsAttestationDue(now);
        List<AuditRecord> all = [.. records];
        all.AddRange(attests ? [feed.Attestation(now)] : []);
        all.AddRange(feed.SilentSince is null ? [] : [feed.Resumed(now)]);
        await ExecuteAsync(
            """
            insert into trail.feed (service, stream, through, count, digest, told_at, attested_at) values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (service, stream)
            do update set through = $3, count = $4, digest = $5, told_at = $6, attested_at = $7, silent_since = null
            """,
            feed.Service, feed.Stream, feed.Through, feed.Count, feed.Digest, now, Instant(attests ? now : feed.AttestedAt));
        await ExecuteAsync(
            "insert into trail.feed_mark (service, stream, through, count, digest) values ($1, $2, $3, $4, $5) on conflict do nothing",
            feed.Service, feed.Stream, feed.Through, feed.Count, feed.Digest);
        await AddAsync(feed, all, findings, now, transaction, cancellation);

        async Task ExecuteAsync(string sql, params object[] values)
        {
            await using NpgsqlCommand command = Command(transaction, sql, values);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>Takes a recount into the trail; marks before it are not asked for any more.</summary>
    public async Task TakeRecountAsync(
        Feed there, IReadOnlyList<FeedFinding> findings, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using NpgsqlCommand forget = Command(
            transaction, "delete from trail.feed_mark where service = $1 and stream = $2 and through < $3", there.Service, there.Stream,
                there.Through);
        await forget.ExecuteNonQueryAsync(cancellation);
        DateTimeOffset now = clock.GetUtcNow();
        Feed told = await FindAsync(there.Service, there.Stream, transaction, cancellation);
        await using NpgsqlCommand heard = Command(
            transaction, "update trail.feed set told_at = $3, silent_since = null where service = $1 and stream = $2", there.Service,
            there.Stream, now);
        await heard.ExecuteNonQueryAsync(cancellation);
        List<AuditRecord> records = findings.Count == 0 ? [there.Attestation(now)] : [];
        records.AddRange(told.SilentSince is null ? [] : [told.Resumed(now)]);
        await AddAsync(there, records, findings, now, transaction, cancellation);
    }

    /// <summary>Counts a finding, for health; the trail has it as an event.</summary>
    public async Task NoteAsync(
        string service, string stream, FeedFinding finding, DateTimeOffset now, NpgsqlTransaction transaction,
        CancellationToken cancellation)
    {
        await using NpgsqlCommand insert = Command(
            transaction, "insert into trail.feed_finding (service, stream, code, position, found_at) values ($1, $2, $3, $4, $5)",
            service, stream, finding.Code, finding.Position, now);
        await insert.ExecuteNonQueryAsync(cancellation);
    }

    private async Task AddAsync(
        Feed feed, IReadOnlyList<AuditRecord> records, IReadOnlyList<FeedFinding> findings, DateTimeOffset now,
        NpgsqlTransaction transaction,
        CancellationToken cancellation)
    {
        foreach (FeedFinding finding in findings)
        {
            await NoteAsync(feed.Service, feed.Stream, finding, now, transaction, cancellation);
        }

        AuditRecord[] all = [.. records, .. findings.Select(finding => feed.Differs(finding, now))];
        if (all.Length > 0)
        {
            await intake.AcceptAsync(feed.Service, all, transaction, cancellation);
        }
    }

    private static Feed Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4), Optional(row, 5))
    {
        SilentSince = Optional(row, 6),
    };

    private static DateTimeOffset? Optional(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static NpgsqlParameter Instant(DateTimeOffset? at) =>
        new() { Value = at ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlCommand Command(NpgsqlTransaction transaction, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        foreach (object value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
