using System.Globalization;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using Npgsql;

namespace AccessGov.Audit.Search;

/// <summary>Finds entries in the table that the indexer fills. Thread-safe.</summary>
internal sealed class EntrySearch(TrailDatabase database, SubjectLookup subjects, TrailReader trail)
{
    /// <summary>Facets are counted over so many of the newest that match.</summary>
    public const int FacetsOver = 100_000;

    private static readonly string[] FacetColumns = ["action", "outcome", "service", "kind"];

    /// <summary>A page of what matches, newest first.</summary>
    public async Task<IReadOnlyList<FoundEntry>> FindAsync(EntryFilter filter, CancellationToken cancellation)
    {
        await using var find = new NpgsqlCommand();
        find.CommandText =
            $"""
            select {IndexedColumns.Names} from trail.entry where {Kept} and {filter.Conditions(find.Parameters, subjects)}
            order by at desc, seq desc limit {filter.Limit}
            """;
        await using NpgsqlConnection connection = await database.Read.OpenConnectionAsync(cancellation);
        find.Connection = connection;
        await using NpgsqlDataReader rows = await find.ExecuteReaderAsync(cancellation);
        var found = new List<FoundEntry>();
        while (await rows.ReadAsync(cancellation))
        {
            found.Add(Read(rows));
        }

        return found;
    }

    /// <summary>How what matches divides by action, outcome, service and kind.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<Facet>>> FacetsAsync(EntryFilter filter, CancellationToken cancellation)
    {
        await using var count = new NpgsqlCommand();
        string columns = string.Join(", ", FacetColumns);
        count.CommandText =
            $"""
            with matching as (
                select {columns} from trail.entry where {Kept} and {filter.Conditions(count.Parameters, subjects)}
                order by at desc, seq desc limit {FacetsOver})
            select case {string.Concat(FacetColumns.Select(column => $" when grouping({column}) = 0 then '{column}'"))} end,
                coalesce({columns}), count(*)
            from matching group by grouping sets ({string.Join(", ", FacetColumns.Select(column => $"({column})"))})
            order by 1, 3 desc, 2
            """;
        await using NpgsqlConnection connection = await database.Read.OpenConnectionAsync(cancellation);
        count.Connection = connection;
        await using NpgsqlDataReader rows = await count.ExecuteReaderAsync(cancellation);
        var facets = FacetColumns.ToDictionary(column => column, _ => new List<Facet>(), StringComparer.Ordinal);
        while (await rows.ReadAsync(cancellation))
        {
            facets[rows.GetString(0)].Add(new Facet(rows.GetString(1), rows.GetInt64(2)));
        }

        return facets.ToDictionary(pair => pair.Key, IReadOnlyList<Facet> (pair) => pair.Value, StringComparer.Ordinal);
    }

    /// <summary>What was pruned is not found: nobody could show it. Its rows go when the table's owner removes them.</summary>
    private string Kept => trail.Minimum is > 0 and var minimum ? string.Create(CultureInfo.InvariantCulture, $"seq >= {minimum}") : "true";

    private static FoundEntry Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetFieldValue<DateTimeOffset>(2), row.GetString(3), row.GetString(4),
        row.GetString(5), row.GetString(6), Text(row, 7), Text(row, 8), Text(row, 9), Text(row, 10), Text(row, 11), Text(row, 12),
        Text(row, 13), Text(row, 14), Text(row, 15), Text(row, 16), Text(row, 17));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
