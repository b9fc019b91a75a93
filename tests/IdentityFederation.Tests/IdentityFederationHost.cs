using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Tokens;
using AccessGov.Messaging;
using AccessGov.ServiceDefaults;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests;

/// <summary>
/// The real service in this process, on a real Kestrel and a free port, with a login role that owns its schema in a fresh database and nothing else.
/// A class fixture, or started by a test that needs its own.
/// </summary>
public sealed class IdentityFederationHost : IAsyncLifetime, IAsyncDisposable
{
    private const string Issuer = "https://issuer.test";
    private const string Audience = "accessgov";

    private readonly TimeProvider clock;
    private readonly TokenMint mint;
    private readonly Dictionary<string, string?> settings = new(StringComparer.Ordinal);
    private readonly bool ownsMint = true;
    private Action<IServiceCollection>? configure;
    private WebApplication? app;

    public IdentityFederationHost()
        : this(TimeProvider.System)
    {
    }

    private IdentityFederationHost(TimeProvider clock)
    {
        this.clock = clock;
        mint = TokenMint.WithNewKey(Issuer, Audience, clock);
    }

    private IdentityFederationHost(IdentityFederationHost other, IReadOnlyDictionary<string, string?> given)
    {
        (clock, mint, ownsMint, Superuser, configure) = (other.clock, other.mint, false, other.Superuser, other.configure);
        settings = new(other.settings.Concat(given).GroupBy(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal)
            .Select(group => KeyValuePair.Create(group.Key, group.Last())), StringComparer.Ordinal);
    }

    /// <summary>A superuser's connection string to the service's database.</summary>
    public string Superuser { get; private set; } = "";

    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => app!.Services;

    public IEventStore Store => Services.GetRequiredService<IEventStore>();

    public static async Task<IdentityFederationHost> StartAsync(
        PostgresServer? server = null, IReadOnlyDictionary<string, string?>? settings = null, TimeProvider? clock = null, Action<IServiceCollection>? configure = null)
    {
        var host = new IdentityFederationHost(clock ?? TimeProvider.System) { configure = configure };
        await host.CreateAsync(server ?? await PostgresServer.SharedAsync(), settings);
        return host;
    }

    /// <summary>Another process on the same database: a replica, or this one after a restart.</summary>
    public async Task<IdentityFederationHost> BesideAsync(params (string Name, string? Value)[] given)
    {
        var host = new IdentityFederationHost(this, given.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal));
        await host.RunAsync();
        return host;
    }

    public string TokenOf(string subject, params string[] scopes) => mint.Mint("tests", scopes, TimeSpan.FromMinutes(30), subject);

    /// <summary>Sends JSON with a token that has every administrative scope, unless another one is given.</summary>
    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? json = null, string? token = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer", token ?? TokenOf("grace", "organisations.manage", "people.manage", "people.suspend", "people.read", "clients.manage", "keys.manage"));
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        return Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> PostAsync(string path, object body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, JsonSerializer.Serialize(body, JsonSerializerOptions.Web), null, headers);

    public Task<HttpResponseMessage> PutAsync(string path, object body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Put, path, JsonSerializer.Serialize(body, JsonSerializerOptions.Web), null, headers);

    public async Task<JsonNode> GetAsync(string path)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path);
        string text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>An organisation for tests that need one; it may be there already.</summary>
    public async Task<string> OrganisationAsync(string id = "hospital")
    {
        using HttpResponseMessage defined = await PutAsync($"/organisations/{id}", new { name = id, kind = "hospital" });
        defined.IsSuccessStatusCode.ShouldBeTrue(await defined.Content.ReadAsStringAsync());
        return id;
    }

    /// <summary>A person of the hospital; answers their id.</summary>
    public async Task<string> PersonAsync(string userName, string organisation = "hospital")
    {
        await OrganisationAsync(organisation);
        using HttpResponseMessage provisioned = await PostAsync("/people", new { organisation, profile = new { userName } });
        string text = await provisioned.Content.ReadAsStringAsync();
        provisioned.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }

    public async Task InitializeAsync() => await CreateAsync(await PostgresServer.SharedAsync(), null);

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        // xunit may dispose of a fixture in both of its ways.
        if (Interlocked.Exchange(ref app, null) is { } running)
        {
            Client.Dispose();
            await running.StopAsync();
            await running.DisposeAsync();
            if (ownsMint)
            {
                mint.Dispose();
            }
        }
    }

    /// <summary>A file with 32 random bytes.</summary>
    public static string KeyFile()
    {
        string file = Path.GetTempFileName();
        File.WriteAllBytes(file, System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        return file;
    }

    private async Task CreateAsync(PostgresServer server, IReadOnlyDictionary<string, string?>? given)
    {
        Superuser = await server.CreateDatabaseAsync();
        settings["IdentityFederation:ConnectionString"] =
            await ServiceRole.CreateAsync(Superuser, "identity_federation", "identity-federation", connections: 30);
        settings["IdentityFederation:PublicUrl"] = "https://identity.test";
        settings["IdentityFederation:KeyEncryptionKeyFile"] = KeyFile();
        settings["IdentityFederation:ScopesOfEverybody:0"] = "things.read";
        settings["IdentityFederation:ScopesOfEverybody:1"] = "sessions.own";
        settings["Authentication:Issuer"] = Issuer;
        settings["Authentication:Audience"] = Audience;
        settings["Authentication:Keys"] = mint.Jwks;
        foreach ((string name, string? value) in given ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            settings[name] = value;
        }

        await RunAsync();
    }

    private async Task RunAsync()
    {
        app = ServiceHost.Build(
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", $"--contentRoot={WorkingCopy.PathOf("services", "IdentityFederation")}", "--Logging:LogLevel:Default=Error",
            .. settings.Select(setting => $"--{setting.Key}={setting.Value}"),
        ], clock, configure);
        await app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await Eventually.HoldsAsync(() => Store.Started.IsCompletedSuccessfully, "the store has started");
        await Eventually.HoldsAsync(() => Services.GetRequiredService<Issuance>() is { IsRead: true, Signs: true } or { IsRead: true, SigningFault: not null },
            "there are signing keys");
    }
}
