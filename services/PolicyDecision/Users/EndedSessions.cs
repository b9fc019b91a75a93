using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.PolicyDecision.Users;

/// <summary>
/// Which sessions are over, as IdentityFederation tells: whichever replica hears of it writes it down, and every replica reads it within a moment and takes no
/// token of the session any more. Rows are kept for as long as a token may live, so this is no matter for events, which are kept for ever.
/// </summary>
internal sealed class EndedSessions(
    NpgsqlDataSource database, IEventStore store, ITokenValidator tokens, DisabledClients clients, IOptions<AuthenticationSettings> settings, TimeProvider clock,
    ILogger<EndedSessions> logger)
    : BackgroundService, IHealthCheck
{
    public const string CreateTable =
        """
        create table if not exists ended_session (id text primary key, heard_at timestamptz not null default clock_timestamp());
        create index if not exists ended_session_by_time on ended_session (heard_at);
        """;

    private static readonly TimeSpan ReadEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan DegradedAfter = TimeSpan.FromSeconds(10);

    // A transaction that began earlier may commit later: what was written lately is read again.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30);

    private readonly FailureLog failures = new(clock, logger);
    private HashSet<string> recent = new(StringComparer.Ordinal);
    private DateTimeOffset? from;
    private long readAt;
    private volatile bool isRead;

    /// <summary>Writes down that a session is over, and forgets those whose tokens have expired by themselves.</summary>
    public static async Task AddAsync(string session, TimeSpan tokensLastFor, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                ReadModelRows.Statement("insert into ended_session (id) values ($1) on conflict do nothing", session),
                ReadModelRows.Statement(
                    """
                    delete from ended_session where id in (
                        select id from ended_session where heard_at < clock_timestamp() - $1 order by heard_at limit 10 for update skip locked)
                    """, tokensLastFor + Overlap),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !isRead ? HealthCheckResult.Unhealthy("It is not known yet which sessions are over and which clients disabled.")
        : clock.GetElapsedTime(Volatile.Read(ref readAt)) > DegradedAfter ? HealthCheckResult.Degraded("It cannot be read which sessions are over and which clients disabled.")
        : HealthCheckResult.Healthy());

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await store.Started.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ReadAsync(stoppingToken);
                await clients.ReadAsync(stoppingToken);
                Volatile.Write(ref readAt, clock.GetTimestamp());
                isRead = true;
                failures.Over();
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                failures.Outage("It cannot be read which sessions are over, it is tried again until it can", e.Message, e);
            }

            await Task.Delay(ReadEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand("select id, heard_at from ended_session where heard_at > $1");
        command.Parameters.Add(new() { Value = from ?? clock.GetUtcNow() - settings.Value.LongestLifetime - Overlap });
        IReadOnlyList<(string Id, DateTimeOffset At)> rows = await ReadModelRows.ReadAsync(
            command, row => (row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)), cancellation);
        foreach ((string id, _) in rows.Where(row => !recent.Contains(row.Id)))
        {
            tokens.RevokeSession(id);
        }

        recent = [.. rows.Select(row => row.Id)];
        from = rows.Count > 0 ? rows.Max(row => row.At) - Overlap : from;
    }
}
