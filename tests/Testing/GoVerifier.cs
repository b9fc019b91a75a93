using Xunit;

namespace AccessGov.Testing;

/// <summary>A checker of logs that stands on golang.org/x/mod/sumdb, compiled once by Debian's Go.</summary>
public sealed class GoVerifier : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly string folder = Directory.CreateTempSubdirectory("accessgov-go-").FullName;

    private string Program => Path.Combine(folder, "verify");

    /// <summary>Compiles it.</summary>
    public async Task InitializeAsync()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GO111MODULE"] = "off",
            ["GOPATH"] = "/usr/share/gocode",
            ["GOCACHE"] = Path.Combine(folder, "cache"),
        };
        await using var build = new ChildProcess("go", ["build", "-o", Program, WorkingCopy.PathOf("deploy", "verify", "verify.go")],
            environment);
        if (await build.ExitCodeAsync(Patience) != 0)
        {
            throw new InvalidOperationException(build.Output);
        }
    }

    /// <summary>What it says about the log in a directory, with status 0 when it believes it.</summary>
    public async Task<(int Status, string Output)> VerifyAsync(string directory, string key, string earlierCheckpoint)
    {
        await using var verifying = new ChildProcess(Program, [directory, key, earlierCheckpoint]);
        int status = await verifying.ExitCodeAsync(Patience);
        return (status, verifying.Output.Trim());
    }

    /// <summary>Removes it.</summary>
    public Task DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }
}
