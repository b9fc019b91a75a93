using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>Which studies there are is asked of the table with one statement; what they are, the index knows as it does for evaluations.</summary>
internal sealed class StudyCatalogue(StudySchema schema, StudyIndex index) : IStudyCatalogue
{
    private const int StudiesAtOnce = 5_000;

    public async IAsyncEnumerable<SelectedStudy> FindAsync(StudySelection? selection, int studiesMax, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (string[] uids in (await UidsAsync(selection, studiesMax, cancellation)).Chunk(StudiesAtOnce))
        {
            IReadOnlyList<StudyFacts?> facts = await index.FindAsync(uids, cancellation);
            for (int i = 0; i < uids.Length; i++)
            {
                yield return new SelectedStudy(uids[i], DicomUid.IsValid(uids[i]) ? facts[i] : null);
            }
        }
    }

    public async IAsyncEnumerable<string> PatientsAsync(int patientsMax, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (string patient in await ReadAsync("select distinct patient_id from {0}.studies limit $1", cancellation, Value(patientsMax, NpgsqlDbType.Integer)))
        {
            yield return patient;
        }
    }

    public ValueTask<bool> KnowsPatientAsync(string patientId, CancellationToken cancellation) =>
        KnowsAsync("select patient_id from {0}.studies where patient_id = $1 limit 1", patientId, cancellation);

    public ValueTask<bool> KnowsReferrerAsync(string userId, CancellationToken cancellation) =>
        KnowsAsync("select referring_physician from {0}.studies where referring_physician = $1 limit 1", userId, cancellation);

    private async ValueTask<IReadOnlyList<string>> UidsAsync(StudySelection? selection, int studiesMax, CancellationToken cancellation)
    {
        const string Select = "select distinct study_instance_uid from {0}.studies ";
        NpgsqlParameter limit = Value(studiesMax, NpgsqlDbType.Integer);
        return selection is null
            ? await ReadAsync(Select + "limit $1", cancellation, limit)
            : await ReadAsync(
                Select + "where patient_id = any($2) or department = any($3) or referring_physician = $4 limit $1", cancellation, limit,
                Value(selection.Patients.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text), Value(selection.Departments.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
                Value(selection.ReferringPhysician, NpgsqlDbType.Text));
    }

    // PostgreSQL takes no NUL, so nothing with one is in a table.
    private async ValueTask<bool> KnowsAsync(string sql, string value, CancellationToken cancellation) =>
        !value.Contains('\0', StringComparison.Ordinal) && (await ReadAsync(sql, cancellation, Value(value, NpgsqlDbType.Text))).Count > 0;

    private async Task<IReadOnlyList<string>> ReadAsync(string sql, CancellationToken cancellation, params NpgsqlParameter[] parameters)
    {
        try
        {
            await using NpgsqlCommand command = schema.Database.CreateCommand(sql.Replace("{0}", schema.Name, StringComparison.Ordinal));
            command.Parameters.AddRange(parameters);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellation);
            var texts = new List<string>();
            while (await reader.ReadAsync(cancellation))
            {
                texts.Add(reader.GetString(0));
            }

            return texts;
        }
        catch (Exception failure) when (StoreOutage.LeftUnanswered(failure))
        {
            throw new StudyIndexUnavailableException(failure);
        }
    }

    private static NpgsqlParameter Value(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
