using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>Writes studies to the table, and tells the replicas in the same transaction which ones changed.</summary>
internal sealed class StudyWriter(StudySchema schema, FeedPositions positions)
{
    // A notification holds less than 8,000 bytes; a UID at most 64.
    private const int UidsPerNotification = 100;
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>What a person or system says about studies: it replaces what was known, whoever said it.</summary>
    /// <returns>The number of the change.</returns>
    public Task<long> ImportAsync(
        IReadOnlyList<StudyRow> rows, CancellationToken cancellation) => InTransactionAsync(async (connection, transaction) =>
    {
        await ExecuteAsync(connection, transaction,
            $"""
            delete from {schema.Name}.studies old using jsonb_to_recordset($1) as new (study_instance_uid text, patient_id text)
            where old.study_instance_uid = new.study_instance_uid and old.patient_id <> new.patient_id
            """, rows, cancellation);
        await ExecuteAsync(connection, transaction, InsertInto(
            """
            patient_id = excluded.patient_id, issuer_of_patient_id = excluded.issuer_of_patient_id, department = excluded.department,
            modality = excluded.modality, referring_physician = excluded.referring_physician, study_date = excluded.study_date,
            labels = excluded.labels,
            finalized = excluded.finalized, accession_number = excluded.accession_number, imported = true, updated_at = now()
            """), rows, cancellation);
        return rows.Select(row => row.StudyInstanceUid);
    }, cancellation);

    /// <summary>
    /// What an archive shows of studies, and how far it has been followed, together. An import knows better about department, physician,
    /// labels and finalization; the archive knows better about everything else.
    /// </summary>
    public Task FeedAsync(
        string archive, long? position, IReadOnlyList<StudyRow> rows, IReadOnlyList<string> goneOrthancIds,
        CancellationToken cancellation) =>
        InTransactionAsync(async (connection, transaction) =>
        {
            var gone = new List<string>();
            if (goneOrthancIds.Count > 0)
            {
                await using var delete = new NpgsqlCommand(
                    $"delete from {schema.Name}.studies where archive = $1 and orthanc_study_id = any($2) returning study_instance_uid",
                    connection, transaction);
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
                await positions.MoveAsync(archive, reached, connection, transaction, cancellation);
            }

            return gone.Concat(rows.Select(row => row.StudyInstanceUid));
        }, cancellation);

    /// <summary>Whether there was such a study, and the number of the change.</summary>
    public async Task<(bool Removed, long Change)> RemoveAsync(string studyInstanceUid, CancellationToken cancellation)
    {
        int removed = 0;
        long change = await InTransactionAsync(async (connection, transaction) =>
        {
            await using var delete = new NpgsqlCommand(
                $"delete from {schema.Name}.studies where study_instance_uid = $1", connection, transaction);
            delete.Parameters.AddWithValue(studyInstanceUid);
            removed = await delete.ExecuteNonQueryAsync(cancellation);
            return [studyInstanceUid];
        }, cancellation);
        return (removed > 0, change);
    }

    private string InsertInto(string onConflict) =>
        $"""
        insert into {schema.Name}.studies as studies (
            study_instance_uid, patient_id, issuer_of_patient_id, department, modality, referring_physician, study_date,
            labels, finalized, accession_number, archive, orthanc_study_id, orthanc_patient_id, imported)
        select study_instance_uid, patient_id, issuer_of_patient_id, department, modality, referring_physician,
            study_date, labels, finalized, accession_number, archive, orthanc_study_id, orthanc_patient_id, imported
        from jsonb_to_recordset($1) as new (
            study_instance_uid text, patient_id text, issuer_of_patient_id text, department text, modality text[],
            referring_physician text, study_date date, labels text[], finalized boolean, accession_number text, archive text,
            orthanc_study_id text, orthanc_patient_id text, imported boolean)
        on conflict (study_instance_uid, orthanc_study_id) do update set {onConflict}
        """;

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, IReadOnlyList<StudyRow> rows,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        command.Parameters.AddWithValue(NpgsqlDbType.Jsonb, JsonSerializer.Serialize(rows, Json));
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<long> InTransactionAsync(
        Func<NpgsqlConnection, NpgsqlTransaction, Task<IEnumerable<string>>> write, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await schema.Database.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        // Imports are rare and large: one after the other they cannot deadlock over the same rows.
        await using var serialise = new NpgsqlCommand(
            $"select pg_advisory_xact_lock(hashtext('{schema.Name}.studies'))", connection, transaction);
        await serialise.ExecuteNonQueryAsync(cancellation);
        string[] changed = [.. await write(connection, transaction)];
        long change = changed.Length == 0 ? 0 : await StudyChanges.AddAsync(schema.Name, changed, connection, transaction, cancellation);
        foreach (string[] uids in changed.Chunk(UidsPerNotification))
        {
            await using var notify = new NpgsqlCommand("select pg_notify($1, $2)", connection, transaction);
            notify.Parameters.AddWithValue(schema.Channel);
            notify.Parameters.AddWithValue(string.Join(',', uids));
            await notify.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return change;
    }
}
