using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.BreakGlass.Offline;

/// <summary>The alarms of edges and whether somebody has looked: for whoever judges emergency access.</summary>
internal sealed class EdgeAlarmList(NpgsqlDataSource database) : ISubscription
{
    public const string CreateTable =
        """
        create table if not exists emergency_edge_alarm (
            edge text collate "C" not null, day text collate "C" not null, code text collate "C" not null, raised_at timestamptz not null,
            settled_at timestamptz, settled_by text, findings text,
            primary key (edge, day, code));
        """;

    private const int ShownMax = 200;

    public string Name => "EmergencyEdgeAlarms";

    /// <param name="Day">The day (UTC) under which the edge's page shows it.</param>
    /// <param name="SettledAt">When somebody had looked; null while nobody has.</param>
    public sealed record Item(
        string Edge, string Day, string Code, DateTimeOffset RaisedAt, DateTimeOffset? SettledAt, string? SettledBy, string? Findings);

    public Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ReadModelRows.ChangeAsync(batch, Change, transaction, cancellation);

    /// <summary>Those that nobody has looked at first, then the newest; at most 200.</summary>
    public async Task<IReadOnlyList<Item>> ReadAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select edge, day, code, raised_at, settled_at, settled_by, findings from emergency_edge_alarm
            order by settled_at is not null, raised_at desc, edge, code limit $1
            """);
        read.Parameters.Add(new() { Value = ShownMax });
        return await ReadModelRows.ReadAsync(
            read, row => new Item(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), ReadModelRows.Instant(row, 4),
                ReadModelRows.Text(row, 5), ReadModelRows.Text(row, 6)), cancellation);
    }

    private static NpgsqlBatchCommand? Change(StoredEvent stored) => stored.Data switch
    {
        // Raised again after somebody had looked, it waits for somebody again.
        EmergencyEdgeAlarmRaised e => ReadModelRows.Statement(
            """
            insert into emergency_edge_alarm (edge, day, code, raised_at) values ($1, $2, $3, $4)
            on conflict (edge, day, code) do update
                set raised_at = excluded.raised_at, settled_at = null, settled_by = null, findings = null
            """, e.Edge, DayOf(stored, e.Edge), e.Code, e.At.ToUniversalTime()),
        EmergencyEdgeAlarmSettled e => ReadModelRows.Statement(
            "update emergency_edge_alarm set settled_at = $4, settled_by = $5, findings = $6 where edge = $1 and day = $2 and code = $3",
            e.Edge, DayOf(stored, e.Edge), e.Code, e.At.ToUniversalTime(), e.By, e.Findings),
        _ => null,
    };

    private static string DayOf(StoredEvent stored, string edge) => EdgeDay.Streams.IdOf(stored.StreamId)[(edge.Length + 1)..];
}
