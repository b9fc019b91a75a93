using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace AccessGov.Messaging;

/// <summary>Puts the queue's figures into <c>/health</c>; degraded when messages wait too long or are dead, unhealthy when the queue cannot be read.</summary>
internal sealed class MessagingHealthCheck(QueueFigures figures, MessagingOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        QueueState queue;
        try
        {
            queue = await figures.ReadAsync(cancellationToken);
        }
        catch (NpgsqlException away)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The queue {options.Queue} cannot be read.", away);
        }

        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [$"{queue.Queue}.waiting"] = queue.Waiting,
            [$"{queue.Queue}.retrying"] = queue.Retrying,
            [$"{queue.Queue}.blocked"] = queue.Blocked,
            [$"{queue.Queue}.oldest_waiting_seconds"] = Math.Round(queue.OldestWaiting.TotalSeconds, 3),
            [$"{queue.Queue}.scheduled"] = queue.Scheduled,
            [$"{queue.Queue}.dead"] = queue.Dead,
        };
        string? complaint = queue switch
        {
            _ when queue.Dead >= options.DegradedWhenDead =>
                $"{queue.Dead} dead letters in {queue.Queue}, and {queue.Blocked} messages wait behind them: replay or discard them.",
            _ when queue.OldestWaiting > options.DegradedWhenWaitingFor =>
                $"Messages in {queue.Queue} have waited for {queue.OldestWaiting.TotalSeconds:0} seconds.",
            _ => null,
        };
        return complaint is null ? HealthCheckResult.Healthy(null, data) : HealthCheckResult.Degraded(complaint, null, data);
    }
}
