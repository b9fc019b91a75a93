namespace AccessGov.Testing;

/// <summary>An edge as it runs beside an archive, on this machine: its journal outlives a kill. Only its public behaviour is used.</summary>
public sealed class EdgeProcess : IAsyncDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("accessgov-edge-").FullName;
    private readonly HttpClient http;
    private Dictionary<string, string> settings = [];
    private ChildProcess? process;

    /// <summary>One that does not run yet.</summary>
    /// <param name="name">Its name, as BreakGlass has it.</param>
    public EdgeProcess(string name)
    {
        Name = name;
        http = new HttpClient { BaseAddress = Address };
    }

    /// <summary>As BreakGlass has it.</summary>
    public string Name { get; }

    /// <summary>Where it answers. A browser takes this machine's own name for protected, as cookies of the station's page must be.</summary>
    public Uri Address { get; } = new($"http://localhost:{FreePort.Next()}/");

    /// <summary>What it said.</summary>
    public string Output => process!.Output;

    /// <summary>Starts it; it has heard of AccessGov's keys when this returns.</summary>
    /// <param name="services">The AccessGov whose edge it is, as the client edge.</param>
    /// <param name="breakGlass">Its BreakGlass.</param>
    /// <param name="given">More settings, as environment variables.</param>
    public async Task StartAsync(
        AccessGovProcesses services, BreakGlassProcess breakGlass, IReadOnlyDictionary<string, string>? given = null)
    {
        await File.WriteAllTextAsync(Path.Combine(home, "secret"), services.Secret);
        settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = Address.AbsoluteUri.TrimEnd('/'),
            ["Edge__Name"] = Name,
            ["Edge__Directory"] = Path.Combine(home, "journal"),
            ["Edge__BreakGlassUrl"] = breakGlass.Address.AbsoluteUri,
            ["Edge__Issuer"] = breakGlass.Address.AbsoluteUri.TrimEnd('/'),
            ["Edge__Client__TokenUrl"] = new Uri(services.IdentityFederation, "oauth/token").AbsoluteUri,
            ["Edge__Client__ClientId"] = "edge",
            ["Edge__Client__SecretFile"] = Path.Combine(home, "secret"),
            ["Edge__Archive__Url"] = "http://127.0.0.1:9/",
            ["Edge__PollEvery"] = "00:00:00.100",
        };
        foreach ((string name, string value) in given ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            settings[name] = value;
        }

        Run();
        await Eventually.HoldsAsync(
            async () => (await HealthAsync()).Contains("\"capability_keys\":1", StringComparison.Ordinal), "the edge has heard the keys",
            2 * Eventually.Bound);
    }

    /// <summary>As a power cut does: SIGKILL, and a start when the power is back.</summary>
    public async Task KillAndStartAsync()
    {
        await process!.DisposeAsync();
        Run();
    }

    /// <summary>What it says of itself; empty while it does not answer.</summary>
    /// <exception cref="InvalidOperationException">It has ended by itself.</exception>
    public async Task<string> HealthAsync()
    {
        if (process!.HasExited)
        {
            throw new InvalidOperationException(process.Output);
        }

        try
        {
            return await http.GetStringAsync(new Uri("health/ready", UriKind.Relative));
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    /// <summary>Whether it keeps something under this name in its folder.</summary>
    public bool Keeps(string file) => File.Exists(Path.Combine(home, "journal", file));

    /// <summary>Stops it, and removes what it wrote.</summary>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await (process?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(home, recursive: true);
    }

    private void Run() => process = new ChildProcess("dotnet", [ChildProcess.AssemblyOf("services/Edge", "Edge")], settings);
}
