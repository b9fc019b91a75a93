using System.Globalization;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.BreakGlass.Offline;

/// <summary>
/// When each edge was heard last and how much of its journal is not here yet, as it says itself; degraded where one was silent too long or
/// its journal waits. Not rebuilt from events: what was heard is of this moment. Thread-safe.
/// </summary>
internal sealed class EdgePresence(
    NpgsqlDataSource database, IEventStore store, IOptions<OfflineOptions> options, TimeProvider clock, ILogger<EdgePresence> log)
    : IHealthCheck
{
    public const string CreateTable =
        """
        create table if not exists emergency_edge (
            edge text collate "C" primary key, heard_at timestamptz not null, lines bigint, waiting_since timestamptz);
        """;

    // While this service was away nobody could be heard.
    private readonly DateTimeOffset since = clock.GetUtcNow();

    /// <param name="HeardAt">When it was heard last; null when it never was.</param>
    /// <param name="Merged">The last line of its journal that is here.</param>
    /// <param name="Lines">How many its journal has, as it said; null when it did not say.</param>
    /// <param name="WaitingSince">Since when lines are not here that it has; null where none are.</param>
    /// <param name="Silent">Whether it was silent for too long.</param>
    /// <param name="Waiting">Whether its journal has waited for too long.</param>
    public sealed record Item(
        string Edge, DateTimeOffset? HeardAt, long Merged, long? Lines, DateTimeOffset? WaitingSince, bool Silent, bool Waiting);

    /// <summary>It asks for something. Where that cannot be written down the log says so, and the edge will be silent in health.</summary>
    /// <param name="edge">Which.</param>
    /// <param name="lines">How many lines its journal has; null when it does not say.</param>
    /// <param name="cancellation">Ends the writing.</param>
    public async Task TryHearAsync(string edge, long? lines, CancellationToken cancellation)
    {
        try
        {
            await HearAsync(edge, lines, cancellation);
        }
        catch (NpgsqlException failure)
        {
            log.LogWarning("That the edge {Edge} was heard cannot be written down: {Failure}", edge, failure.Message);
        }
    }

    /// <summary>The edges of the settings.</summary>
    public async Task<IReadOnlyList<Item>> ReadAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select name, heard_at, coalesce((select max(sequence) from edge_journal where edge = name), 0), lines, waiting_since
            from unnest($1::text[]) name left join emergency_edge on edge = name order by name collate "C"
            """);
        read.Parameters.Add(new() { Value = options.Value.Edges.Keys.ToArray() });
        DateTimeOffset late = clock.GetUtcNow() - options.Value.EdgeSilence;
        return await ReadModelRows.ReadAsync(
            read, row =>
            {
                (DateTimeOffset? heard, long merged, long? lines) =
                    (ReadModelRows.Instant(row, 1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetInt64(3));
                DateTimeOffset? waiting = lines > merged ? ReadModelRows.Instant(row, 4) : null;
                return new Item(
                    row.GetString(0), heard, merged, lines, waiting, (heard > since ? heard : since) <= late, waiting <= late);
            }, cancellation);
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!store.Started.IsCompletedSuccessfully || options.Value.Edges.Count == 0)
        {
            // Before the tables are there nothing is known; the event store says that.
            return HealthCheckResult.Healthy();
        }

        IReadOnlyList<Item> edges = await ReadAsync(cancellationToken);
        var data = edges.ToDictionary(
            edge => edge.Edge, object (edge) => (edge.HeardAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)) ?? "never heard",
            StringComparer.Ordinal);
        string[] wrong =
        [
            .. edges.Where(edge => edge.Silent).Select(edge => $"the edge {edge.Edge} was not heard for too long"),
            .. edges.Where(edge => edge.Waiting)
                .Select(edge => $"{edge.Lines - edge.Merged} lines of the edge {edge.Edge} are not taken over"),
        ];
        return wrong.Length == 0 ? HealthCheckResult.Healthy(null, data)
            : HealthCheckResult.Degraded($"{string.Join("; ", wrong)}.", null, data);
    }

    /// <summary>What it had when it was heard last has come since: what it has now waits since now.</summary>
    private async Task HearAsync(string edge, long? lines, CancellationToken cancellation)
    {
        await using NpgsqlCommand write = database.CreateCommand(
            """
            with here as (select coalesce(max(sequence), 0) as merged from edge_journal where edge = $1)
            insert into emergency_edge as known (edge, heard_at, lines, waiting_since)
            select $1, $2, $3, case when $3 > merged then $2 end from here
            on conflict (edge) do update set heard_at = excluded.heard_at, lines = coalesce(excluded.lines, known.lines),
                waiting_since = case when excluded.waiting_since is null then null
                    when known.lines <= (select merged from here) then excluded.waiting_since
                    else coalesce(known.waiting_since, excluded.waiting_since) end
            """);
        write.Parameters.Add(new() { Value = edge });
        write.Parameters.Add(new() { Value = clock.GetUtcNow() });
        write.Parameters.Add(ReadModelRows.Optional(lines, NpgsqlTypes.NpgsqlDbType.Bigint));
        await write.ExecuteNonQueryAsync(cancellation);
    }
}
