using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Journal;
using Npgsql;
using V1 = AccessGov.Contracts.PolicyDecision.V1;

namespace AccessGov.PolicyDecision.GeographyAlerts;

/// <summary>
/// Tells others of each alert. The journal may have a database of its own, so the message is durable before the alert is marked: killed in
/// between, it is told again under the same id, which whoever hears it drops.
/// </summary>
internal sealed class GeographyMessages(JournalDatabase journal, IMessageBus bus, TimeProvider clock, ILogger<GeographyMessages> log)
    : BackgroundService
{
    private const string Unpublished = """
        select a.evaluation_id, a.subject, a.kind, a.place, a.action, a.study, coalesce(d.permitted, false), a.at
        from geography_alert a
        left join decision d on d.at = a.at and d.evaluation_id = a.evaluation_id
        where not a.published order by a.evaluation_id limit 100 for update of a skip locked
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly FailureLog failures = new(clock, log);

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    /// <summary>Tells of what is there now, at most a hundred; answers how many.</summary>
    public async Task<int> PassAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await journal.Source.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await using var read = new NpgsqlCommand(Unpublished, connection, transaction);
        IReadOnlyList<V1.UnusualGeographyDetected> messages = await ReadModelRows.ReadAsync(read, Row, cancellation);
        foreach (V1.UnusualGeographyDetected message in messages)
        {
            await bus.PublishAsync(message, new PublishOptions($"geography-{message.UserId}", message.EvaluationId), cancellation);
        }

        await using var mark = new NpgsqlCommand(
            "update geography_alert set published = true where evaluation_id = any ($1)", connection, transaction);
        mark.Parameters.AddWithValue(messages.Select(message => message.EvaluationId).ToArray());
        await mark.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return messages.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan wait = Interval;
            try
            {
                wait = journal.Ready && await PassAsync(stoppingToken) > 0 ? TimeSpan.Zero : Interval;
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                failures.Failed("Alerts of unusual places cannot be told now", e.Message);
            }

            await Task.Delay(wait, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static V1.UnusualGeographyDetected Row(NpgsqlDataReader row) => new(
        row.GetString(1), row.GetString(2), row.GetString(3), row.GetGuid(0), row.GetString(4), ReadModelRows.Text(row, 5),
        row.GetBoolean(6), row.GetFieldValue<DateTimeOffset>(7));
}
