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
                    left join trail.progress p on p.name = a.name)
            """, connection, transaction)
        {
            Parameters = { new() { Value = readers, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } },
        };
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        int year = PrunableTrail.FirstYearToKeep(
            classes.All, row.IsDBNull(0) ? null : row.GetInt32(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1),
            clock.GetUtcNow());
        long greatest = trail.FirstReceivedAt(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero), trail.Size);
        return new PrunableTrail(
            trail.Minimum, greatest - (greatest % Tile.WidthMax), row.GetBoolean(2),
            readers.Zip(row.GetFieldValue<long[]>(3)).ToDictionary(one => one.First, one => one.Second, StringComparer.Ordinal));
    }
}
