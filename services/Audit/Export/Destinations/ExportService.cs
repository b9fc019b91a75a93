using System.Reflection;
using AccessGov.Audit.Trail;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Export.Destinations;

/// <summary>Serves all destinations, each on its own.</summary>
internal sealed class ExportService : BackgroundService
{
    private readonly List<(ExportWorker Worker, string Name)> workers = [];
    private readonly ILogger<ExportService> log;

    public ExportService(IServiceProvider services, DestinationStates states, IOptions<ExportOptions> options, ILogger<ExportService> log)
    {
        this.log = log;
        if (options.Value.Destinations.Count == 0)
        {
            return;
        }

        // Without destinations nobody reads the trail here.
        var setting = new ExportSetting(
            services.GetRequiredService<ITrailLeaves>(),
            services.GetRequiredService<TrailDatabase>(),
            services.GetRequiredService<ExportOrigin>(),
            options.Value.Destinations.Values.Any(destination => destination.Identities) ? services.GetRequiredService<OpenDetails>()
                : NothingOpened,
            options.Value.PollInterval,
            services.GetRequiredService<TimeProvider>());
        foreach ((string name, DestinationOptions destination) in options.Value.Destinations)
        {
            workers.Add((new ExportWorker(destination, setting, states.Of(name), log), name));
        }
    }

    /// <summary>What exports of this service say of where they come from.</summary>
    public static ExportOrigin OriginOf(AuditOptions audit, ExportOptions export) => new(
        audit.Origin,
        Environment.MachineName,
        typeof(ExportService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0",
        export.Site,
        export.PatientSystem?.AbsoluteUri,
        export.Hosts);

    public override void Dispose()
    {
        workers.ForEach(one => one.Worker.Dispose());
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(workers.Select(one => RunAsync(one.Worker, one.Name, stoppingToken)));

    private static ValueTask<OpenedDetails?> NothingOpened(TrailEntry entry) => ValueTask.FromResult<OpenedDetails?>(null);

    private async Task RunAsync(ExportWorker worker, string name, CancellationToken stopping)
    {
        try
        {
            await Task.Run(() => worker.RunAsync(stopping), stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            log.LogInformation("Export to {Name} stops", name);
        }
    }
}
