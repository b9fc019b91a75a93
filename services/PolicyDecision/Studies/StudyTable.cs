using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>
/// The studies in the service's schema. A study's UID belongs to one patient, but an archive may hold it under two; all rows are kept, so that the
/// contradiction is seen and nobody can take a study over by storing another with its UID. A row is one study of Orthanc, which tells apart patient ids
/// that differ by padding only; such rows are one study of one patient.
/// </summary>
internal sealed class StudyTable(NpgsqlDataSource database, IOptions<StudyIndexOptions> options)
{
    // A notification holds less than 8,000 bytes; a UID at most 64.
    private const int UidsPerNotification = 100;
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly string schema = options.Value.Schema;

    /// <summary>The channel on which changed UIDs are told, joined by commas.</summary>
    public string Channel => $"{schema}_studies";

    public NpgsqlDataSource Database => database;

    public async Task CreateAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        // "create schema if not exists" asks for the right to create even where the schema exists, and replicas start together.
        await using var create = new NpgsqlCommand(
            $"""
            select pg_advisory_xact_lock(hashtext('{schema}.studies.create'));
            do $$ begin
                if to_regnamespace('{schema}') is null then create schema {schema}; end if;
            end $$;
            create table if not exists {schema}.studies (
                study_instance_uid text collate "C" not null, patient_id text collate "C" not null, issuer_of_patient_id text, department text,
                modality text[] not null, referring_physician text, study_date date, labels text[] not null, finalized boolean not null,
                accession_number text, archive text collate "C", orthanc_study_id text collate "C" not null,
                orthanc_patient_id text collate "C" not null, imported boolean not null, updated_at timestamptz not null default now(),
                primary key (study_instance_uid, orthanc_study_id));
            create index if not exists studies_by_orthanc_study on {schema}.studies (orthanc_study_id);
            create index if not exists studies_by_orthanc_patient on {schema}.studies (orthanc_patient_id);
            create index if not exists studies_by_patient_spelling on {schema}.studies ((upper(regexp_replace(patient_id, '[^ -~]', '', 'g')) collate "C"));
            create index if not exists studies_by_archive on {schema}.studies (archive, orthanc_study_id);
            create table if not exists {schema}.study_feeds (
                archive text collate "C" primary key, position bigint not null, updated_at timestamptz not null default now());
            """, connection, transaction);
        await create.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>The rows of one UID, what an import said first: of one patient each when the study is clear, of two when it is not.</summary>
    public async Task<IReadOnlyList<StudyRow>> FindAsync(string studyInstanceUid, CancellationToken cancellation) =>
        [.. (await ReadAsync("study_instance_uid = $1 order by imported desc, orthanc_study_id", studyInstanceUid, cancellation)).DistinctBy(row => row.PatientId)];

    public Task<IReadOnlyList<StudyRow>> FindByOrthancStudyAsync(string orthancId, CancellationToken cancellation) =>
        ReadAsync("orthanc_study_id = $1 limit 2", orthancId, cancellation);

    public Task<IReadOnlyList<StudyRow>> FindByOrthancPatientAsync(string orthancId, CancellationToken cancellation) =>
        ReadAsync("orthanc_patient_id = $1 limit 1", orthancId, cancellation);

    public async Task<bool> IsOnlySpellingAsync(string patientId, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"""
            select not exists (select from {schema}.studies
                where upper(regexp_replace(patient_id, '[^ -~]', '', 'g')) collate "C" = upper($1) collate "C" and patient_id <> $1)
            """);
        command.Parameters.AddWithValue(patientId);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Ids of the studies that came from an archive.</summary>
    public async Task<HashSet<string>> OrthancStudiesAsync(string archive, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select orthanc_study_id from {schema}.studies where archive = $1");
        command.Parameters.AddWithValue(archive);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            ids.Add(reader.GetString(0));
        }

