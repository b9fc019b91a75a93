using System.Runtime.CompilerServices;
using Npgsql;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>The study index read in breadth from the table, one statement for each question.</summary>
internal sealed class StudyCatalogue(StudySchema schema) : IStudyCatalogue
{
    public async IAsyncEnumerable<SelectedStudy> FindAsync(StudySelection? selection, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // All rows of a study are read, also those that are not of the selection: a contradiction must be seen as evaluation sees it.
        string condition = selection is null ? "true"
            : $"study_instance_uid in (select study_instance_uid from {schema.Name}.studies where patient_id = any($1) or department = any($2) or referring_physician = $3)";
        await using NpgsqlCommand command = schema.Database.CreateCommand(
            $"""
            select {StudyReader.Columns} from {schema.Name}.studies where {condition} order by study_instance_uid, imported desc, orthanc_study_id
            """);
        if (selection is not null)
        {
            command.Parameters.AddWithValue(selection.Patients.ToArray());
            command.Parameters.AddWithValue(selection.Departments.ToArray());
            command.Parameters.Add(new NpgsqlParameter { Value = (object?)selection.ReferringPhysician ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        }

        await using NpgsqlDataReader reader = await OrUnavailableAsync(() => command.ExecuteReaderAsync(cancellation));
        StudyRow? first = null;
        bool isClear = true;
        while (await OrUnavailableAsync(() => reader.ReadAsync(cancellation)))
        {
            StudyRow row = StudyReader.Row(reader);
            if (first is not null && row.StudyInstanceUid == first.StudyInstanceUid)
            {
                isClear &= row.PatientId == first.PatientId;
                continue;
            }

            if (first is not null)
            {
                yield return Selected(first, isClear);
            }

            (first, isClear) = (row, true);
        }

        if (first is not null)
        {
            yield return Selected(first, isClear);
        }
    }

    public async IAsyncEnumerable<string> PatientsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using NpgsqlCommand command = schema.Database.CreateCommand($"select distinct patient_id from {schema.Name}.studies");
        await using NpgsqlDataReader reader = await OrUnavailableAsync(() => command.ExecuteReaderAsync(cancellation));
        while (await OrUnavailableAsync(() => reader.ReadAsync(cancellation)))
        {
            yield return reader.GetString(0);
        }
    }

    public ValueTask<bool> KnowsPatientAsync(string patientId, CancellationToken cancellation) => ExistsAsync("patient_id", patientId, cancellation);

    public ValueTask<bool> KnowsReferrerAsync(string userId, CancellationToken cancellation) => ExistsAsync("referring_physician", userId, cancellation);

    private async ValueTask<bool> ExistsAsync(string column, string value, CancellationToken cancellation)
    {
        // PostgreSQL takes no NUL, so nothing with one is in a table.
        if (value.Contains('\0', StringComparison.Ordinal))
        {
            return false;
        }

        await using NpgsqlCommand command = schema.Database.CreateCommand($"select exists (select from {schema.Name}.studies where {column} = $1)");
        command.Parameters.AddWithValue(value);
        return (bool)(await OrUnavailableAsync(() => command.ExecuteScalarAsync(cancellation)))!;
    }

    private static SelectedStudy Selected(StudyRow row, bool isClear) =>
        new(row.StudyInstanceUid, isClear && DicomUid.IsValid(row.StudyInstanceUid) ? row.ToFacts() : null);

    private static async Task<T> OrUnavailableAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (StudyIndex.IsOutage(failure))
        {
            throw new StudyIndexUnavailableException(failure);
        }
    }
}
