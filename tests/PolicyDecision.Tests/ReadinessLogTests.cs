using AccessGov.ServiceDefaults;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace AccessGov.PolicyDecision.Tests;

public sealed class ReadinessLogTests
{
    [Fact]
    public async Task Readiness_polled_during_a_start_logs_changes_only_and_no_error()
    {
        HealthCheckResult result = HealthCheckResult.Unhealthy("The facts are being read.");
        var lines = new LogLines();
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.AddServiceDefaults("policy-decision", authenticateCallers: false);
        builder.Logging.AddProvider(lines);
        builder.Services.AddHealthChecks().AddCheck("facts", () => result, tags: [HealthEndpoints.ReadyTag]);
        await using WebApplication app = builder.Build();
        app.MapServiceDefaults();
        await app.StartAsync();
        using HttpClient client = app.GetTestClient();

        await PollAsync();
        result = HealthCheckResult.Healthy("The facts are current.");
        await PollAsync();
        result = HealthCheckResult.Unhealthy("The facts are old.");
        await PollAsync();

        lines.All.Where(line => line.Text.Contains("ealth check", StringComparison.Ordinal)).ShouldBe([
            (LogLevel.Information, "Health check facts is Unhealthy: The facts are being read."),
            (LogLevel.Information, "Health check facts is Healthy: The facts are current."),
            (LogLevel.Warning, "Health check facts is Unhealthy: The facts are old.")]);
        lines.All.ShouldAllBe(line => line.Level < LogLevel.Error);

        async Task PollAsync()
        {
            for (int poll = 0; poll < 3; poll++)
            {
                using HttpResponseMessage response = await client.GetAsync("/health/ready");
            }
        }
    }
}
