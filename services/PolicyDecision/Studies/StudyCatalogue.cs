using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>Which studies there are is asked of the table with one statement; what they are, the index knows as it does for evaluations.</summary>
internal sealed class StudyCatalogue(StudySchema schema, StudyIndex index) : IStudyCatalogue
{
    private const int StudiesAtOnce = 500;

    public async IAsyncEnumerable<SelectedStudy> FindAsync(StudySelection? selection, int studiesMax, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using NpgsqlCommand select = Select(selection, studiesMax);
        await using NpgsqlDataReader rows = await UnlessOutageAsync(() => select.ExecuteReaderAsync(cancellation));

        // While some are looked at, the next ones are read.
        Task<IReadOnlyList<SelectedStudy>> next = Task.Run(() => StudiesAsync(rows, cancellation), cancellation);
        try
        {
            while (await next is { Count: > 0 } studies)
            {
                next = Task.Run(() => StudiesAsync(rows, cancellation), cancellation);
                foreach (SelectedStudy study in studies)
                {
                    yield return study;
                }
            }
        }
        finally
        {
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private NpgsqlCommand Select(StudySelection? selection, int studiesMax)
    {
        const string Uids = "select distinct study_instance_uid from {0}.studies ";
        NpgsqlParameter limit = Value(studiesMax, NpgsqlDbType.Integer);
        return selection is null
            ? Command(Uids + "limit $1", limit)
            : Command(
                Uids + "where patient_id = any($2) or department = any($3) or referring_physician = $4 limit $1", limit,
                Value(selection.Patients.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text), Value(selection.Departments.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
                Value(selection.ReferringPhysician, NpgsqlDbType.Text));
    }

    /// <summary>The next studies of the rows; none at their end.</summary>
    private async Task<IReadOnlyList<SelectedStudy>> StudiesAsync(NpgsqlDataReader rows, CancellationToken cancellation)
    {
        List<string> uids = await UnlessOutageAsync(() => TextsAsync(rows, StudiesAtOnce, cancellation));
        IReadOnlyList<StudyFacts?> facts = await index.FindAsync(uids, cancellation);
        return [.. uids.Select((uid, i) => new SelectedStudy(uid, DicomUid.IsValid(uid) ? facts[i] : null))];
    }

    // PostgreSQL takes no NUL, so nothing with one is in a table.
    private async ValueTask<bool> KnowsAsync(string sql, string value, CancellationToken cancellation) =>
        !value.Contains('\0', StringComparison.Ordinal) && (await ReadAsync(sql, cancellation, Value(value, NpgsqlDbType.Text))).Count > 0;

    private async Task<IReadOnlyList<string>> ReadAsync(string sql, CancellationToken cancellation, params NpgsqlParameter[] parameters)
    {
        await using NpgsqlCommand command = Command(sql, parameters);
        return await UnlessOutageAsync(async () =>
        {
            await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(cancellation);
            return await TextsAsync(rows, int.MaxValue, cancellation);
        });
    }

    private static async Task<List<string>> TextsAsync(NpgsqlDataReader rows, int textsMax, CancellationToken cancellation)
    {
        var texts = new List<string>();
        while (texts.Count < textsMax && await rows.ReadAsync(cancellation))
        {
            texts.Add(rows.GetString(0));
        }

        return texts;
    }

    private NpgsqlCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        NpgsqlCommand command = schema.Database.CreateCommand(sql.Replace("{0}", schema.Name, StringComparison.Ordinal));
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static async Task<T> UnlessOutageAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception failure) when (StoreOutage.LeftUnanswered(failure))
        {
            throw new StudyIndexUnavailableException(failure);
        }
    }

    private static NpgsqlParameter Value(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
