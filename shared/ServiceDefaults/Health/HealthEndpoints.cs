using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace AccessGov.ServiceDefaults;

/// <summary>Whether the process lives, and whether it can do its work.</summary>
public static class HealthEndpoints
{
    /// <summary>
    /// The tag of the health checks without which the service cannot work: one of them unhealthy makes <c>/health/ready</c> answer 503. Every other check is shown
    /// too and can make it degraded (200) at most. A check's data (lag in events, queue lengths) is shown as it is, to anybody: figures, no names.
    /// </summary>
    public const string ReadyTag = "ready";

    private static readonly TimeSpan PatienceForEach = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A check that hangs is one unhealthy check, and the others are still seen.</summary>
    internal static void Bound(HealthCheckServiceOptions options)
    {
        foreach (HealthCheckRegistration check in options.Registrations.Where(check => check.Timeout == Timeout.InfiniteTimeSpan))
        {
            check.Timeout = PatienceForEach;
        }
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", static () => Results.Json(new Liveness("healthy"))).AllowAnonymous().DisableRateLimiting().WithTags("Health")
            .WithDescribedAnswer(StatusCodes.Status200OK, "application/json", typeof(Liveness));
        routes.MapGet("/health/ready", ReadyAsync).AllowAnonymous().DisableRateLimiting().WithTags("Health")
            .WithDescribedAnswer(StatusCodes.Status200OK, "application/json", typeof(Readiness))
            .WithDescribedAnswer(StatusCodes.Status503ServiceUnavailable, "application/json", typeof(Readiness));
    }

    private static async Task ReadyAsync(HttpContext context, HealthCheckService checks, HealthLog log, ServiceIdentity service)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        bound.CancelAfter(Patience);
        HealthReport report;
        try
        {
            report = await checks.CheckHealthAsync(bound.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await Problems.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "health_unknown",
                $"The health checks did not answer within {Patience.TotalSeconds} seconds.");
            return;
        }

        log.Seen(report);
        HealthStatus status = Overall(report);
        context.Response.StatusCode = status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        Write(json, status, report, service.Name);
    }

    private static HealthStatus Overall(HealthReport report) =>
        report.Entries.Values.Any(entry => entry.Status == HealthStatus.Unhealthy && entry.Tags.Contains(ReadyTag)) ? HealthStatus.Unhealthy
        : report.Entries.Values.Any(entry => entry.Status != HealthStatus.Healthy) ? HealthStatus.Degraded
        : HealthStatus.Healthy;

    private static void Write(Utf8JsonWriter json, HealthStatus status, HealthReport report, string service)
    {
        json.WriteStartObject();
        json.WriteString("status", Word(status));
        json.WriteString("service", service);
        json.WriteStartObject("checks");
        foreach ((string name, HealthReportEntry entry) in report.Entries)
        {
            json.WriteStartObject(name);
            json.WriteString("status", Word(entry.Status));
            // A check that threw is described by the exception's message, which may hold addresses and user names: the log has it.
            string? description = entry.Exception is { } error && error.Message == entry.Description ? $"The check failed ({error.GetType().Name}); the log says why." : entry.Description;
            if (description is not null)
            {
                json.WriteString("description", description);
            }

            json.WriteStartObject("data");
            foreach ((string key, object value) in entry.Data)
            {
                json.WritePropertyName(key);
                JsonSerializer.Serialize(json, value, StrictJson.Options);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private sealed record Liveness(string Status);

    private sealed record Readiness(string Status, string Service, IReadOnlyDictionary<string, Check> Checks);

    private sealed record Check(string Status, IReadOnlyDictionary<string, JsonElement> Data, string? Description = null);

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}

/// <summary>Not ready while the host stops, so that a load balancer sends nothing new to it.</summary>
internal sealed class LifetimeCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("The service is stopping.")
            : HealthCheckResult.Healthy("The service runs."));
}
