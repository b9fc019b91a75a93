using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.BreakGlass.Eligibility;
using AccessGov.BreakGlass.Evidence;
using AccessGov.BreakGlass.Learning;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.ServiceDefaults;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccessGov.BreakGlass.Tests;

/// <summary>
/// The real service in this process, on a real Kestrel and a free port, with a login role that owns its schema in a fresh database and
/// nothing else. What PolicyDecision answers is the test's to say.
/// </summary>
public sealed class BreakGlassHost : IAsyncLifetime, IAsyncDisposable
{
    private const string Issuer = "https://issuer.test";
    private const string Audience = "accessgov";

    private readonly TokenMint mint;
    private readonly Dictionary<string, string?> settings = new(StringComparer.Ordinal);
    private WebApplication? app;

    public BreakGlassHost() => mint = TokenMint.WithNewKey(Issuer, Audience, Clock);

    public string Superuser { get; private set; } = "";

    public HttpClient Client { get; private set; } = null!;

    internal MovedClock Clock { get; } = new();

    internal PolicyDecisionStandIn PolicyDecision { get; } = new();

    public IServiceProvider Services => app!.Services;

    public IEventStore Store => Services.GetRequiredService<IEventStore>();

    public static async Task<BreakGlassHost> StartAsync(params (string Name, string? Value)[] given)
    {
        var host = new BreakGlassHost();
        await host.CreateAsync(given);
        return host;
    }

    /// <summary>The service stops, and starts again after a time.</summary>
    public async Task RestartAsync(TimeSpan after)
    {
        Client.Dispose();
        await app!.StopAsync();
        await app.DisposeAsync();
        Clock.Advance(after);
        await RunAsync();
    }

    public string TokenOf(string subject, params string[] scopes) => mint.Mint("tests", scopes, TimeSpan.FromMinutes(30), subject);

    /// <summary>Sends JSON as somebody who may do everything here.</summary>
    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string person, object? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            TokenOf(
                person, "emergency-access.invoke", "emergency-access.review", "emergency-access.end", "policies.manage",
                "emergency-access.merge",
                "emergency-access.station"));
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content =
                new StringContent(JsonSerializer.Serialize(body, JsonSerializerOptions.Web), Encoding.UTF8, "application/json");
        }

        return Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> PostAsync(
        string path, string person, object? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, person, body, headers);

    public async Task<JsonNode> GetAsync(string path, string person)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path, person);
        string text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Emergency access that somebody takes; answers its id.</summary>
    public async Task<string> InvokeAsync(string person, string patient, bool practice = false)
    {
        using HttpResponseMessage invoked =
            await PostAsync("/emergency-access", person, new { reasonCode = "ETREAT", reason = "Unconscious", patient, practice });
        string text = await invoked.Content.ReadAsStringAsync();
        invoked.StatusCode.ShouldBe(System.Net.HttpStatusCode.Created, text);
        return JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }

    public Task InitializeAsync() => CreateAsync([]);

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        // xunit may dispose of a fixture in both of its ways.
        if (Interlocked.Exchange(ref app, null) is { } running)
        {
            Client.Dispose();
            await running.StopAsync();
            await running.DisposeAsync();
            mint.Dispose();
        }
    }

    private async Task CreateAsync((string Name, string? Value)[] given)
    {
        PostgresServer server = await PostgresServer.SharedAsync();
        Superuser = await server.CreateDatabaseAsync();
        string secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(secret, "unused");
        settings["BreakGlass:ConnectionString"] =
            await ServiceRole.CreateAsync(Superuser, "break_glass", "break-glass", connections: 30);
        settings["BreakGlass:PolicyDecisionUrl"] = "https://decisions.test";
        settings["BreakGlass:Client:TokenUrl"] = "https://identity.test/oauth/token";
        settings["BreakGlass:Client:ClientId"] = "break-glass";
        settings["BreakGlass:Client:SecretFile"] = secret;
        settings["BreakGlass:PracticePatients:0"] = "drill-1";
        settings["Authentication:Issuer"] = Issuer;
        settings["Authentication:Audience"] = Audience;
        settings["Authentication:Keys"] = mint.Jwks;
        foreach ((string name, string? value) in given)
        {
            settings[name] = value;
        }

        await RunAsync();
    }

    private async Task RunAsync()
    {
        app = ServiceHost.Build(
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", $"--contentRoot={WorkingCopy.PathOf("services", "BreakGlass")}",
            "--Logging:LogLevel:Default=Error",
            .. settings.Select(setting => $"--{setting.Key}={setting.Value}"),
        ], Clock, services => services
            .AddSingleton(provider => new PolicyDecisionClient(StandIn(), provider.GetRequiredService<ILogger<PolicyDecisionClient>>()))
            .AddSingleton(provider => new EvidenceClient(StandIn(), provider.GetRequiredService<ILogger<EvidenceClient>>()))
            .AddSingleton(provider => new PolicyDrafts(StandIn(), provider.GetRequiredService<ILogger<PolicyDrafts>>())));
        await app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await Eventually.HoldsAsync(() => Store.Started.IsCompletedSuccessfully, "the store has started");
    }

    private HttpClient StandIn() =>
        new(PolicyDecision, disposeHandler: false) { BaseAddress = new Uri("https://decisions.test"), Timeout = TimeSpan.FromSeconds(3) };
}
