using AccessGov.Audit.Trail;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Export.Destinations;

/// <summary>How all destinations are doing.</summary>
internal sealed class DestinationStates(IOptions<ExportOptions> options, TrailDatabase database)
{
    private readonly Dictionary<string, DestinationState> states = options.Value.Destinations.ToDictionary(
        pair => pair.Key, pair => new DestinationState(pair.Key, pair.Value), StringComparer.Ordinal);

    public DestinationState Of(string name) => states[name];

    /// <summary>With their positions, whichever process moves them.</summary>
    public async Task<IReadOnlyList<DestinationReport>> ReadAsync(CancellationToken cancellation)
    {
        if (states.Count == 0)
        {
            return [];
        }

        var positions = new Dictionary<string, long>(StringComparer.Ordinal);
        long head = 0;
        await using NpgsqlCommand read = database.Read.CreateCommand(
            "select head.size, progress.name, progress.size from trail.head left join trail.progress on progress.name = any($1)");
        read.Parameters.AddWithValue(states.Keys.Select(ExportPosition.NameOf).ToArray());
        await using NpgsqlDataReader rows = await read.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            head = rows.GetInt64(0);
            if (!rows.IsDBNull(1))
            {
                positions[rows.GetString(1)] = rows.GetInt64(2);
            }
        }

        return [.. states.OrderBy(state => state.Key, StringComparer.Ordinal)
            .Select(state => WithPosition(state.Value.Report, positions, head))];
    }

    private static DestinationReport WithPosition(DestinationReport report, Dictionary<string, long> positions, long head) =>
        positions.TryGetValue(ExportPosition.NameOf(report.Name), out long position)
            ? report with { Position = position, Lag = Math.Max(0, head - position) }
            : report;
}
