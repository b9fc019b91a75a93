using System.Diagnostics;
using System.Net;
using AccessGov.Testing;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.Freshness;

/// <summary>A replica as a process of its own, in a network of its own, that can be stopped and cut off from the database.</summary>
internal sealed class ReplicaProcess : IAsyncDisposable
{
    private const int Port = 7001;
    private readonly Process process;
    private readonly SeparateNetwork network;
    private readonly string spool;

    private ReplicaProcess(Process process, SeparateNetwork network, string spool)
    {
        (this.process, this.network, this.spool) = (process, network, spool);
        Client = new HttpClient { BaseAddress = new Uri($"http://{network.Inside}:{Port}") };
    }

    public HttpClient Client { get; }

    public SeparateNetwork Network => network;

    /// <summary>Starts another process of the service that <paramref name="host"/> is, and waits until it is ready.</summary>
    public static async Task<ReplicaProcess> StartAsync(PolicyDecisionHost host)
    {
        var database = new NpgsqlConnectionStringBuilder(host.ConnectionString);
        SeparateNetwork own = SeparateNetwork.Make();
        (database.Host, database.Port, database.Timeout) = (own.RelayHost, own.Relay(database.Port), 2);
        string spoolDirectory = Directory.CreateTempSubdirectory("accessgov-spool-").FullName;
        var settings = new Dictionary<string, string?>(host.Settings, StringComparer.Ordinal)
        {
            ["PolicyDecision:ConnectionString"] = database.ConnectionString,
            ["DecisionJournal:SpoolDirectory"] = spoolDirectory,
            ["urls"] = $"http://{own.Inside}:{Port}",
            ["environment"] = "Production",
        };
        string[] command = [.. own.Enter, "dotnet", typeof(ServiceHost).Assembly.Location, .. settings.Select(setting => $"--{setting.Key}={setting.Value}")];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        Process service = Process.Start(start)!;
        ProcessGuard.EndWithThisProcess(service);
        service.OutputDataReceived += (_, _) => { };
        service.ErrorDataReceived += (_, _) => { };
        service.BeginOutputReadLine();
        service.BeginErrorReadLine();
        var replica = new ReplicaProcess(service, own, spoolDirectory);
        await Eventually.HoldsAsync(replica.IsReadyAsync, "the replica is ready", 3 * Eventually.Bound);
        return replica;
    }

    /// <summary>The process stands still and knows nothing of it (SIGSTOP).</summary>
    public void Stop() => Signal("-STOP");

    public void Continue() => Signal("-CONT");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        await network.DisposeAsync();
        Directory.Delete(spool, recursive: true);
    }

    // ip becomes the command that it runs, so that the process is the service itself.
    private void Signal(string signal)
    {
        using Process kill = Process.Start("kill", [signal, $"{process.Id}"]);
        kill.WaitForExit();
        kill.ExitCode.ShouldBe(0);
    }

    private async Task<bool> IsReadyAsync()
    {
        process.HasExited.ShouldBeFalse("the replica ended by itself");
        try
        {
            using HttpResponseMessage answer = await Client.GetAsync("/health/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
