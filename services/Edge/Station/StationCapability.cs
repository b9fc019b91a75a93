using System.Net;
using System.Text.Json;
using AccessGov.Client;
using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Merge;
using Microsoft.Extensions.Options;

namespace AccessGov.Edge.Station;

/// <summary>The station's key and capability, which the edge holds for it and renews while BreakGlass answers.</summary>
internal sealed class StationCapability : BackgroundService
{
    private readonly StationOptions station;
    private readonly BreakGlassClient breakGlass;
    private readonly TimeProvider clock;
    private readonly TimeSpan every;
    private readonly ILogger<StationCapability> log;
    private readonly HeldCapability? held;
    private readonly IPNetwork[] networks;
    private string? fault;

    public StationCapability(
        IOptions<StationOptions> station, IOptions<EdgeOptions> edge, BreakGlassClient breakGlass, TimeProvider clock,
        ILogger<StationCapability> log)
    {
        (this.station, this.breakGlass, this.clock, this.log) = (station.Value, breakGlass, clock, log);
        every = 2 * edge.Value.PollEvery;
        networks = [.. this.station.Networks.Select(IPNetwork.Parse)];
        if (this.station.Name is { } name)
        {
            OwnFiles.MakeDirectory(edge.Value.Directory);
            held = new HeldCapability(
                new HeldCapabilitySettings(edge.Value.Name, name, Path.Combine(edge.Value.Directory, "station.json")), clock);
        }
    }

    /// <summary>Whether whoever asks stands at the station.</summary>
    /// <param name="address">From where they ask; null when it is not known.</param>
    public bool IsAt(string? address) =>
        held is not null && IPAddress.TryParse(address, out IPAddress? known) && Array.Exists(networks, network => network.Contains(known));

    /// <summary>What asks for images, signed by the station; null when it holds no capability that is good.</summary>
    public Task<SignedUse?> SignAsync(WantedImages wanted, CancellationToken cancellation) => held!.SignAsync(wanted, cancellation);

    public override void Dispose()
    {
        held?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (held is not null && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                Tell(await held.RenewAsync(breakGlass.Http, stoppingToken));
                await Task.Delay(every, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                log.LogDebug("The service stops.");
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or UnauthorizedAccessException
                or OperationCanceledException)
            {
                Tell(new CapabilityFault("break_glass_unreachable", failure.Message));
                await Task.Delay(every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Tell(CapabilityFault? now)
    {
        if (now?.Code != fault)
        {
            fault = now?.Code;
            log.LogInformation("The capability of station {Station}: {Fault}.", station.Name, fault ?? "held");
        }
    }
}
