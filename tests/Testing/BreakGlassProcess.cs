using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.Testing;

/// <summary>
/// BreakGlass as it runs in a hospital, beside the others: a process with a login role and a schema of its own in their database. Only its
/// public behaviour is used.
/// </summary>
public sealed class BreakGlassProcess : IAsyncDisposable
{
    /// <summary>The patient whom drills are about.</summary>
    public const string TestPatient = "P-DRILL";

    /// <summary>The edge whose journal the tests' own client tells.</summary>
    public const string Edge = "demo";

    private readonly string home = Directory.CreateTempSubdirectory("accessgov-break-glass-").FullName;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(100) };
    private Dictionary<string, string> settings = [];
    private ChildProcess? process;

    /// <summary>Where it answers.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Next()}/");

    /// <summary>Starts it; it is ready when this returns.</summary>
    /// <param name="others">The services that it asks, which run already.</param>
    /// <param name="given">More settings, as environment variables.</param>
    public async Task StartAsync(AccessGovProcesses others, IReadOnlyDictionary<string, string>? given = null)
    {
        string secret = Path.Combine(home, "secret");
        await File.WriteAllTextAsync(secret, others.Secret);
        string key = Path.Combine(home, "emergency-capabilities.pem");
        using (var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            await File.WriteAllTextAsync(key, signing.ExportPkcs8PrivateKeyPem());
        }

        settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = Address.AbsoluteUri.TrimEnd('/'),
            ["Authentication__Issuer"] = others.IdentityFederation.AbsoluteUri.TrimEnd('/'),
            ["Authentication__Audience"] = "accessgov",
            ["Authentication__KeysUrl"] = new Uri(others.IdentityFederation, "oauth/jwks").AbsoluteUri,
            ["BreakGlass__ConnectionString"] = await ServiceRole.CreateAsync(others.Superuser, "break_glass", "break-glass"),
            ["BreakGlass__PolicyDecisionUrl"] = others.PolicyDecision.AbsoluteUri.TrimEnd('/'),
            ["BreakGlass__Client__TokenUrl"] = new Uri(others.IdentityFederation, "oauth/token").AbsoluteUri,
            ["BreakGlass__Client__ClientId"] = "break-glass",
            ["BreakGlass__Client__SecretFile"] = secret,
            ["BreakGlass__PracticePatients__0"] = TestPatient,
            ["BreakGlass__Offline__Issuer"] = Address.AbsoluteUri.TrimEnd('/'),
            ["BreakGlass__Offline__KeyFiles__0"] = key,
            [$"BreakGlass__Offline__Edges__{Edge}"] = AccessGovProcesses.Tests,
        };
        foreach ((string name, string value) in given ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            settings[name] = value;
        }

        await RunAsync();
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", await others.TokenAsync(AccessGovProcesses.Tests));
    }

    /// <summary>As a power cut does: SIGKILL, and a start when the power is back.</summary>
    public async Task KillAndStartAsync()
    {
        await process!.DisposeAsync();
        await RunAsync();
    }

    /// <summary>What it answers to the tests' own client.</summary>
    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await http.GetStringAsync(new Uri(Address, path)))!;

    /// <summary>Lets it stand still, as a machine that hangs.</summary>
    public void Pause() => process!.Pause();

    /// <summary>Lets it go on.</summary>
    public void Resume() => process!.Resume();

    /// <summary>What the tests' own client sends, whatever is answered.</summary>
    public Task<HttpResponseMessage> SendAsync(string path, object body) => http.PostAsJsonAsync(new Uri(Address, path), body);

    /// <summary>What the tests' own client sends, which must be taken.</summary>
    public async Task<JsonNode> PostAsync(string path, object body)
    {
        using HttpResponseMessage answer = await http.PostAsJsonAsync(new Uri(Address, path), body);
        string text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException(text);
    }

    /// <summary>Stops it, and removes what it wrote.</summary>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await (process?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(home, recursive: true);
    }

    private async Task RunAsync()
    {
        process = new ChildProcess("dotnet", [ChildProcess.AssemblyOf("services/BreakGlass", "BreakGlass")], settings);
        await Eventually.HoldsAsync(IsReadyAsync, $"BreakGlass is ready: {process.Output}", 2 * Eventually.Bound);
    }

    private async Task<bool> IsReadyAsync()
    {
        if (process!.HasExited)
        {
            throw new InvalidOperationException(process.Output);
        }

        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(Address, "health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
