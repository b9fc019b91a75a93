using AccessGov.PolicyDecision.Facts;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Networks;

/// <summary>
/// Reads the file that says in which country a network is, and reads it again when it has changed. A file that cannot be read leaves the one before it in use;
/// without any, every address is in no country, and so in no list that names countries.
/// </summary>
internal sealed class CountryFile(FactsFollower facts, IOptions<PolicyDecisionOptions> options, TimeProvider clock, ILogger<CountryFile> logger)
    : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private readonly string? path = options.Value.CountryFile;
    private (DateTime WrittenAt, long Length) seen;
    private volatile CountryTable current = CountryTable.Empty;
    private volatile string? problem;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["networks"] = current.Count };
        return Task.FromResult(problem is { } known ? HealthCheckResult.Degraded(known, null, data) : HealthCheckResult.Healthy(null, data));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (path is null)
        {
            return;
        }

        // The start does not wait for a file of a million lines.
        await Task.Yield();
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            Refresh(path);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Refresh(string file)
    {
        try
        {
            var found = new FileInfo(file);
            (DateTime, long) state = (found.LastWriteTimeUtc, found.Length);
            if (state == seen)
            {
                return;
            }

            seen = state;
            using StreamReader reader = found.OpenText();
            current = CountryTable.Read(reader);
            facts.UseCountries(current);
            problem = null;
            logger.LogInformation("The file of countries has {Networks} networks", current.Count);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            string before = problem ?? "";
            problem = $"The file of countries cannot be used, {(current.Count == 0 ? "no address is in a country" : "the one before it is")}: {e.Message}";
            if (!string.Equals(before, problem, StringComparison.Ordinal))
            {
                logger.LogError("{Problem}", problem);
            }
        }
    }
}