        return ids;
    }

    /// <summary>Null when the archive has never been followed.</summary>
    public async Task<long?> FeedPositionAsync(string archive, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select position from {schema}.study_feeds where archive = $1");
        command.Parameters.AddWithValue(archive);
        return (long?)await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>What a person or system says about studies: it replaces what was known, whoever said it.</summary>
    public Task ImportAsync(IReadOnlyList<StudyRow> rows, CancellationToken cancellation) => InTransactionAsync(async (connection, transaction) =>
    {
        await ExecuteAsync(connection, transaction,
            $"""
            delete from {schema}.studies old using jsonb_to_recordset($1) as new (study_instance_uid text, patient_id text)
            where old.study_instance_uid = new.study_instance_uid and old.patient_id <> new.patient_id
            """, rows, cancellation);
        await ExecuteAsync(connection, transaction, InsertInto(
            """
            patient_id = excluded.patient_id, issuer_of_patient_id = excluded.issuer_of_patient_id, department = excluded.department, modality = excluded.modality,
            referring_physician = excluded.referring_physician, study_date = excluded.study_date, labels = excluded.labels,
            finalized = excluded.finalized, accession_number = excluded.accession_number, imported = true, updated_at = now()
            """), rows, cancellation);
        return rows.Select(row => row.StudyInstanceUid);
    }, cancellation);

    /// <summary>
    /// What an archive shows of studies, and how far it has been followed, together. An import knows better about department, physician, labels and
    /// finalization; the archive knows better about everything else.
    /// </summary>
    public Task FeedAsync(string archive, long? position, IReadOnlyList<StudyRow> rows, IReadOnlyList<string> goneOrthancIds, CancellationToken cancellation) =>
        InTransactionAsync(async (connection, transaction) =>
        {
            var gone = new List<string>();
            if (goneOrthancIds.Count > 0)
            {
                await using var delete = new NpgsqlCommand(
                    $"delete from {schema}.studies where archive = $1 and orthanc_study_id = any($2) returning study_instance_uid", connection, transaction);
                delete.Parameters.AddWithValue(archive);
                delete.Parameters.AddWithValue(goneOrthancIds.ToArray());
                await using NpgsqlDataReader reader = await delete.ExecuteReaderAsync(cancellation);
                while (await reader.ReadAsync(cancellation))
                {
                    gone.Add(reader.GetString(0));
                }
            }

            await ExecuteAsync(connection, transaction, InsertInto(
                """
                patient_id = excluded.patient_id,
                issuer_of_patient_id = coalesce(excluded.issuer_of_patient_id, studies.issuer_of_patient_id), modality = excluded.modality,
                study_date = excluded.study_date, accession_number = excluded.accession_number, archive = excluded.archive,
                orthanc_patient_id = excluded.orthanc_patient_id,
                department = case when studies.imported then studies.department else excluded.department end,
                referring_physician = case when studies.imported then studies.referring_physician else excluded.referring_physician end,
                labels = case when studies.imported then studies.labels else excluded.labels end, updated_at = now()
                """), rows, cancellation);
            if (position is { } reached)
            {
                await using var remember = new NpgsqlCommand(
                    $"""
                    insert into {schema}.study_feeds (archive, position) values ($1, $2)
                    on conflict (archive) do update set position = excluded.position, updated_at = now()
                    """, connection, transaction);
                remember.Parameters.AddWithValue(archive);
                remember.Parameters.AddWithValue(reached);
                await remember.ExecuteNonQueryAsync(cancellation);
            }

            return gone.Concat(rows.Select(row => row.StudyInstanceUid));
        }, cancellation);

    /// <summary>True when there was such a study.</summary>
    public async Task<bool> RemoveAsync(string studyInstanceUid, CancellationToken cancellation)
    {
        int removed = 0;
        await InTransactionAsync(async (connection, transaction) =>
        {
            await using var delete = new NpgsqlCommand($"delete from {schema}.studies where study_instance_uid = $1", connection, transaction);
            delete.Parameters.AddWithValue(studyInstanceUid);
            removed = await delete.ExecuteNonQueryAsync(cancellation);
            return [studyInstanceUid];
        }, cancellation);
        return removed > 0;
    }

    private string InsertInto(string onConflict) =>
        $"""
        insert into {schema}.studies as studies (study_instance_uid, patient_id, issuer_of_patient_id, department, modality, referring_physician,
            study_date, labels, finalized, accession_number, archive, orthanc_study_id, orthanc_patient_id, imported)
        select study_instance_uid, patient_id, issuer_of_patient_id, department, modality, referring_physician,
            study_date, labels, finalized, accession_number, archive, orthanc_study_id, orthanc_patient_id, imported
        from jsonb_to_recordset($1) as new (study_instance_uid text, patient_id text, issuer_of_patient_id text, department text, modality text[],
            referring_physician text, study_date date, labels text[], finalized boolean, accession_number text, archive text,
            orthanc_study_id text, orthanc_patient_id text, imported boolean)
        on conflict (study_instance_uid, orthanc_study_id) do update set {onConflict}
        """;

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, IReadOnlyList<StudyRow> rows, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        command.Parameters.AddWithValue(NpgsqlDbType.Jsonb, JsonSerializer.Serialize(rows, Json));
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task InTransactionAsync(
        Func<NpgsqlConnection, NpgsqlTransaction, Task<IEnumerable<string>>> write, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        // Imports are rare and large: one after the other they cannot deadlock over the same rows.
        await using var serialise = new NpgsqlCommand($"select pg_advisory_xact_lock(hashtext('{schema}.studies'))", connection, transaction);
        await serialise.ExecuteNonQueryAsync(cancellation);
        foreach (string[] uids in (await write(connection, transaction)).Chunk(UidsPerNotification))
        {
            await using var notify = new NpgsqlCommand("select pg_notify($1, $2)", connection, transaction);
            notify.Parameters.AddWithValue(Channel);
            notify.Parameters.AddWithValue(string.Join(',', uids));
            await notify.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }

    private async Task<IReadOnlyList<StudyRow>> ReadAsync(string condition, string value, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"""
            select study_instance_uid, patient_id, issuer_of_patient_id, department, modality, referring_physician, study_date, labels, finalized,
                accession_number, archive, orthanc_study_id, orthanc_patient_id, imported
            from {schema}.studies where {condition}
            """);
        command.Parameters.AddWithValue(value);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<StudyRow>();
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(new StudyRow(
                reader.GetString(0), reader.GetString(1), Text(reader, 2), Text(reader, 3), [.. reader.GetFieldValue<string[]>(4)], Text(reader, 5),
                reader.IsDBNull(6) ? null : reader.GetFieldValue<DateOnly>(6), [.. reader.GetFieldValue<string[]>(7)], reader.GetBoolean(8),
                Text(reader, 9), Text(reader, 10), reader.GetString(11), reader.GetString(12), reader.GetBoolean(13)));
        }

        return rows;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}

/// <summary>A study as the table holds it: the facts, and where they come from.</summary>
internal sealed record StudyRow(
    string StudyInstanceUid, string PatientId, string? IssuerOfPatientId, string? Department, ImmutableArray<string> Modality,
    string? ReferringPhysician, DateOnly? StudyDate, ImmutableArray<string> Labels, bool Finalized, string? AccessionNumber,
    string? Archive, string OrthancStudyId, string OrthancPatientId, bool Imported)
{
    public StudyFacts ToFacts() => new(
        StudyInstanceUid, PatientId, IssuerOfPatientId, Department, Modality, ReferringPhysician, StudyDate, Labels, Finalized, AccessionNumber);
}
