using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AccessGov.ServiceDefaults.Tests;

/// <summary>A small service with the defaults, on a real Kestrel and a free port.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    public const string Issuer = "https://issuer.test";
    public const string Audience = "accessgov";

    private readonly WebApplication app;

    private RunningService(WebApplication app, TokenMint mint, ManualClock clock)
    {
        this.app = app;
        Mint = mint;
        Clock = clock;
        // A client that does not wait for leave to send may lose a refusal with the connection; one that waits must not lose patience.
        Client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public TokenMint Mint { get; }

    public ManualClock Clock { get; }

    public IServiceProvider Services => app.Services;

    public static Dictionary<string, string?> SettingsFor(TokenMint mint) => new(StringComparer.Ordinal)
    {
        ["Authentication:Issuer"] = Issuer,
        ["Authentication:Audience"] = Audience,
        ["Authentication:Keys"] = mint.Jwks,
    };

    public static WebApplicationBuilder Builder(
        ManualClock clock, Dictionary<string, string?> settings, string environment = "Production", bool authenticateCallers = true)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.AddServiceDefaults("example", authenticateCallers);
        return builder;
    }

    public static async Task<RunningService> StartAsync(
        Action<WebApplication>? map = null, Action<WebApplicationBuilder>? configure = null, Dictionary<string, string?>? settings = null,
        string environment = "Production", bool authenticateCallers = true, TokenMint? mint = null)
    {
        var clock = new ManualClock();
        mint ??= TokenMint.WithNewKey(Issuer, Audience, clock);
        Dictionary<string, string?> all = SettingsFor(mint);
        foreach ((string name, string? value) in settings ?? [])
        {
            all[name] = value;
        }

        WebApplicationBuilder builder = Builder(clock, all, environment, authenticateCallers);
        configure?.Invoke(builder);
        WebApplication built = builder.Build();
        built.MapServiceDefaults();
        map?.Invoke(built);
        await built.StartAsync();
        return new RunningService(built, mint, clock);
    }

    public string Token(string scopes = "things.read", TimeSpan? lifetime = null) =>
        Mint.Mint("pacs", scopes.Split(' '), lifetime ?? TimeSpan.FromMinutes(10));

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? json = null, string? token = null, string contentType = "application/json")
    {
        var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            request.Headers.ExpectContinue = json.Length > 1_000_000;
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? token = null) => SendAsync(HttpMethod.Get, path, token: token);

    public void StopApplication() => app.Lifetime.StopApplication();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        Mint.Dispose();
    }
}
