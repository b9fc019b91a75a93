using System.Net;
using System.Security.Cryptography;
using System.Text;
using AccessGov.Testing;
using AccessGov.TransparencyLog;
using Microsoft.AspNetCore.Builder;

namespace AccessGov.Witness.Tests;

/// <summary>The real service in this process, on a real Kestrel and a free port; or the program, which a test kills.</summary>
internal sealed class WitnessHost : IAsyncDisposable
{
    public const string Name = "witness.test/radiology";
    private readonly bool ownsFolder;
    private readonly List<(string Name, string Value)> settings = [];
    private WebApplication? app;

    private WitnessHost(string folder, bool ownsFolder, NoteKey key) => (Folder, this.ownsFolder, Key) = (folder, ownsFolder, key);

    public string Folder { get; }

    public string StateDirectory => Path.Combine(Folder, "state");

    /// <summary>The witness's own key.</summary>
    public NoteKey Key { get; }

    public HttpClient Client { get; private set; } = new();

    public static async Task<WitnessHost> StartAsync(params NoteKey[] logs)
    {
        WitnessHost host = Prepare(logs);
        await host.RunAsync();
        return host;
    }

    /// <summary>Everything that a witness needs, without one.</summary>
    public static WitnessHost Prepare(params NoteKey[] logs)
    {
        string folder = Directory.CreateTempSubdirectory("accessgov-witness-").FullName;
        byte[] seed = RandomNumberGenerator.GetBytes(32);
        File.WriteAllText(Path.Combine(folder, "seed"), Convert.ToHexStringLower(seed));
        var host = new WitnessHost(folder, true, NoteSigner.OfWitness(Name, seed).Key);
        host.settings.AddRange(
        [
            ("Witness:Name", Name), ("Witness:SeedFile", Path.Combine(folder, "seed")), ("Witness:StateDirectory", host.StateDirectory),
            .. logs.Select((key, index) => ($"Witness:Logs:{index}", key.ToString())),
        ]);
        return host;
    }

    /// <summary>The same witness after a restart.</summary>
    public async Task<WitnessHost> AgainAsync()
    {
        await StopAsync();
        var host = new WitnessHost(Folder, false, Key);
        host.settings.AddRange(settings);
        await host.RunAsync();
        return host;
    }

    /// <summary>The program, on a port.</summary>
    public ChildProcess StartProgram(int port) => new(
        "dotnet", [ChildProcess.AssemblyOf("services/Witness", "Witness"), $"--urls=http://127.0.0.1:{port}"],
        settings.ToDictionary(
            setting => setting.Name.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value, StringComparer.Ordinal));

    public Task<HttpResponseMessage> AddAsync(string body) =>
        Client.PostAsync(new Uri("add-checkpoint", UriKind.Relative), new StringContent(body));

    /// <summary>Sends it and says the status with the code of a refusal, or what else was answered.</summary>
    public async Task<(HttpStatusCode Status, string Text)> AnswerToAsync(string body)
    {
        using HttpResponseMessage response = await AddAsync(body);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends what the witness is to cosign, and believes it when it has.</summary>
    public async Task<SignedNote> CosignedAsync(string body)
    {
        (HttpStatusCode status, string lines) = await AnswerToAsync(body);
        status.ShouldBe(HttpStatusCode.OK, lines);
        string note = body[(body.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
        var cosigned = SignedNote.Parse(Encoding.UTF8.GetBytes(note + lines));
        cosigned.IsSignedBy(Key).ShouldBeTrue();
        return cosigned;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private async Task StopAsync()
    {
        Client.Dispose();
        if (Interlocked.Exchange(ref app, null) is { } running)
        {
            await running.StopAsync();
            await running.DisposeAsync();
        }
    }

    private async Task RunAsync()
    {
        app = ServiceHost.Build(
        [
            "--urls=http://127.0.0.1:0", "--environment=Production", $"--contentRoot={WorkingCopy.PathOf("services", "Witness")}",
            "--Logging:LogLevel:Default=None", .. settings.Select(setting => $"--{setting.Name}={setting.Value}"),
        ]);
        await app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single() + "/") };
    }
}
