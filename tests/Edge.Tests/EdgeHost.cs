using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Journal;
using AccessGov.Edge.Merge;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.Edge.Tests;

/// <summary>
/// The real service in this process, on a real Kestrel and a free port, with a BreakGlass and an archive that answer as told; or the
/// program, which a test kills.
/// </summary>
internal sealed class EdgeHost : IAsyncDisposable
{
    public const string Patient = "4711";
    public const string Proxy = "127.0.0.0/8";
    private readonly string home = Directory.CreateTempSubdirectory("accessgov-edge-").FullName;
    private readonly Dictionary<string, string> settings = new(StringComparer.Ordinal);
    private readonly ECDsa holder = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private WebApplication? app;

    private EdgeHost(BreakGlassStandIn breakGlass, ArchiveStandIn archive, MovedClock clock) =>
        (BreakGlass, Archive, Clock) = (breakGlass, archive, clock);

    public BreakGlassStandIn BreakGlass { get; }

    public ArchiveStandIn Archive { get; }

    public MovedClock Clock { get; }

    public HttpClient Client { get; private set; } = new();

    public string Folder => settings["Edge:Directory"];

    public IServiceProvider Services => app!.Services;

    public JsonWebKey HolderKey => CapabilityTokens.PublicKeyOf(holder);

    /// <param name="more">More settings.</param>
    public static async Task<EdgeHost> StartAsync(params (string Name, string Value)[] more)
    {
        EdgeHost host = await PrepareAsync(more);
        await host.RunAsync();
        return host;
    }

    /// <summary>Everything that an edge needs, without one.</summary>
    public static async Task<EdgeHost> PrepareAsync(params (string Name, string Value)[] more)
    {
        var clock = new MovedClock();
        var host = new EdgeHost(await BreakGlassStandIn.StartAsync(clock), await ArchiveStandIn.StartAsync(), clock);
        await File.WriteAllTextAsync(Path.Combine(host.home, "secret"), "secret");
        foreach ((string name, string value) in new[]
        {
            ("Name", "radiology"), ("Directory", Path.Combine(host.home, "journal")), ("Issuer", BreakGlassStandIn.Issuer),
            ("BreakGlassUrl", host.BreakGlass.Address.AbsoluteUri),
            ("Client:TokenUrl", new Uri(host.BreakGlass.Address, "oauth/token").AbsoluteUri), ("Client:ClientId", "edge"),
            ("Client:SecretFile", Path.Combine(host.home, "secret")), ("Archive:Url", host.Archive.Address.AbsoluteUri),
            ("TrustedProxies:0", Proxy), ("PollEvery", "00:00:00.050"), ("PracticePatients:0", "DRILL"),
        }.Concat(more))
        {
            host.settings["Edge:" + name] = value;
        }

        return host;
    }

    /// <summary>Starts it; it has heard the keys and handed over what it has when this returns, if BreakGlass answers.</summary>
    public async Task RunAsync()
    {
        app = ServiceHost.Build(
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", $"--contentRoot={WorkingCopy.PathOf("services", "Edge")}",
            "--Logging:LogLevel:Default=None", .. settings.Select(setting => $"--{setting.Key}={setting.Value}"),
        ], Clock);
        await app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single() + "/") };
        if (!BreakGlass.IsAway && Services.GetRequiredService<EdgeJournal>().Broken is null)
        {
            MergeJournal merge = Services.GetRequiredService<MergeJournal>();
            EdgeJournal journal = Services.GetRequiredService<EdgeJournal>();
            await Eventually.HoldsAsync(
                () => journal.Broken is not null || (merge.Started && merge.Through == journal.State.Sequence),
                "the edge has heard the keys");
        }
    }

    public async Task StopAsync()
    {
        Client.Dispose();
        if (Interlocked.Exchange(ref app, null) is { } running)
        {
            await running.StopAsync();
            await running.DisposeAsync();
        }
    }

    public async Task AgainAsync()
    {
        await StopAsync();
        await RunAsync();
    }

    /// <summary>The program, on a port.</summary>
    public ChildProcess StartProgram(int port)
    {
        var environment = settings.ToDictionary(
            setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value, StringComparer.Ordinal);
        environment["DOTNET_ENVIRONMENT"] = "Production";
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        return new ChildProcess(
            "dotnet", [ChildProcess.AssemblyOf("services/Edge", "Edge"), $"--urls=http://127.0.0.1:{port}"], environment);
    }

    public string Capability(Func<EmergencyCapability, EmergencyCapability>? change = null, ECDsaSecurityKey? by = null) =>
        BreakGlass.Issue(HolderKey, change, by);

    /// <summary>A use of a capability, signed by its holder unless said otherwise.</summary>
    public string Use(string capability, Func<EmergencyUse, EmergencyUse>? change = null, ECDsa? by = null)
    {
        var use = new EmergencyUse(
            Guid.NewGuid(), new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(capability).Id, "radiology", Patient, "ETREAT",
            "Unconscious after a fall", null, false, Clock.GetUtcNow());
        return UseTokens.Sign(change?.Invoke(use) ?? use, by ?? holder);
    }

    /// <summary>The same use with other claims, signed by its holder.</summary>
    public string Changed(string use, Action<JsonObject> change)
    {
        string[] parts = use.Split('.');
        JsonObject claims = JsonNode.Parse(Base64UrlEncoder.Decode(parts[1]))!.AsObject();
        change(claims);
        string text = $"{parts[0]}.{Base64UrlEncoder.Encode(claims.ToJsonString())}";
        return $"{text}.{Base64UrlEncoder.Encode(holder.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    public async Task<Answered> AskAsync(string capability, string use)
    {
        using HttpResponseMessage answer = await Client.PostAsJsonAsync("emergency-access", new { capability, use });
        return await Answered.OfAsync(answer);
    }

    /// <summary>Begins an emergency access, and answers what opens images.</summary>
    public async Task<string> BeginAsync(string patient = Patient, bool practice = false)
    {
        string capability = Capability();
        Answered answer = await AskAsync(capability, Use(capability, use => use with { Patient = patient, Practice = practice }));
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        return answer.Body["access"]!.GetValue<string>();
    }

    /// <summary>Asks as nginx does.</summary>
    public async Task<HttpResponseMessage> ForwardAsync(string? access, string target, string method = "GET", string? from = "10.1.2.3")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "forward-auth");
        foreach ((string name, string? value) in new[]
        {
            ("AccessGov-Emergency-Access", access), ("X-Original-URI", target), ("X-Original-Method", method), ("X-Forwarded-For", from),
        })
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await Client.SendAsync(request);
    }

    /// <summary>The status and the reason's code.</summary>
    public async Task<(HttpStatusCode Status, string Reason)> ReasonAsync(string? access, string target, string method = "GET")
    {
        using HttpResponseMessage answer = await ForwardAsync(access, target, method);
        return (answer.StatusCode, answer.Headers.GetValues("AccessGov-Reason").Single());
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await BreakGlass.DisposeAsync();
        await Archive.DisposeAsync();
        holder.Dispose();
        Directory.Delete(home, recursive: true);
    }
}

/// <summary>An answer of the edge.</summary>
internal sealed record Answered(HttpStatusCode Status, string Text)
{
    public JsonNode Body => JsonNode.Parse(Text)!;

    /// <summary>Its code when it refuses; null otherwise.</summary>
    public string? Code => (int)Status >= 400 && Body["type"] is { } type ? type.GetValue<string>()["urn:accessgov:edge:".Length..] : null;

    public static async Task<Answered> OfAsync(HttpResponseMessage answer) =>
        new(answer.StatusCode, await answer.Content.ReadAsStringAsync());
}
