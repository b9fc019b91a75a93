using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace AccessGov.PolicyDecision.Tests.Evaluation;

/// <summary>A policy that cannot be evaluated is noticed: in the log, in health and in a metric.</summary>
public sealed class PolicyErrorsTests(Hospital hospital) : IClassFixture<Hospital>
{
    private static readonly Verdict Denied = new(Permitted: false, Reasons.PolicyError, "No.", ["broken"], ["broken", "shaky"]);
    private static readonly Verdict Skipped = new(Permitted: true, Reasons.Permitted, "Yes.", ["good"], ["shaky"]);

    [Fact]
    public async Task A_thousand_denials_of_one_policy_are_one_line_and_show_in_health_until_they_stop()
    {
        var clock = new TurnedClock();
        using var lines = new LogLines();
        using var errors = new PolicyErrors(clock, new Logger<PolicyErrors>(new LoggerFactory([lines])));
        (await errors.CheckHealthAsync(new HealthCheckContext())).Status.ShouldBe(HealthStatus.Healthy);

        for (int i = 0; i < 1_000; i++)
        {
            errors.Note(Denied);
            errors.Note(Skipped);
        }

        lines.All.ShouldHaveSingleItem().ShouldBe(
            (LogLevel.Warning, "Policy broken cannot be evaluated: what it may forbid is denied (policy_error). More of this are counted."));
        HealthCheckResult health = await errors.CheckHealthAsync(new HealthCheckContext());
        health.Status.ShouldBe(HealthStatus.Degraded);
        health.Description.ShouldBe("Policies cannot be evaluated, and what they may forbid is denied: broken.");
        ((IReadOnlyDictionary<string, long>)health.Data["policy_errors"]).ShouldBe(new Dictionary<string, long> { ["broken"] = 1_000 });

        clock.Advance(PolicyErrors.Remembered);
        (await errors.CheckHealthAsync(new HealthCheckContext())).Status.ShouldBe(HealthStatus.Healthy);
        lines.All[^1].Text.ShouldStartWith("Policy broken cannot be evaluated: none for 30 seconds; 1000 in all");
    }

    [Fact]
    public async Task The_service_counts_it_and_health_names_the_policy()
    {
        long counted = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "accessgov.policy.errors")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            // Other tests of this process count into the same meter.
            if (tags.Contains(new KeyValuePair<string, object?>("policy", "broken")) && tags.Contains(new KeyValuePair<string, object?>("denied", true)))
            {
                Interlocked.Add(ref counted, count);
            }
        });
        listener.Start();

        await hospital.AskAsync("nobody", "broken", "Study 1.2.1");
        await hospital.AskAsync("nobody", "broken", "Study 1.2.1");

        Interlocked.Read(ref counted).ShouldBeGreaterThanOrEqualTo(2);
        using HttpResponseMessage answer = await hospital.Host.Client.GetAsync("/health/ready");
        answer.IsSuccessStatusCode.ShouldBeTrue();
        JsonNode check = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!["policies"]!;
        check["status"]!.GetValue<string>().ShouldBe("degraded");
        check["data"]!["policy_errors"]!["broken"]!.GetValue<int>().ShouldBe(2);
    }
}
