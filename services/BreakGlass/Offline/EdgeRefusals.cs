using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.BreakGlass.Offline;

/// <summary>What an edge refused on each day: which runs of its lines tell of it, and how often in all.</summary>
internal sealed class EdgeRefusals(NpgsqlDataSource database, IEventStore store) : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists emergency_edge_refusal (
            edge text collate "C" not null, day text collate "C" not null, position bigint not null, run text collate "C" not null,
            code text collate "C" not null, times bigint not null,
            primary key (edge, day, position));
        """;

    private const int RunsShownMax = 100;

    public string Name => "EmergencyEdgeRefusals";

    /// <param name="Code">Why.</param>
    /// <param name="Times">How often on the whole day.</param>
    public sealed record Total(string Code, long Times);

    public Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ReadModelRows.ChangeAsync(batch, Change, transaction, cancellation);

    /// <summary>How often it refused what, the most frequent first.</summary>
    public async Task<IReadOnlyList<Total>> TotalsAsync(string edge, string day, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = Read(
            """
            select code, sum(times)::bigint from emergency_edge_refusal where edge = $1 and day = $2
            group by code order by sum(times) desc, code
            """, edge, day);
        return await ReadModelRows.ReadAsync(read, row => new Total(row.GetString(0), row.GetInt64(1)), cancellation);
    }

    /// <summary>What the lines of the day's runs told, and of those that its alarms began with; of the latest 100 runs.</summary>
    /// <param name="edge">Which edge.</param>
    /// <param name="day">The day.</param>
    /// <param name="alarms">The runs that alarms name: here, too, where the list is behind or they came just before midnight.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<IReadOnlyList<StoredEvent>> ReadAsync(
        string edge, string day, IEnumerable<string> alarms, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = Read(
            """
            select run from emergency_edge_refusal where edge = $1 and day = $2
            group by run order by max(position) desc limit $3
            """, edge, day, RunsShownMax);
        IReadOnlyList<string> runs = await ReadModelRows.ReadAsync(read, row => row.GetString(0), cancellation);
        List<StoredEvent> told = [];
        foreach (string run in runs.Union(alarms, StringComparer.Ordinal))
        {
            told.AddRange((await store.LoadAsync(RefusalRun.Streams.StreamId(run), cancellation)).Events);
        }

        return told;
    }

    private NpgsqlCommand Read(string sql, params object[] values)
    {
        NpgsqlCommand read = database.CreateCommand(sql);
        Array.ForEach(values, value => read.Parameters.Add(new() { Value = value }));
        return read;
    }

    private static NpgsqlBatchCommand? Change(StoredEvent stored) => stored.Data is not EmergencyCapabilityRefused e
        || !stored.StreamId.StartsWith($"{RefusalRun.Streams.Name}-", StringComparison.Ordinal) ? null
        : ReadModelRows.Statement(
            "insert into emergency_edge_refusal (edge, day, position, run, code, times) values ($1, $2, $3, $4, $5, $6)",
            e.Edge, EdgeDay.DayOf(e.TakenOverAt ?? stored.RecordedAt), stored.Position, RefusalRun.Streams.IdOf(stored.StreamId), e.Code,
            e.Times);
}
