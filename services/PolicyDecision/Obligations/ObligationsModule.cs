using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Journal;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.PolicyDecision.Obligations;

/// <summary>Section PolicyDecision:Obligations.</summary>
internal sealed class ObligationOptions
{
    public const string Section = "PolicyDecision:Obligations";

    /// <summary>How long the enforcement point has to say that it did what wants a receipt; after that it is overdue.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan ReceiptWithin { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the overdue ones are counted for the metric.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CountInterval { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>The wiring of receipts. What decisions demand comes with the policy set and the evaluation.</summary>
internal static class ObligationsModule
{
    public static IServiceCollection AddObligations(this IServiceCollection services)
    {
        services.AddSettings<ObligationOptions>(ObligationOptions.Section);
        services.AddSingleton(provider => new OverdueObligations(
            provider.GetRequiredService<JournalDatabase>(), provider.GetRequiredService<IOptions<ObligationOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<OverdueCount>();
        services.AddHostedService(provider => provider.GetRequiredService<OverdueCount>());
        services.AddHealthChecks().AddCheck<OverdueCount>("obligations");
        return services;
    }

    public static void MapObligations(this IEndpointRouteBuilder routes)
    {
        GiveReceipt.Map(routes);
        OverdueObligations.Map(routes);
    }
}

/// <summary>Makes it noticed that obligations are overdue: the metric, counted now and then, and the health check "obligations" (degraded while there are some).</summary>
internal sealed class OverdueCount(
    OverdueObligations obligations, JournalDatabase database, IOptions<ObligationOptions> options, TimeProvider clock, ILogger<OverdueCount> log) : BackgroundService, IHealthCheck
{
    public const string MeterName = "AccessGov.PolicyDecision.Obligations";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Gauge<long> Overdue = Meter.CreateGauge<long>(
        "accessgov.obligations.overdue", "{obligation}", "Obligations that want a receipt and had none in time.");

    private readonly FailureLog failures = new(clock, log);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!database.Ready)
        {
            return HealthCheckResult.Degraded("Overdue obligations cannot be counted: the journal's database was not reached yet.");
        }

        try
        {
            long count = await obligations.CountAsync(cancellationToken);
            var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["overdue"] = count };
            return count == 0
                ? HealthCheckResult.Healthy("No obligation is overdue.", data)
                : HealthCheckResult.Degraded($"{count} obligations had no receipt in time: GET /obligations/overdue lists them.", data: data);
        }
        catch (NpgsqlException unreachable)
        {
            return HealthCheckResult.Degraded($"Overdue obligations cannot be counted: {unreachable.Message}");
        }
    }

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (database.Ready)
                {
                    Overdue.Record(await obligations.CountAsync(stoppingToken));
                }
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException unreachable)
            {
                failures.Failed("Overdue obligations cannot be counted", unreachable.Message);
            }

            await Task.Delay(options.Value.CountInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
