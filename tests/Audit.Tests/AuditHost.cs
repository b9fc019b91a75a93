using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Ingest.Syslog;
using AccessGov.Audit.Retention;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Tests;

/// <summary>
/// The real service in this process, on a real Kestrel and a free port, with its three login roles in a fresh database and its trail in a
/// temporary folder.
/// A class fixture, or started by a test that needs its own.
/// </summary>
public sealed class AuditHost : IAsyncLifetime, IAsyncDisposable
{
    public const string Origin = "hospital.test/audit";
    private const string Issuer = "https://issuer.test";
    private const string Audience = "accessgov";

    private readonly TimeProvider clock;
    private readonly TokenMint mint;
    private readonly bool ownsMint = true;
    private readonly Dictionary<string, string?> settings = new(StringComparer.Ordinal);
    private WebApplication? app;
    private bool stopped;

    public AuditHost()
        : this(TimeProvider.System)
    {
    }

    private AuditHost(TimeProvider clock)
    {
        this.clock = clock;
        mint = TokenMint.WithNewKey(Issuer, Audience, clock);
    }

    private AuditHost(AuditHost other)
    {
        (clock, mint, ownsMint, Superuser, Folder) = (other.clock, other.mint, false, other.Superuser, other.Folder);
        settings = new(other.settings, StringComparer.Ordinal);
    }

    /// <summary>A superuser's connection string to the trail's database.</summary>
    public string Superuser { get; private set; } = "";

    /// <summary>Where everything of this trail lies.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("accessgov-audit-").FullName;

    public string TrailDirectory => Path.Combine(Folder, "trail");

    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => app!.Services;

    internal Intake Intake => Services.GetRequiredService<Intake>();

    public static async Task<AuditHost> StartAsync(
        PostgresServer? server = null, IReadOnlyDictionary<string, string?>? settings = null, TimeProvider? clock = null)
    {
        var host = new AuditHost(clock ?? TimeProvider.System);
        await host.CreateAsync(server ?? await PostgresServer.SharedAsync(), settings);

        // The service has looked at what has expired: what comes from now on is the test's until the next look.
        await host.Services.GetServices<IHostedService>().OfType<RetentionWorker>().Single().FirstTurn.WaitAsync(Eventually.Bound);
        return host;
    }

    /// <summary>Everything that a trail needs, without a service: a test starts it itself, and kills it.</summary>
    public static async Task<AuditHost> PrepareAsync(PostgresServer server)
    {
        var host = new AuditHost(TimeProvider.System);
        await host.PrepareAsync(server, null);
        return host;
    }

