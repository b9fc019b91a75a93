using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>
/// A row for each case that nobody has judged, written in the transaction of each event: who has emergency access to which patient now,
/// which only one case gives, and what is due when.
/// </summary>
internal sealed class OpenCases(NpgsqlDataSource database)
{
    public const string CreateTable =
        """
        create table if not exists emergency_open (
            id text collate "C" primary key,
            person text collate "C" not null, patient text collate "C" not null, practice boolean not null,
            until_at timestamptz, escalate_at timestamptz);
        alter table emergency_open add column if not exists offline boolean not null default false;
        drop index if exists emergency_open_once;
        create unique index if not exists emergency_open_once_here on emergency_open (person, patient, practice)
            where until_at is not null and not offline;
        create index if not exists emergency_open_until on emergency_open (until_at) where until_at is not null;
        create index if not exists emergency_open_escalate on emergency_open (escalate_at) where escalate_at is not null;
        """;

    // What an edge tells comes in pieces, and one of the next may say that it had ended before its time.
    private static readonly TimeSpan RestOfJournal = TimeSpan.FromMinutes(1);

    /// <summary>They have emergency access to this patient already.</summary>
    public static readonly Refusal AlreadyActive = new("already_active", "Emergency access to this patient is active already.");

    /// <param name="id">The case.</param>
    /// <param name="state">What it is now.</param>
    /// <param name="levels">Who is called when.</param>
    /// <param name="transaction">The append's.</param>
    /// <param name="cancellation">Ends the append.</param>
    /// <exception cref="RefusedAlongsideException">The person has access to the patient by another case.</exception>
    public static async Task WriteAsync(
        string id, EmergencyGrant state, IReadOnlyList<ReviewLevel> levels, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using NpgsqlCommand write = state is EmergencyGrant.Open open
            ? Upsert(id, open, levels)
            : new NpgsqlCommand("delete from emergency_open where id = $1") { Parameters = { new() { Value = id } } };
        (write.Connection, write.Transaction) = (transaction.Connection, transaction);
        try
        {
            await write.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException taken)
            when (taken is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "emergency_open_once_here" })
        {
            throw new RefusedAlongsideException(AlreadyActive);
        }
    }

    /// <summary>The case by which somebody has access to a patient here, and until when; null when none gives it.</summary>
    public async Task<(string Id, DateTimeOffset Until)?> FindAsync(
        string person, string patient, bool practice, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select id, until_at from emergency_open
            where person = $1 and patient = $2 and practice = $3 and until_at is not null and not offline
            """);
        read.Parameters.AddWithValue(person);
        read.Parameters.AddWithValue(patient);
        read.Parameters.AddWithValue(practice);
        return await ReadModelRows.ReadAsync(
            read, row => (row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)), cancellation) is [var one] ? one : null;
    }

    /// <summary>The active cases of somebody.</summary>
    public Task<IReadOnlyList<string>> ActiveOfAsync(string person, CancellationToken cancellation) =>
        IdsAsync("select id from emergency_open where person = $1 and until_at is not null order by id", person, cancellation);

    /// <summary>Some of those that have run out.</summary>
    public Task<IReadOnlyList<string>> ExpiredAsync(DateTimeOffset now, CancellationToken cancellation) =>
        IdsAsync("select id from emergency_open where until_at <= $1 order by until_at limit 100", now, cancellation);

    /// <summary>Some of those for which somebody is to be called.</summary>
    public Task<IReadOnlyList<string>> ToEscalateAsync(DateTimeOffset now, CancellationToken cancellation) =>
        IdsAsync("select id from emergency_open where escalate_at <= $1 order by escalate_at limit 100", now, cancellation);

    private async Task<IReadOnlyList<string>> IdsAsync(string sql, object parameter, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(sql);
        read.Parameters.Add(new() { Value = parameter });
        return await ReadModelRows.ReadAsync(read, row => row.GetString(0), cancellation);
    }

    private static NpgsqlCommand Upsert(string id, EmergencyGrant.Open open, IReadOnlyList<ReviewLevel> levels)
    {
        EmergencyCase about = open.Case;
        var upsert = new NpgsqlCommand(
            """
            insert into emergency_open (id, person, patient, practice, until_at, escalate_at, offline) values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (id) do update set until_at = excluded.until_at, escalate_at = excluded.escalate_at
            """);
        upsert.Parameters.AddWithValue(id);
        upsert.Parameters.AddWithValue(about.Clinician);
        upsert.Parameters.AddWithValue(about.Patient);
        upsert.Parameters.AddWithValue(about.Practice);
        upsert.Parameters.Add(ReadModelRows.Optional(
            open is EmergencyGrant.Active ? EndsAt(about).ToUniversalTime() : null, NpgsqlDbType.TimestampTz));
        upsert.Parameters.Add(ReadModelRows.Optional(EscalateReview.NextAt(about, levels)?.ToUniversalTime(), NpgsqlDbType.TimestampTz));
        upsert.Parameters.AddWithValue(about.Offline is not null);
        return upsert;
    }

    private static DateTimeOffset EndsAt(EmergencyCase about) =>
        about.Offline is { } offline && offline.ReceivedAt + RestOfJournal > about.Until ? offline.ReceivedAt + RestOfJournal : about.Until;
}
