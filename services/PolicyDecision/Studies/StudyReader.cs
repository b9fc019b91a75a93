using Npgsql;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>Reads studies from the tables.</summary>
internal sealed class StudyReader(StudySchema schema)
{
    private const string Columns =
        """
        study_instance_uid, patient_id, issuer_of_patient_id, department, modality, referring_physician, study_date, labels, finalized,
            accession_number, archive, orthanc_study_id, orthanc_patient_id, imported
        """;

    /// <summary>The rows of one UID, what an import said first: of one patient each when the study is clear, of two when it is not.</summary>
    public async Task<IReadOnlyList<StudyRow>> FindAsync(string studyInstanceUid, CancellationToken cancellation) =>
        [.. (await ReadAsync("study_instance_uid = $1 order by imported desc, orthanc_study_id", studyInstanceUid, cancellation)).DistinctBy(row => row.PatientId)];

    /// <summary>The same for many UIDs at once: the rows of each, one for each patient.</summary>
    public async Task<ILookup<string, StudyRow>> FindAsync(IReadOnlyCollection<string> studyInstanceUids, CancellationToken cancellation) =>
        (await ReadAsync("study_instance_uid = any($1) order by study_instance_uid, imported desc, orthanc_study_id", studyInstanceUids.ToArray(), cancellation))
            .DistinctBy(row => (row.StudyInstanceUid, row.PatientId)).ToLookup(row => row.StudyInstanceUid, StringComparer.Ordinal);

    public Task<IReadOnlyList<StudyRow>> FindByOrthancStudyAsync(string orthancId, CancellationToken cancellation) =>
        ReadAsync("orthanc_study_id = $1 limit 2", orthancId, cancellation);

    public Task<IReadOnlyList<StudyRow>> FindByOrthancPatientAsync(string orthancId, CancellationToken cancellation) =>
        ReadAsync("orthanc_patient_id = $1 limit 1", orthancId, cancellation);

    public async Task<bool> IsOnlySpellingAsync(string patientId, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = schema.Database.CreateCommand(
            $"""
            select not exists (select from {schema.Name}.studies
                where upper(regexp_replace(patient_id, '[^ -~]', '', 'g')) collate "C" = upper($1) collate "C" and patient_id <> $1)
            """);
        command.Parameters.AddWithValue(patientId);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Ids of the studies that came from an archive.</summary>
    public async Task<HashSet<string>> OrthancStudiesAsync(string archive, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = schema.Database.CreateCommand($"select orthanc_study_id from {schema.Name}.studies where archive = $1");
        command.Parameters.AddWithValue(archive);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            ids.Add(reader.GetString(0));
        }

        return ids;
    }

    /// <summary>All that was ever said of those of the studies of which not always the same was said.</summary>
    public async Task<ILookup<string, StudyVersion>> VersionsAsync(IReadOnlyCollection<string> studyInstanceUids, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = schema.Database.CreateCommand(
            $"""
            with changed as (select distinct study_instance_uid from {schema.Name}.studies_past where study_instance_uid = any($1))
            select {Columns}, since, null::timestamptz as until from {schema.Name}.studies join changed using (study_instance_uid)
            union all
            select {Columns}, since, until from {schema.Name}.studies_past join changed using (study_instance_uid)
            """);
        command.Parameters.AddWithValue(studyInstanceUids.ToArray());
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        var versions = new List<StudyVersion>();
        while (await reader.ReadAsync(cancellation))
        {
            versions.Add(new StudyVersion(Row(reader), reader.GetFieldValue<DateTimeOffset>(14), reader.IsDBNull(15) ? DateTimeOffset.MaxValue : reader.GetFieldValue<DateTimeOffset>(15)));
        }

        return versions.ToLookup(version => version.Row.StudyInstanceUid, StringComparer.Ordinal);
    }

    private async Task<IReadOnlyList<StudyRow>> ReadAsync(string condition, object value, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = schema.Database.CreateCommand($"select {Columns} from {schema.Name}.studies where {condition}");
        command.Parameters.AddWithValue(value);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<StudyRow>();
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(Row(reader));
        }

        return rows;
    }

    private static StudyRow Row(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), Text(reader, 2), Text(reader, 3), [.. reader.GetFieldValue<string[]>(4)], Text(reader, 5),
        reader.IsDBNull(6) ? null : reader.GetFieldValue<DateOnly>(6), [.. reader.GetFieldValue<string[]>(7)], reader.GetBoolean(8),
        Text(reader, 9), Text(reader, 10), reader.GetString(11), reader.GetString(12), reader.GetBoolean(13));

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
