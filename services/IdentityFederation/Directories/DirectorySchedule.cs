using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>Looks at each directory when its time has come, or somebody asks for it. Every replica looks; a lock lets one work.</summary>
internal sealed class DirectorySchedule(
    IEventStore store, DirectorySynchroniser synchroniser, IOptions<DirectoriesOptions> options, WorkerStates states, TimeProvider clock,
    ILogger<DirectorySchedule> log)
    : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly FailureLog failures = new(clock, log);

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await store.Started.WaitAsync(stoppingToken);
        await Task.WhenAll(options.Value.Select(directory => FollowAsync(directory.Key, directory.Value, stoppingToken)));
    }

    private async Task FollowAsync(string name, DirectoryOptions directory, CancellationToken cancellation)
    {
        string kind = $"Directory {name} cannot be synchronised, it is tried again until it can";
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await synchroniser.RunWhenDueAsync(name, directory, cancellation);
                states.Works($"directory {name}");
                failures.Over(kind);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                // Whatever it is, the next attempt begins where the last complete run ended.
                states.Fails($"directory {name}", e);
                failures.Outage(kind, e.Message, e);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(BetweenLooks, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
