using AccessGov.Audit.Copies;
using AccessGov.Audit.Export.Destinations;
using AccessGov.Audit.Trail;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Retention;

/// <summary>Looks how much of the trail may be removed. Thread-safe.</summary>
internal sealed class PrunableLook(
    TrailReader trail, RetentionClasses classes, IOptions<ExportOptions> exports, IOptions<CopiesOptions> copies, TimeProvider clock)
{
    private readonly string[] readers =
    [
        "search", .. exports.Value.Destinations.Keys.Select(ExportPosition.NameOf),
        .. copies.Value.Copies.Keys.Select(name => $"copy:{name}"),
    ];

    public async Task<PrunableTrail> RunAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand(
            """
            select (select min(year) from trail.data_key),
                (select min(coalesce(from_at, '0001-01-01 00:00:00+00')) from trail.legal_hold where lifted_at is null),
                exists (select 1 from trail.shredding where state in ('approved', 'condemned', 'recorded', 'destroyed')),
                (select array_agg(coalesce(size, 0) order by n) from unnest($1::text[]) with ordinality a (name, n)
                    left join trail.progress p on p.name = a.name),
                (select min(year) from trail.class_year where class <> all($2) and year >= $3),
                array(select distinct class from trail.class_year where class <> all($2) and year >= $3 order by class)
            """, connection, transaction)
        {
            Parameters = { Texts(readers), Texts([.. classes.All.Select(one => one.Name)]), new() { Value = FirstYear() } },
        };
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        int known = PrunableTrail.FirstYearToKeep(
            classes.All, row.IsDBNull(0) ? null : row.GetInt32(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1),
            clock.GetUtcNow());
        int unknown = row.IsDBNull(4) ? int.MaxValue : row.GetInt32(4);
        int year = Math.Min(known, unknown);
        long greatest = trail.FirstReceivedAt(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero), trail.Size);
        return new PrunableTrail(
            trail.Minimum, greatest - (greatest % Tile.WidthMax), row.GetBoolean(2),
            readers.Zip(row.GetFieldValue<long[]>(3)).ToDictionary(one => one.First, one => one.Second, StringComparer.Ordinal))
        {
            UnknownClasses = unknown < known ? row.GetFieldValue<string[]>(5) : [],
        };
    }

    /// <summary>The year of the first leaf that there is: what was of classes before it is gone.</summary>
    private int FirstYear() => trail.Leaf(trail.Minimum) is { } leaf ? TrailEntry.Parse(leaf).ReceivedAt.UtcDateTime.Year : 1;

    private static NpgsqlParameter Texts(string[] values) =>
        new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
