using System.Diagnostics;
using System.Threading.Channels;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccessGov.Messaging.Postgres;

/// <summary>
/// Wakes consumers after a sender's transaction has committed, from a connection of its own. A NOTIFY inside that transaction would take a lock
/// of the whole cluster at its commit and make all senders queue up. What this misses, the consumers' poll finds.
/// </summary>
internal sealed class CommitSignal(BusDatabase bus, TimeProvider clock, ILogger<CommitSignal> log) : BackgroundService
{
    private const string NotWoken = "Consumers are not woken and poll instead";

    private static readonly TimeSpan Throttle = TimeSpan.FromMilliseconds(5);

    /// <summary>A transaction that is open for longer is left to the poll.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Channel<Transmission> sent = Channel.CreateBounded<Transmission>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly FailureLog failures = new(clock, log);

    private readonly record struct Transmission(ulong TransactionId, string Queue, long Since);

    public static string ChannelOf(string queue) => $"bus:{queue}";

    /// <summary>A transaction has put something into a queue; it may commit or not.</summary>
    public void Sent(ulong transactionId, string queue) => sent.Writer.TryWrite(new(transactionId, queue, Stopwatch.GetTimestamp()));

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await sent.Reader.WaitToReadAsync(stoppingToken))
        {
            try
            {
                await SignalAsync(stoppingToken);
                failures.Over();
            }
            catch (NpgsqlException away)
            {
                failures.Outage(NotWoken, away.Message);
                await Task.Delay(Patience, stoppingToken);
            }
        }
    }

    private async Task SignalAsync(CancellationToken stopping)
    {
        await using NpgsqlConnection connection = await bus.DataSource.OpenConnectionAsync(stopping);
        var open = new HashSet<Transmission>();
        do
        {
            while (sent.Reader.TryRead(out Transmission transmission))
            {
                open.Add(transmission);
            }

            Dictionary<ulong, string> states = await StatesAsync(connection, [.. open.Select(transmission => transmission.TransactionId).Distinct()], stopping);
            string[] queues = [.. open.Where(t => states[t.TransactionId] is "committed").Select(t => t.Queue).Distinct(StringComparer.Ordinal)];
            if (queues.Length > 0)
            {
                await Sql.ExecuteAsync(
                    connection, stopping, Sql.Command("select pg_notify(c, '') from unnest($1) c", (object)queues.Select(ChannelOf).ToArray()));
            }

            open.RemoveWhere(t => states[t.TransactionId] is not "in progress" || Stopwatch.GetElapsedTime(t.Since) > Patience);
            await Task.Delay(Throttle, stopping);
        }
        while (open.Count > 0 || sent.Reader.TryPeek(out _));
    }

    private static async Task<Dictionary<ulong, string>> StatesAsync(NpgsqlConnection connection, ulong[] transactions, CancellationToken stopping)
    {
        var states = new Dictionary<ulong, string>();
        await using var command = new NpgsqlCommand("select x::xid8, coalesce(pg_xact_status(x::xid8), 'unknown') from unnest($1) x", connection);
        command.Parameters.Add(new() { Value = transactions.Select(transaction => $"{transaction}").ToArray() });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stopping);
        while (await reader.ReadAsync(stopping))
        {
            states[reader.GetFieldValue<ulong>(0)] = reader.GetString(1);
        }

        return states;
    }
}
