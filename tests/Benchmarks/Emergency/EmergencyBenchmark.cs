using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AccessGov.Benchmarks.Emergency;

/// <summary>
/// Emergency access as it runs: how long from the answer to an invocation until the images open, and until a receiver has the alert, with 50
/// invocations in a minute. The services are processes of their own on a private PostgreSQL; security is told by mail, by a real SMTP server,
/// and compliance by a webhook.
/// </summary>
internal static class EmergencyBenchmark
{
    private const int Invocations = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1) / Invocations;

    private const string Policy = """
        @id("ward") permit (principal in Reader::"ward-physician", action == Action::"study.view", resource);
        @id("emergency") permit (principal in Reader::"emergency-reader", action == Action::"study.search", resource);
        """;

    public static async Task<int> RunAsync()
    {
        var console = new Uri("http://127.0.0.1:7000");
        var alerted = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        await using WebApplication receiver = await ReceiveAsync(alerted);
        await using var mail = new MailServer();
        await mail.StartAsync();
        await using var services = new AccessGovProcesses();
        await services.StartAsync(console, new Dictionary<string, string>(StringComparer.Ordinal) { ["PolicyDecision__DirectPublication"] = "true" });
        await using var breakGlass = new BreakGlassProcess();
        string secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(secret, Convert.ToBase64String(new byte[32]));
        await breakGlass.StartAsync(services, new Dictionary<string, string>(
            mail.Settings.Select(one => KeyValuePair.Create(one.Name.Replace(":", "__", StringComparison.Ordinal), one.Value!)), StringComparer.Ordinal)
        {
            ["BreakGlass__Alerts__Audiences__security__0"] = "soc", ["BreakGlass__Alerts__Channels__soc__Kind"] = "Mail",
            ["BreakGlass__Alerts__Channels__soc__To"] = "soc@hospital.test", ["BreakGlass__Alerts__Audiences__compliance__0"] = "hook",
            ["BreakGlass__Alerts__Channels__hook__Kind"] = "Webhook", ["BreakGlass__Alerts__Channels__hook__Url"] = receiver.Urls.Single(),
            ["BreakGlass__Alerts__Channels__hook__SecretFile"] = secret,
        });
        await PrepareAsync(services);
        using var clinician = new HttpClient { BaseAddress = breakGlass.Address };
        clinician.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", await services.TokenAsync("viewer", "ada", "emergency-access.invoke"));
        await MeasureAsync(services, clinician, "warm-up");
        List<(double Answer, double Permit, string Case, long Began)> measured = [];
        for (int i = 0; i < Invocations; i++)
        {
            long began = Stopwatch.GetTimestamp();
            measured.Add(await MeasureAsync(services, clinician, $"p-{i}"));
            TimeSpan left = Pause - Stopwatch.GetElapsedTime(began);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        await Eventually.HoldsAsync(() => measured.TrueForAll(one => alerted.ContainsKey(one.Case)), "every case is told");
        List<double> alerts = [.. measured.Select(one => Stopwatch.GetElapsedTime(one.Began, alerted[one.Case]).TotalMilliseconds)];
        List<double> mails = [.. await Task.WhenAll(measured.Select(one => MailedAsync(breakGlass, one.Case)))];
        var results = new ResultTable();
        results.Add("the answer to an invocation, p50", "ms", null, Percentiles.Of([.. measured.Select(one => one.Answer)], 0.5));
        results.Add("the answer to an invocation, p99", "ms", null, Percentiles.Of([.. measured.Select(one => one.Answer)], 0.99));
        results.Add("from the answer to the first permit, p50", "ms", null, Percentiles.Of([.. measured.Select(one => one.Permit)], 0.5));
        results.Add("from the answer to the first permit, p99", "ms", 1_000, Percentiles.Of([.. measured.Select(one => one.Permit)], 0.99));
        results.Add("from the invocation until the receiver has the alert, p50", "ms", null, Percentiles.Of(alerts, 0.5));
        results.Add("from the invocation until the receiver has the alert, p99", "ms", 5_000, Percentiles.Of(alerts, 0.99));
        results.Add("from the invocation until the mail server has the mail, p50", "ms", null, Percentiles.Of(mails, 0.5));
        results.Add("from the invocation until the mail server has the mail, p99", "ms", 5_000, Percentiles.Of(mails, 0.99));
        return results.Print();
    }

    /// <summary>How long after the invocation the mail server had taken the mail, as the case says it.</summary>
    private static async Task<double> MailedAsync(BreakGlassProcess breakGlass, string id)
    {
        JsonNode? found = null, told = null;
        await Eventually.HoldsAsync(async () => (told = (found = await breakGlass.GetAsync($"emergency-cases/{id}"))["history"]!.AsArray().FirstOrDefault(
            step => step!["name"]!.GetValue<string>() == "emergency_alert_delivered" && step["data"]!["channel"]!.GetValue<string>() == "soc")) is not null,
            "security is written to");
        return (told!["data"]!["at"]!.GetValue<DateTimeOffset>() - found!["invokedAt"]!.GetValue<DateTimeOffset>()).TotalMilliseconds;
    }

    private static async Task<(double Answer, double Permit, string Case, long Began)> MeasureAsync(
        AccessGovProcesses services, HttpClient clinician, string patient)
    {
        long began = Stopwatch.GetTimestamp();
        using HttpResponseMessage invoked = await clinician.PostAsJsonAsync("emergency-access", new { reasonCode = "ETREAT", reason = "Measured", patient });
        string answer = await invoked.Content.ReadAsStringAsync();
        string id = invoked.IsSuccessStatusCode ? JsonNode.Parse(answer)!["id"]!.GetValue<string>() : throw new InvalidOperationException(answer);
        long answered = Stopwatch.GetTimestamp();
        while (!await PermittedAsync(services, patient))
        {
            await Task.Delay(5);
        }

        return (Stopwatch.GetElapsedTime(began, answered).TotalMilliseconds, Stopwatch.GetElapsedTime(answered).TotalMilliseconds, id, began);
    }

    private static async Task<bool> PermittedAsync(AccessGovProcesses services, string patient) =>
        (await services.SendAsync(HttpMethod.Post, "/access/v1/evaluation", new
        {
            subject = new { type = "User", id = "ada" }, action = new { name = "study.search" }, resource = new { type = "Patient", id = patient },
        }))!["decision"]!.GetValue<bool>();

    private static async Task PrepareAsync(AccessGovProcesses services)
    {
        await services.SendAsync(HttpMethod.Put, "/sites/north", new
        {
            name = "North", timeZone = "UTC", departments = new[] { new { id = "ward", name = "Ward" } },
        });
        await services.SendAsync(HttpMethod.Put, "/roles/ward-physician", new { description = "Looks after the ward", permissions = new[] { "study.view" } });
        await services.SendAsync(HttpMethod.Put, "/roles/emergency-reader", new
        {
            description = "Taken in an emergency", emergency = new { hoursMax = 4, invokers = new[] { "ward-physician" } },
        });
        await services.SendAsync(HttpMethod.Post, "/policy-sets/hospital/versions", new { files = new[] { new { name = "a.cedar", text = Policy } }, comment = "Emergencies." });
        await services.EnrolAsync(app: false, "ada");
        await services.SendAsync(HttpMethod.Post, "/grants", new
        {
            subjectId = "ada", role = "ward-physician", scope = new { kind = "department", id = "ward" }, reason = "works there",
        });
    }

    /// <summary>Somebody's program that takes webhooks, and notes when it first heard of a case.</summary>
    private static async Task<WebApplication> ReceiveAsync(ConcurrentDictionary<string, long> alerted)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{FreePort.Next()}");
        app.MapPost("/", async (HttpRequest request) =>
        {
            long now = Stopwatch.GetTimestamp();
            JsonNode? body = await JsonNode.ParseAsync(request.Body);
            alerted.TryAdd(body!["data"]!["caseId"]!.GetValue<string>(), now);
            return Results.NoContent();
        });
        await app.StartAsync();
        return app;
    }
}
