using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.ServiceDefaults.Tests;

public sealed class HealthTests
{
    private static readonly Dictionary<string, object> Figures = new(StringComparer.Ordinal) { ["lag_events"] = 12, ["oldest_seconds"] = 0.5 };

    [Fact]
    public async Task A_living_service_says_so_to_anybody_without_running_checks()
    {
        await using RunningService service = await WithCheckAsync(() => throw new InvalidOperationException("must not run"));

        (await service.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(HealthStatus.Healthy, HttpStatusCode.OK, "healthy")]
    [InlineData(HealthStatus.Degraded, HttpStatusCode.OK, "degraded")]
    [InlineData(HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable, "unhealthy")]
    public async Task Readiness_shows_status_description_and_figures_of_each_check(HealthStatus status, HttpStatusCode expected, string word)
    {
        await using RunningService service = await WithCheckAsync(() => new HealthCheckResult(status, "The read model follows.", data: Figures));

        HttpResponseMessage response = await service.GetAsync("/health/ready");

        response.StatusCode.ShouldBe(expected);
        JsonElement body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        body.GetProperty("status").GetString().ShouldBe(word);
        JsonElement check = body.GetProperty("checks").GetProperty("grants");
        check.GetProperty("status").GetString().ShouldBe(word);
        check.GetProperty("description").GetString().ShouldBe("The read model follows.");
        check.GetProperty("data").GetProperty("lag_events").GetInt32().ShouldBe(12);
        body.GetProperty("checks").GetProperty("signing-keys").GetProperty("data").GetProperty("keys").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A_check_without_the_tag_is_shown_and_degrades_at_most()
    {
        await using RunningService service = await RunningService.StartAsync(
            configure: builder => builder.Services.AddHealthChecks().AddCheck("messaging", () => HealthCheckResult.Unhealthy("The database is away.", data: Figures)));

        HttpResponseMessage response = await service.GetAsync("/health/ready");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonElement body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        body.GetProperty("status").GetString().ShouldBe("degraded");
        body.GetProperty("checks").GetProperty("messaging").GetProperty("status").GetString().ShouldBe("unhealthy");
    }

    [Fact]
    public async Task A_check_that_hangs_is_one_unhealthy_check_and_the_others_are_seen()
    {
        await using RunningService service = await RunningService.StartAsync(configure: builder => builder.Services.AddHealthChecks().AddAsyncCheck(
            "hanging",
            async cancellation =>
            {
                await Task.Delay(Timeout.Infinite, cancellation);
                return HealthCheckResult.Healthy();
            }));

        JsonElement body = JsonDocument.Parse(await (await service.GetAsync("/health/ready")).Content.ReadAsStringAsync()).RootElement;

        body.GetProperty("status").GetString().ShouldBe("degraded");
        body.GetProperty("checks").GetProperty("hanging").GetProperty("status").GetString().ShouldBe("unhealthy");
        body.GetProperty("checks").GetProperty("service").GetProperty("status").GetString().ShouldBe("healthy");
    }

    [Fact]
    public async Task A_check_that_throws_is_unhealthy_and_its_message_stays_in_the_log()
    {
        await using RunningService service = await WithCheckAsync(() => throw new InvalidOperationException("Host=secret.example"));

        HttpResponseMessage response = await service.GetAsync("/health/ready");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await response.Content.ReadAsStringAsync()).ShouldNotContain("secret.example");
    }

    [Fact]
    public async Task A_stopping_service_is_not_ready_and_finishes_what_it_began()
    {
        var began = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        await using RunningService service = await RunningService.StartAsync(
            app => app.MapGet("/slow", async (HealthCheckService checks) =>
            {
                began.SetResult();
                await mayEnd.Task;
                return (await checks.CheckHealthAsync()).Status.ToString();
            }).AllowAnonymous());
        Task<HttpResponseMessage> slow = service.GetAsync("/slow");
        await began.Task;

        service.StopApplication();
        mayEnd.SetResult();

        HttpResponseMessage response = await slow;
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe("Unhealthy");
    }

    private static Task<RunningService> WithCheckAsync(Func<HealthCheckResult> check) => RunningService.StartAsync(
        configure: builder => builder.Services.AddHealthChecks().AddCheck("grants", check, tags: [HealthEndpoints.ReadyTag]));
}
