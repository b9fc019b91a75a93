using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Search;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.PolicyDecision.Standalone;

/// <summary>The decision point alone, on 127.0.0.1, from a data directory: no database and no authentication. For trying, testing and embedding.</summary>
internal static class StandaloneHost
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(250);

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (StandaloneOptions.Read(arguments, out string error) is not { } options)
        {
            await Console.Error.WriteLineAsync(error);
            return 2;
        }

        DataDirectory directory;
        try
        {
            directory = DataDirectory.Open(options.DataDirectory);
        }
        catch (DataDirectoryException problem)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 1;
        }

        await TellFindingsAsync(directory);
        await using WebApplication app = await StartAsync(options, directory);
        await Console.Out.WriteLineAsync("ready");
        await RefreshUntilAsync(directory, app.Lifetime.ApplicationStopping);
        await app.WaitForShutdownAsync();
        return 0;
    }

    public static async Task<WebApplication> StartAsync(StandaloneOptions options, DataDirectory directory)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.AddServiceDefaults("policy-decision", authenticateCallers: false);
        builder.Logging.AddFilter(level => level >= LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, options.Port));
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration("data", new DataDirectoryHealth(directory), null, [HealthEndpoints.ReadyTag]));
        builder.Services.AddSingleton<IEnforcementPoints, AnyEnforcementPoint>();
        builder.Services.AddSingleton(directory);
        builder.Services.AddSingleton(services => new DataDirectoryDecisionPoint(directory, options.Strict, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<IDecisionPoint>(services => services.GetRequiredService<DataDirectoryDecisionPoint>());
        builder.Services.AddSingleton<ISearchPoint, DataDirectorySearch>().AddSearchEndpoint(_ => null);
        builder.Services.AddSingleton<EvaluationEndpoint>();
        WebApplication app = builder.Build();
        app.MapServiceDefaults();
        app.MapEvaluation(() => new Uri(app.Urls.First()));
        app.MapSearch();
        await app.StartAsync();
        return app;
    }

    private static async Task RefreshUntilAsync(DataDirectory directory, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(RefreshInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                if (directory.Refresh())
                {
                    await Console.Error.WriteLineAsync(directory.Problem is { } problem
                        ? $"The change was not taken over, the policies before it stay in force:\n{problem}"
                        : "Reloaded.");
                    await TellFindingsAsync(directory);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host is stopping.
        }
    }

    private static async Task TellFindingsAsync(DataDirectory directory)
    {
        if (directory.Problem is null)
        {
            foreach (string finding in directory.Current.Findings)
            {
                await Console.Error.WriteLineAsync(finding);
            }
        }
    }

    private sealed class AnyEnforcementPoint : IEnforcementPoints
    {
        public ValueTask<EnforcementPoint?> AuthenticateAsync(HttpContext http) =>
            ValueTask.FromResult<EnforcementPoint?>(new EnforcementPoint("standalone", http.Response.Headers["X-Request-ID"]));
    }

    private sealed class DataDirectoryHealth(DataDirectory directory) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(directory.Problem is { } problem
                ? HealthCheckResult.Degraded($"The newest change was not taken over: {problem}")
                : HealthCheckResult.Healthy());
    }
}