    /// <summary>The settings as environment variables.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentVariables => settings.ToDictionary(
        setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value!, StringComparer.Ordinal);

    /// <summary>What takes events in, without a service around it.</summary>
    internal Intake IntakeAlone()
    {
        var options = new AuditOptions();
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build().GetSection(AuditOptions.Section).Bind(options);
        var state = new IngestState(Options.Create(new SyslogOptions()), clock);
        var key = new IntakeKey(SecretKeyFile.Read(options.SecretFile), new KeyEncryptionKeys(options.KeyEncryptionDirectory));
        return new Intake(new TrailDatabase(Options.Create(options)), key, new Signal(), state, clock);
    }

    /// <summary>The same trail in another process: after a restart, or beside this one.</summary>
    public async Task<AuditHost> BesideAsync(params (string Name, string? Value)[] given)
    {
        var host = new AuditHost(this);
        foreach ((string name, string? value) in given)
        {
            // What has no value is not set any more.
            host.settings.Remove(name);
            if (value is not null)
            {
                host.settings[name] = value;
            }
        }

        await host.RunAsync();
        return host;
    }

    /// <summary>The same trail after a restart; this host has stopped then, and is still to be disposed of.</summary>
    /// <param name="between">What happens while nobody runs.</param>
    /// <param name="settings">Settings that are others then.</param>
    public async Task<AuditHost> AgainAsync(Action? between = null, params (string Name, string? Value)[] settings)
    {
        await StopAsync(app!);
        between?.Invoke();
        return await BesideAsync(settings);
    }

    public string TokenOf(string subject, params string[] scopes) => mint.Mint("tests", scopes, TimeSpan.FromMinutes(30), subject);

    /// <summary>A token of somebody who signed in with two factors.</summary>
    public string StrongTokenOf(string subject, params string[] scopes) =>
        mint.Mint(
            "tests", scopes, TimeSpan.FromMinutes(30), subject, acr: "https://refeds.org/profile/mfa", sessionId: $"session-of-{subject}");

    /// <summary>
    /// Sends JSON, unless it is of another type, with a token that has every scope of the service, unless another one is given.
    /// </summary>
    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? body = null, string? token = null, string type = "application/json",
        params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? TokenOf("grace", "audit.append", "audit.read"));
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            // What is refused for its size is refused before it is sent: a connection that is cut meanwhile has no answer.
            request.Headers.ExpectContinue = body.Length > 1_000_000;
            request.Content = new StringContent(body, Encoding.UTF8, type);
        }

        return Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> PostAsync(string path, object body) =>
        SendAsync(HttpMethod.Post, path, JsonSerializer.Serialize(body, JsonSerializerOptions.Web));

    public async Task InitializeAsync() => await CreateAsync(await PostgresServer.SharedAsync(), null);

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        // xunit may dispose of a fixture in both of its ways.
        if (Interlocked.Exchange(ref app, null) is { } running)
        {
            if (!stopped)
            {
                await StopAsync(running);
            }

            if (ownsMint)
            {
                mint.Dispose();
                Directory.Delete(Folder, recursive: true);
            }
        }
    }

    private async Task StopAsync(WebApplication running)
    {
        stopped = true;
        Client.Dispose();
        await running.StopAsync();
        await running.DisposeAsync();
    }

    private async Task CreateAsync(PostgresServer server, IReadOnlyDictionary<string, string?>? given)
    {
        await PrepareAsync(server, given);
        await RunAsync();
    }

    private async Task PrepareAsync(PostgresServer server, IReadOnlyDictionary<string, string?>? given)
    {
        Superuser = await server.CreateDatabaseAsync();
        await AuditDatabase.CreateAsync(Superuser);
        settings["Audit:AppendConnectionString"] = AuditDatabase.ConnectionOf(Superuser, "audit_append");
        settings["Audit:SealConnectionString"] = AuditDatabase.ConnectionOf(Superuser, "audit_seal");
        settings["Audit:ReadConnectionString"] = AuditDatabase.ConnectionOf(Superuser, "audit_read");
        settings["Audit:TrailDirectory"] = TrailDirectory;
        settings["Audit:Origin"] = Origin;
        settings["Audit:Ed25519SeedFile"] = Write("seed", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            settings["Audit:EcdsaKeyFile"] = Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        }

        settings["Audit:SecretFile"] = Write("secret", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        settings["Audit:KeyEncryptionDirectory"] = Directory.CreateDirectory(Path.Combine(Folder, "epochs")).FullName;
        Write("epochs/1", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        settings["Audit:RoundInterval"] = "00:00:00.020";

        // A test that changes files says when it is looked at them.
        settings["Audit:VerifyEvery"] = settings["Audit:VerifyWholeEvery"] = "36500.00:00:00";
        if (clock != TimeProvider.System)
        {
            // The database goes by the machine's clock.
            settings["Audit:ClockDifferenceMax"] = "36500.00:00:00";
        }

        settings["Authentication:Issuer"] = Issuer;
        settings["Authentication:Audience"] = Audience;
        settings["Authentication:Keys"] = mint.Jwks;
        foreach ((string name, string? value) in given ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            settings[name] = value;
        }
    }

    private string Write(string name, string content)
    {
        string file = Path.Combine(Folder, name);
        File.WriteAllText(file, content);
        return file;
    }

    private async Task RunAsync()
    {
        app = ServiceHost.Build(
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", $"--contentRoot={WorkingCopy.PathOf("services", "Audit")}",
            "--Logging:LogLevel:Default=Error",
            .. settings.Select(setting => $"--{setting.Key}={setting.Value}"),
        ], clock);
        await app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }
}
