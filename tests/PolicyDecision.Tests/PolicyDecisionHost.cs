using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;
using AccessGov.ServiceDefaults;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests;

/// <summary>
/// The real service in this process, on a real Kestrel and a free port, with a login role that owns its schema in a fresh database and nothing else.
/// A class fixture, or started by a test that needs its own.
/// </summary>
public sealed class PolicyDecisionHost : IAsyncLifetime, IAsyncDisposable
{
    private const string Issuer = "https://issuer.test";
    private const string Audience = "accessgov";

    private readonly TimeProvider clock;
    private readonly TokenMint mint;
    private readonly Dictionary<string, string?> settings = new(StringComparer.Ordinal);
    private WebApplication? app;
    private string spool = "";

    public PolicyDecisionHost()
        : this(TimeProvider.System)
    {
    }

    private PolicyDecisionHost(TimeProvider clock)
    {
        this.clock = clock;
        mint = TokenMint.WithNewKey(Issuer, Audience, clock);
    }

    /// <summary>A superuser's connection string to the service's database.</summary>
    public string Superuser { get; private set; } = "";

    /// <summary>The service's own connection string.</summary>
    public string ConnectionString { get; private set; } = "";

    public HttpClient Client { get; private set; } = null!;

    /// <summary>What another process of the same service is started with.</summary>
    public IReadOnlyDictionary<string, string?> Settings => settings;

    public IServiceProvider Services => app!.Services;

    internal IFacts Facts => Services.GetRequiredService<IFacts>();

    public IEventStore Store => Services.GetRequiredService<IEventStore>();

    public static async Task<PolicyDecisionHost> StartAsync(PostgresServer? server = null, IReadOnlyDictionary<string, string?>? settings = null, TimeProvider? clock = null)
    {
        var host = new PolicyDecisionHost(clock ?? TimeProvider.System);
        await host.CreateAsync(server ?? await PostgresServer.SharedAsync(), settings);
        return host;
    }

    /// <summary>Another process of the same service: same database, same tokens, same clock.</summary>
    public async Task<PolicyDecisionHost> StartReplicaAsync(bool untilReady = true, params (string Name, string Value)[] other)
    {
        var replica = new PolicyDecisionHost(clock) { Superuser = Superuser, ConnectionString = ConnectionString };
        await replica.RunAsync(other.Aggregate(new Dictionary<string, string?>(settings), (all, one) => { all[one.Name] = one.Value; return all; }), untilReady);
        return replica;
    }

    public string TokenOfClient(string client, params string[] scopes) => mint.Mint(client, scopes, TimeSpan.FromMinutes(30), subject: "grace");

    /// <summary>A person's token that opens images.</summary>
    public string TokenOfPerson(string person) => mint.Mint("viewer", ["images.open"], TimeSpan.FromMinutes(30), person);

    /// <summary>Somebody's token from the tests' client; the client's own name stands for a program that acts for nobody.</summary>
    public string TokenOf(string subject, params string[] scopes) => mint.Mint("tests", scopes, TimeSpan.FromMinutes(30), subject);

    /// <summary>A token of somebody who signed in as <paramref name="acr"/> says.</summary>
    public string TokenOf(string subject, string acr, DateTimeOffset? signedIn, params string[] scopes) =>
        mint.Mint("tests", scopes, TimeSpan.FromMinutes(30), subject, acr, signedIn);

    /// <summary>A token that somebody was given in a session.</summary>
    public string TokenOfSession(string session, params string[] scopes) => mint.Mint("console", scopes, TimeSpan.FromMinutes(30), "grace", sessionId: session);

    public string Token(params string[] scopes) => mint.Mint("tests", scopes, TimeSpan.FromMinutes(30), subject: "grace");

    /// <summary>Sends JSON with a token that has every administrative scope, unless another one is given.</summary>
    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? json = null, string? token = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer", token ?? Token("roles.manage", "grants.manage", "relations.manage", "sites.manage", "policies.manage", "facts.read"));
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
            // A client that still sends when the refusal comes may lose the refusal with the connection. It must not lose patience either.
            request.Headers.ExpectContinue = json.Length > 1_000_000;
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

    /// <summary>The time of the database, which events are recorded by.</summary>
    public async Task<string> NowAsync()
    {
        await using var connection = new NpgsqlConnection(Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        return $"{(DateTime)(await command.ExecuteScalarAsync())!:yyyy-MM-dd'T'HH:mm:ss.ffffff}Z";
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
            Directory.Delete(spool, recursive: true);
            mint.Dispose();
        }
    }

    private async Task CreateAsync(PostgresServer server, IReadOnlyDictionary<string, string?>? given)
    {
        Superuser = await server.CreateDatabaseAsync();
        ConnectionString = await ServiceRole.CreateAsync(Superuser, "policy_decision", "policy-decision", connections: 30);
        settings["PolicyDecision:ConnectionString"] = ConnectionString;
        // A busy machine must not fail a test that reads the facts right after a command.
        settings["PolicyDecision:PositionPatience"] = "00:01:00";
        settings["PolicyDecision:FactsLease"] = "00:00:45";
        // Most tests are about what published policies do, not about how they come to be.
        settings["PolicyDecision:DirectPublication"] = "true";
        // Nor about who may administer.
        settings["PolicyDecision:DecideAdministration"] = "false";
        settings["PolicyDecision:PublicUrl"] = "https://pdp.test";
        settings["Authentication:Issuer"] = Issuer;
        settings["Authentication:Audience"] = Audience;
        settings["Authentication:Keys"] = mint.Jwks;
        foreach ((string name, string? value) in given ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            settings[name] = value;
        }

        await RunAsync(settings);
    }

    private async Task RunAsync(Dictionary<string, string?> with, bool untilReady = true)
    {
        foreach ((string name, string? value) in with)
        {
            settings[name] = value;
        }

        // Each process has a spool of its own.
        spool = Directory.CreateTempSubdirectory("accessgov-spool-").FullName;
        settings["DecisionJournal:SpoolDirectory"] = spool;
        app = ServiceHost.Build(
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", "--Logging:LogLevel:Default=Error",
            .. settings.Select(setting => $"--{setting.Key}={setting.Value}"),
        ], clock);
        await app.StartAsync();
        Client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = new Uri(app.Urls.Single()) };
        if (untilReady)
        {
            await Eventually.HoldsAsync(() => Facts.IsReady, "the facts are ready");
            await Eventually.HoldsAsync(() => Services.GetRequiredService<StudyNews>().Listening, "the table of studies is there");
        }
    }
}
