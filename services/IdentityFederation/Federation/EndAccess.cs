using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;
using Npgsql;

namespace AccessGov.IdentityFederation.Federation;

/// <summary>
/// Deactivates whoever's access has come to its end, within seconds of it. Each replica does; the rule looks at the end again.
/// </summary>
internal sealed class EndAccess(
    NpgsqlDataSource database, IEventStore store, PersonCommands people, TimeProvider clock, ILogger<EndAccess> logger) : BackgroundService
{
    private const int BatchMax = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly FailureLog failures = new(clock, logger);

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
                await EndSomeAsync(stoppingToken);
                failures.Over();
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                failures.Outage("Access that is over cannot be ended, it is tried again until it can", e.Message, e);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task EndSomeAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using NpgsqlCommand command = database.CreateCommand(
            $"select id from person_directory where active and access_ends_at <= $1 order by access_ends_at limit {BatchMax}");
        command.Parameters.Add(new() { Value = now });
        IReadOnlyList<string> over = await ReadModelRows.ReadAsync(command, row => row.GetString(0), cancellation);
        foreach (string person in over)
        {
            var metadata = new EventMetadata(Actor: Refusals.Service, Source: "end of access");
            if (await people.RunAsync(metadata, person, state => LimitAccess.End(state, clock.GetUtcNow()), cancellation) is { } refusal)
            {
                failures.Failed("Somebody's access is over and does not end", $"{person}: {refusal.Code}");
            }
        }
    }
}
