using System.Security.Cryptography;
using AccessGov.Testing;
using AccessGov.TransparencyLog;

namespace AccessGov.Audit.Tests.Witnesses;

/// <summary>The witness of this product, as its own process, for one trail.</summary>
internal sealed class WitnessProcess : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("accessgov-witness-").FullName;
    private readonly Dictionary<string, string> settings;
    private readonly int port = FreePort.Next();
    private readonly string name;
    private ChildProcess process;

    public WitnessProcess(string name, NoteKey trail)
    {
        this.name = name;
        byte[] seed = RandomNumberGenerator.GetBytes(32);
        File.WriteAllText(Path.Combine(folder, "seed"), Convert.ToHexStringLower(seed));
        Key = NoteSigner.OfWitness($"{name}.test", seed).Key;
        settings = new(StringComparer.Ordinal)
        {
            ["Witness__Name"] = $"{name}.test", ["Witness__SeedFile"] = Path.Combine(folder, "seed"),
            ["Witness__StateDirectory"] = Path.Combine(folder, "state"), ["Witness__Logs__0"] = trail.ToString(),
        };
        process = Run();
    }

    public NoteKey Key { get; }

    /// <summary>What the trail's service is to know of it.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        new($"Audit:Witnesses:{name}:Url", $"http://127.0.0.1:{port}"), new($"Audit:Witnesses:{name}:Key", Key.ToString()),
    ];

    public string Output => process.Output;

    public ValueTask StopAsync() => process.DisposeAsync();

    public void Start() => process = Run();

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private ChildProcess Run() =>
        new("dotnet", [ChildProcess.AssemblyOf("services/Witness", "Witness"), $"--urls=http://127.0.0.1:{port}"], settings);
}
