using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.Recertification.Applying;
using AccessGov.Recertification.Sources;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Recertification.Tests;

/// <summary>
/// The real service in this process, on a real Kestrel and a free port, with a login role that owns its schema in a fresh database and
/// nothing else. What PolicyDecision and IdentityFederation answer is the test's to say.
/// </summary>
public sealed class RecertificationHost : IAsyncLifetime, IAsyncDisposable
{
    /// <summary>The scope of those who run campaigns.</summary>
    public const string Manage = "campaigns.manage";

    /// <summary>The scope of those who judge.</summary>
    public const string Decide = "reviews.decide";

    private const string Issuer = "https://issuer.test";
    private const string Audience = "accessgov";
    private const string SecondFactor = "https://refeds.org/profile/mfa";

    private readonly TokenMint mint;
    private readonly Dictionary<string, string?> settings = new(StringComparer.Ordinal);
    private bool asksReally;
    private WebApplication? app;

    public RecertificationHost() => mint = TokenMint.WithNewKey(Issuer, Audience, Clock);

    public string Superuser { get; private set; } = "";

    public HttpClient Client { get; private set; } = null!;

    internal MovedClock Clock { get; } = new();

    internal House House { get; } = new();

    public IServiceProvider Services => app!.Services;

    public IEventStore Store => Services.GetRequiredService<IEventStore>();

    public static async Task<RecertificationHost> StartAsync(params (string Name, string? Value)[] given)
    {
        var host = new RecertificationHost();
        await host.CreateAsync(given);
        return host;
    }

    /// <summary>One that asks the real PolicyDecision and IdentityFederation.</summary>
    public static async Task<RecertificationHost> StartBesideAsync(AccessGovProcesses others, params (string Name, string? Value)[] given)
    {
        string secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(secret, others.Secret);
        var host = new RecertificationHost { asksReally = true };
        await host.CreateAsync(
        [
            ("Recertification:PolicyDecisionUrl", others.PolicyDecision.AbsoluteUri.TrimEnd('/')),
            ("Recertification:IdentityFederationUrl", others.IdentityFederation.AbsoluteUri.TrimEnd('/')),
            ("Recertification:Client:TokenUrl", new Uri(others.IdentityFederation, "oauth/token").AbsoluteUri),
            ("Recertification:Client:SecretFile", secret), .. given,
        ]);
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

    /// <summary>A token of somebody who signed in with two factors, or with one.</summary>
    public string TokenOf(string subject, bool strong, params string[] scopes) => mint.Mint(
        "tests", scopes, TimeSpan.FromMinutes(30), subject, strong ? SecondFactor : null);

    /// <summary>Sends JSON as somebody who signed in strongly and may do everything here.</summary>
    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string person, object? body = null, params (string Name, string Value)[] headers) =>
        SendWithAsync(TokenOf(person, strong: true, Manage, Decide), method, path, body, headers);

    /// <summary>Sends JSON with a token.</summary>
    public Task<HttpResponseMessage> SendWithAsync(
        string token, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
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

    /// <summary>A command that must be taken; answers what it answers.</summary>
    public async Task<JsonNode?> TakenAsync(string path, string person, object? body = null)
    {
        using HttpResponseMessage answer = await PostAsync(path, person, body);
        string text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public async Task<JsonNode> GetAsync(string path, string person = "sven")
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path, person);
        string text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
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
        settings["Recertification:ConnectionString"] =
            await ServiceRole.CreateAsync(Superuser, "recertification", "recertification", connections: 30);
        string secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(secret, "unused");
        settings["Recertification:PolicyDecisionUrl"] = "https://decisions.test";
        settings["Recertification:IdentityFederationUrl"] = "https://identity.test";
        settings["Recertification:Client:TokenUrl"] = "https://identity.test/oauth/token";
        settings["Recertification:Client:ClientId"] = "recertification";
        settings["Recertification:Client:SecretFile"] = secret;
        settings["Recertification:Administrators:0"] = "sven";
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
            "--urls=http://127.0.0.1:0", "--environment=Production", $"--contentRoot={WorkingCopy.PathOf("services", "Recertification")}",
            "--Logging:LogLevel:Default=Error",
            .. settings.Select(setting => $"--{setting.Key}={setting.Value}"),
        ], Clock, services => _ = asksReally ? services : services
            .AddSingleton(_ => new GrantSource(new HttpClient(House, disposeHandler: false) { BaseAddress = new Uri("https://decisions.test") }))
            .AddSingleton(_ => new PeopleSource(new HttpClient(House, disposeHandler: false) { BaseAddress = new Uri("https://identity.test") }))
            .AddSingleton(_ => new GrantChanges(new HttpClient(House, disposeHandler: false) { BaseAddress = new Uri("https://decisions.test") })));
        await app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await Eventually.HoldsAsync(() => Store.Started.IsCompletedSuccessfully, "the store has started");
    }
}
