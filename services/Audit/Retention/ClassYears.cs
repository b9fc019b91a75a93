using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Retention;

/// <summary>
/// Keeps which retention classes there are leaves of, by year: leaves do not say it themselves, and one that needed no key would be
/// forgotten together with its class. For the sequencer, which is one; not safe for use by several threads at once.
/// </summary>
internal sealed class ClassYears
{
    private readonly HashSet<(string Class, int Year)> noted = [];

    /// <summary>Notes them in the transaction that gives their events places; forget all when it does not commit.</summary>
    public async Task NoteAsync(IEnumerable<(string Class, int Year)> all, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        (string Class, int Year)[] missing = [.. all.Distinct().Where(one => !noted.Contains(one))];
        if (missing.Length == 0)
        {
            return;
        }

        await using var insert = new NpgsqlCommand(
            "insert into trail.class_year (class, year) select * from unnest($1, $2) on conflict do nothing",
            transaction.Connection, transaction)
        {
            Parameters =
            {
                new() { Value = missing.Select(one => one.Class).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = missing.Select(one => one.Year).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellation);
        noted.UnionWith(missing);
    }

    /// <summary>Drops what is in memory: it may not be in the database.</summary>
    public void Forget() => noted.Clear();
}
