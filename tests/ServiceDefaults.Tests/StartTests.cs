using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace AccessGov.ServiceDefaults.Tests;

public sealed class StartTests
{
    private sealed class ExampleSettings
    {
        [Required]
        public string ConnectionString { get; set; } = "";
    }

    [Fact]
    public async Task A_service_whose_settings_are_wrong_does_not_start_and_names_the_setting()
    {
        OptionsValidationException error = await Should.ThrowAsync<OptionsValidationException>(() => RunningService.StartAsync(
            configure: builder => builder.Services.AddSettings<ExampleSettings>("Example")));

        error.Message.ShouldBe("Setting Example:ConnectionString: The ConnectionString field is required.");
    }

    [Theory]
    [InlineData("Authentication:Issuer", "", "Setting Authentication:Issuer")]
    [InlineData("Authentication:Keys", "", "Setting Authentication:Keys")]
    [InlineData("Authentication:KeysUrl", "https://issuer.test/jwks", "exactly one")]
    public async Task A_service_that_does_not_know_whose_tokens_to_trust_does_not_start(string setting, string value, string sentence)
    {
        OptionsValidationException error = await Should.ThrowAsync<OptionsValidationException>(() => RunningService.StartAsync(
            settings: new(StringComparer.Ordinal) { [setting] = value }));

        error.Message.ShouldContain(sentence);
    }

    [Fact]
    public async Task Without_any_issuer_only_a_service_that_issues_tokens_itself_starts()
    {
        Dictionary<string, string?> none = new(StringComparer.Ordinal) { ["Authentication:Issuer"] = null, ["Authentication:Keys"] = null };
        (await Should.ThrowAsync<OptionsValidationException>(() => RunningService.StartAsync(settings: none))).Message.ShouldContain("Setting Authentication:Issuer");

        await using RunningService issuing = await RunningService.StartAsync(
            configure: builder => builder.Services.AddSingleton<ISigningKeySource>(new OwnKeys("https://own.test", [])), settings: none);
        (await issuing.GetAsync("/health/ready")).IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task Keys_over_plain_http_are_for_development_only() => (await Should.ThrowAsync<OptionsValidationException>(() => RunningService.StartAsync(
        settings: new(StringComparer.Ordinal) { ["Authentication:Keys"] = null, ["Authentication:KeysUrl"] = "http://issuer.test/jwks" })))
        .Message.ShouldContain("over https");

    [Theory]
    [InlineData("rubbish")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    public async Task Keys_that_are_none_end_the_start(string keys) => await Should.ThrowAsync<FormatException>(() => RunningService.StartAsync(
        settings: new(StringComparer.Ordinal) { ["Authentication:Keys"] = keys }));

    [Fact]
    public async Task The_OpenAPI_document_shows_the_endpoints_and_not_the_caller()
    {
        await using RunningService service = await RunningService.StartAsync(
            app => app.MapGet("/things/{id}", (string id, CallerIdentity caller) => id + caller.ClientId).RequireAuthorization("things.read"));

        string document = await service.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));

        JsonElement operation = JsonDocument.Parse(document).RootElement.GetProperty("paths").GetProperty("/things/{id}").GetProperty("get");
        operation.GetProperty("parameters").GetArrayLength().ShouldBe(1);
        document.ShouldContain("\"/health/ready\"");
    }

    [Fact]
    public async Task Traces_and_metrics_go_to_the_collector_that_is_configured_without_paths()
    {
        var received = new System.Collections.Concurrent.ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await using RunningService collector = await RunningService.StartAsync(
            app => app.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                received.AddOrUpdate(signal, _ => Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
            }),
            authenticateCallers: false);
        await using (RunningService service = await RunningService.StartAsync(
            app => app.MapGet("/patients/{id}", (string id) => id).AllowAnonymous(),
            settings: new(StringComparer.Ordinal)
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Client.BaseAddress!.ToString(),
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            }))
        {
            await service.GetAsync("/patients/P123?name=Doe");
        }

        await Eventually.HoldsAsync(() => Received("traces").Contains("GET /patients/{id}", StringComparison.Ordinal), "traces arrive");
        await Eventually.HoldsAsync(() => Received("metrics").Contains("http.server.request.duration", StringComparison.Ordinal), "metrics arrive");
        Received("traces").ShouldContain("example");
        Received("traces").ShouldNotContain("P123");

        string Received(string signal) => received.GetValueOrDefault(signal, "");
    }

    [Fact]
    public void A_log_entry_is_one_line_of_JSON_with_the_trace_and_without_the_request_path()
    {
        using var activity = new Activity("request");
        activity.SetIdFormat(ActivityIdFormat.W3C).Start();
        var formatter = new JsonLogLines(new ServiceIdentity("example", AuthenticateCallers: true), new ManualClock());
        var scopes = new LoggerExternalScopeProvider();
        using IDisposable scope = scopes.Push(new Dictionary<string, object>(StringComparer.Ordinal) { ["RequestPath"] = "/patients/P123" });
        var output = new StringWriter();
        KeyValuePair<string, object?>[] state = [new("GrantId", "g-1"), new("Count", 3), new("{OriginalFormat}", "Grant {GrantId}: {Count}")];

        formatter.Write(
            new LogEntry<KeyValuePair<string, object?>[]>(LogLevel.Warning, "Grants", default, state, new InvalidOperationException("two\nlines"), (_, _) => "Grant g-1:\n3"),
            scopes, output);

        string line = output.ToString();
        line.Count(character => character == '\n').ShouldBe(1);
        line.ShouldNotContain("P123");
        JsonElement json = JsonDocument.Parse(line).RootElement;
        json.GetProperty("time").GetString().ShouldBe("2026-03-02T09:30:00Z");
        json.GetProperty("level").GetString().ShouldBe("warning");
        json.GetProperty("service").GetString().ShouldBe("example");
        json.GetProperty("message").GetString().ShouldBe("Grant g-1:\n3");
        json.GetProperty("trace_id").GetString().ShouldBe(activity.TraceId.ToHexString());
        json.GetProperty("attributes").GetProperty("Count").GetString().ShouldBe("3");
        json.GetProperty("exception").GetString()!.ShouldContain("two\nlines");
    }

    [Fact]
    public async Task The_defaults_log_to_the_console_as_JSON_and_leave_the_hosts_request_lines_out()
    {
        await using RunningService service = await RunningService.StartAsync(authenticateCallers: false);

        service.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName.ShouldBe(JsonLogLines.FormatterName);
        ILoggerFactory loggers = service.Services.GetRequiredService<ILoggerFactory>();
        loggers.CreateLogger("Microsoft.AspNetCore.Hosting.Diagnostics").IsEnabled(LogLevel.Information).ShouldBeFalse();
        loggers.CreateLogger("AccessGov.Example").IsEnabled(LogLevel.Information).ShouldBeTrue();
    }
}
