using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.BreakGlass.Alerts;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.Testing;

namespace AccessGov.BreakGlass.Tests.Alerts;

/// <summary>Security and compliance are told at once: a real mail server, a webhook, a collector.</summary>
public sealed class AlertTests : IAsyncLifetime
{
    private static readonly EmergencyAccessInvoked Invoked = new(
        "ada", "p-1", null, "emergency-reader", "ward-physician", "BTG", "resus", Spec.Now, Spec.Now.AddHours(4), Spec.Now.AddHours(24), false, null);

    private readonly AlertReceivers receivers = new();
    private readonly MailServer mail;
    private readonly WebhookReceiver webhook;

    public AlertTests() => (mail, webhook) = (receivers.Mail, receivers.Webhook);

    public Task InitializeAsync() => receivers.InitializeAsync();

    public Task DisposeAsync() => receivers.DisposeAsync();

    [Fact]
    [Trait("Requirement", "S34")]
    public async Task Security_is_written_to_and_compliances_program_is_called_within_five_seconds()
    {
        await using BreakGlassHost host = await receivers.StartAsync();
        DateTimeOffset began = DateTimeOffset.UtcNow;
        string id = await host.InvokeAsync("ada", "p-secret-number");
        await Eventually.HoldsAsync(async () => (await mail.ReadAsync()).Length == 1 && webhook.Taken.Count == 1, "both are told");
        WebhookReceiver.Post post = webhook.Taken.Single();
        (post.At - began).ShouldBeLessThan(TimeSpan.FromSeconds(5));

        string letter = (await mail.ReadAsync()).Single();
        letter.ShouldContain("Subject: Emergency access was taken");
        letter.ShouldContain($"https://console.test/emergency-cases/{id}");
        letter.ShouldContain("soc@hospital.test");
        letter.ShouldNotContain("p-secret-number");
        JsonNode body = JsonNode.Parse(post.Body)!;
        body["type"]!.GetValue<string>().ShouldBe("emergency_access.invoked");
        body["data"]!["caseId"]!.GetValue<string>().ShouldBe(id);
        post.Body.ShouldNotContain("p-secret-number");
        Webhook.Signature(Convert.FromBase64String(AlertReceivers.Secret), post.Id, post.Time, Encoding.UTF8.GetBytes(post.Body))
            .ShouldBe(post.Signature);

        await AlertReceivers.HistoryAsync(host, id, "emergency_alert_delivered", "soc-mail");
        await AlertReceivers.HistoryAsync(host, id, "emergency_alert_delivered", "compliance-hook");
        JsonNode alerts = await host.GetAsync($"/emergency-alerts?caseId={id}", "eva");
        alerts["alerts"]!.AsArray().Select(alert => alert!["channel"]!.GetValue<string>())
            .ShouldBe(["compliance-hook", "soc-mail"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_channel_that_fails_is_said_in_the_alert_that_comes_another_way()
    {
        await mail.StopAsync();
        await using BreakGlassHost host = await receivers.StartAsync();
        string id = await host.InvokeAsync("ada", "p-fallback");
        await Eventually.HoldsAsync(() => receivers.Hooked("invoked").Length == 2, "the second channel of security took it");
        JsonNode security = receivers.Hooked("invoked").Single(body => body["data"]!["audience"]!.GetValue<string>() == "security");
        security["data"]!["failedChannels"]!.AsArray().Single()!.GetValue<string>().ShouldBe("soc-mail");
        await AlertReceivers.HistoryAsync(host, id, "emergency_alert_failed", "soc-mail");
        await AlertReceivers.HistoryAsync(host, id, "emergency_alert_delivered", "security-hook");
        JsonNode health = JsonNode.Parse(await host.Client.GetStringAsync("/health/ready"))!;
        health["checks"]!["alert-channels"]!["data"]!["soc-mail"]!.GetValue<string>().ShouldBe("unreachable");
    }

    [Fact]
    public async Task What_nobody_takes_is_tried_until_somebody_does_and_said_once()
    {
        await mail.StopAsync();
        webhook.Status = 500;
        await using BreakGlassHost host = await receivers.StartAsync();
        string id = await host.InvokeAsync("ada", "p-nobody");
        await Eventually.HoldsAsync(() => webhook.Taken.Count >= 4, "it is tried again");
        webhook.Status = 200;
        await Eventually.HoldsAsync(
            async () => (await host.GetAsync($"/emergency-alerts?caseId={id}", "eva"))["alerts"]!.AsArray()
                .All(alert => alert!["channel"] is not null),
            "all are told");
        JsonNode[] history = [.. (await host.GetAsync($"/emergency-cases/{id}", "eva"))["history"]!.AsArray().Select(step => step!)];
        history.Count(step => step["name"]!.GetValue<string>() == "emergency_alert_failed")
            .ShouldBe(3, "each channel of each audience once");
        history.Count(step => step["name"]!.GetValue<string>() == "emergency_alert_delivered").ShouldBe(2);
    }

    [Fact]
    public async Task A_channel_that_hangs_is_left_after_its_patience_and_holds_up_nobody()
    {
        webhook.Pause = TimeSpan.FromSeconds(20);
        await using BreakGlassHost host = await receivers.StartAsync(("BreakGlass:Alerts:Audiences:compliance:1", "soc-mail"));
        string id = await host.InvokeAsync("ada", "p-hangs");
        await Eventually.HoldsAsync(
            async () => (await receivers.MailedAsync("Emergency access was taken")).Length == 2, "both are written to");
        JsonNode failed = await AlertReceivers.HistoryAsync(host, id, "emergency_alert_failed", "compliance-hook");
        failed["data"]!["failure"]!.GetValue<string>().ShouldBe("too_slow");
    }

    [Fact]
    public async Task A_drill_says_so_everywhere()
    {
        await using BreakGlassHost host = await receivers.StartAsync();
        await host.InvokeAsync("ada", "drill-1", practice: true);
        await Eventually.HoldsAsync(async () => (await mail.ReadAsync()).Length == 1 && webhook.Taken.Count == 1, "both are told");
        (await mail.ReadAsync()).Single().ShouldContain("Subject: [DRILL] Emergency access was taken");
        JsonNode.Parse(webhook.Taken.Single().Body)!["data"]!["practice"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public void The_signature_is_that_of_the_specifications_example()
    {
        byte[] secret = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        Webhook.Signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", Encoding.UTF8.GetBytes("{\"test\": 2432232314}"))
            .ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    [Fact]
    public void A_message_to_a_collector_is_escaped_as_structured_data_must_be() => SyslogAlert.MessageOf(new Alert(
            Guid.Empty, "c", "invoked", "security", false, "a\"]\\b", "BTG", Spec.Now, Spec.Now, []))
        .ShouldBe(
            "<81>1 2026-05-04T12:00:00.000000Z - accessgov-break-glass - invoked [emergency@32473 case=\"c\" "
            + "person=\"a\\\"\\]\\\\b\" audience=\"security\" reason=\"BTG\" practice=\"false\"] Emergency access was taken");

    [Theory]
    [InlineData("Kind", "Mail", "To")]
    [InlineData("Kind", "Webhook", "Url")]
    [InlineData("Kind", "Syslog", "Collector")]
    public async Task A_channel_that_could_tell_nobody_keeps_the_service_from_starting(string name, string value, string missing)
    {
        var failure =
            await Should.ThrowAsync<Exception>(() => BreakGlassHost.StartAsync(($"BreakGlass:Alerts:Channels:broken:{name}", value)));
        failure.ToString().ShouldContain(missing);
    }

    [Fact]
    public void Each_event_concerns_those_whom_it_should()
    {
        Dictionary<string, IReadOnlyList<string>> known = new(StringComparer.Ordinal)
        {
            ["security"] = ["mail"], ["compliance"] = ["mail", "hook"], ["deputy"] = ["hook"],
        };
        DueAlerts.AudiencesOf(Invoked, known, "reviewer").ShouldBe([("invoked", "security"), ("invoked", "compliance")]);
        DueAlerts.AudiencesOf(Invoked, known, "deputy")
            .ShouldBe([("invoked", "security"), ("invoked", "compliance"), ("invoked", "deputy")], "whoever judges first is called at once");
        DueAlerts.AudiencesOf(Invoked, known, "security").ShouldBe([("invoked", "security"), ("invoked", "compliance")], "nobody is told twice");
        DueAlerts.AudiencesOf(new EmergencyReviewEscalated(1, "deputy", Spec.Now), known, "reviewer").ShouldBe([("escalated", "deputy")]);
        DueAlerts.AudiencesOf(new EmergencyReviewEscalated(3, "ciso", Spec.Now), known, "reviewer").ShouldBe([("escalated", "compliance")]);
        DueAlerts.AudiencesOf(new EmergencyReviewOverdue(Spec.Now, Spec.Now), known, "reviewer")
            .ShouldBe([("overdue", "security"), ("overdue", "compliance")]);
        DueAlerts.AudiencesOf(new EmergencyAccessReviewed("e", Verdict.Unjustified, "f", false, Spec.Now), known, "reviewer").Count().ShouldBe(2);
        DueAlerts.AudiencesOf(new EmergencyAccessReviewed("e", Verdict.Justified, "f", false, Spec.Now), known, "reviewer").ShouldBeEmpty();
        DueAlerts.AudiencesOf(new EmergencyAccessEnded("expired", null, Spec.Now), known, "reviewer").ShouldBeEmpty();

        // By other channels than the one that fails: security has none but the mail, and sees to everybody's.
        DueAlerts.AudiencesOf(new AlertChannelFailed("mail", "too_slow", Spec.Now), known, "reviewer").ShouldBe([("channel_failed", "compliance")]);
        DueAlerts.AudiencesOf(new AlertChannelFailed("hook", "too_slow", Spec.Now), known, "reviewer")
            .ShouldBe([("channel_failed", "security"), ("channel_failed", "compliance")]);
        DueAlerts.AudiencesOf(new AlertChannelRecovered("hook", Spec.Now, Spec.Now), known, "reviewer")
            .ShouldBe([("channel_recovered", "security"), ("channel_recovered", "compliance")]);
    }
}
