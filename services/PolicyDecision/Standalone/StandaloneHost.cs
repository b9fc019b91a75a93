using AccessGov.PolicyDecision.Evaluation;

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

        await using WebApplication app = Build(options, directory);
        await app.StartAsync();
        await Console.Out.WriteLineAsync($"ready {app.Urls.First()}");
        await RefreshUntilAsync(directory, app.Lifetime.ApplicationStopping);
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static WebApplication Build(StandaloneOptions options, DataDirectory directory)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, options.Port);
            kestrel.AddServerHeader = false;
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IEvaluationCallers, AnyCaller>();
        builder.Services.AddSingleton<IDecisionPoint>(services =>
            new DataDirectoryDecisionPoint(directory, options.Strict, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddEvaluationEndpoints();
        WebApplication app = builder.Build();
        app.UseRequestId();
        app.MapEvaluation(() => new Uri(app.Urls.First()));
        app.MapGet("/health/live", () => Results.Ok());
        app.MapGet("/health/ready", () => Results.Json(new { status = directory.Problem is null ? "Healthy" : "Degraded", problem = directory.Problem }));
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
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host is stopping.
        }
    }

    private sealed class AnyCaller : IEvaluationCallers
    {
        public ValueTask<Caller?> AuthenticateAsync(HttpContext http) =>
            ValueTask.FromResult<Caller?>(new Caller("standalone", http.Request.Headers["X-Request-ID"]));
    }
}
