using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>
/// The working copy as somebody gets it who clones it: sources only, in a folder of its own, where <c>deploy/up</c> has run. Everything that
/// it starts ends with it.
/// </summary>
public sealed class CleanClone : IAsyncLifetime
{
    // Restoring, building, preparing a database and loading the hospital, on a machine that does other things too.
    private static readonly TimeSpan StartBound = TimeSpan.FromMinutes(12);

    private static readonly HashSet<string> NotCloned = new(StringComparer.Ordinal) { ".git", ".run", "bin", "obj", "node_modules", "TestResults" };

    // Another AccessGov may run on this machine; what is stopped and started again is where it was.
    private readonly Dictionary<string, string> environment = new(StringComparer.Ordinal)
    {
        ["ACCESSGOV_POLICY_DECISION_PORT"] = $"{FreePort.Next()}",
        ["ACCESSGOV_IDENTITY_FEDERATION_PORT"] = $"{FreePort.Next()}",
        ["ACCESSGOV_BREAK_GLASS_PORT"] = $"{FreePort.Next()}",
        ["ACCESSGOV_RECERTIFICATION_PORT"] = $"{FreePort.Next()}",
        ["ACCESSGOV_EDGE_PORT"] = $"{FreePort.Next()}",
        ["ACCESSGOV_CONSOLE_PORT"] = $"{FreePort.Next()}",
        ["ACCESSGOV_POSTGRES"] = "",
        // These sources have been analyzed when the tests were built.
        ["RunAnalyzers"] = "false",
    };

    public string Root { get; private set; } = "";

    /// <summary>What the first <c>deploy/up --detach</c> printed.</summary>
    public string UpOutput { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Root = Directory.CreateTempSubdirectory("accessgov-clone-").FullName;
        // PostgreSQL's own user passes through.
        File.SetUnixFileMode(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        Copy(new DirectoryInfo(Repository.Root), Root);
        (int exitCode, UpOutput) = await RunAsync("deploy/up", "--detach");
        if (exitCode != 0)
        {
            await DisposeAsync();
            throw new InvalidOperationException($"deploy/up --detach ended with {exitCode}:\n{UpOutput}");
        }
    }

    public async Task DisposeAsync()
    {
        await RunAsync("deploy/down");
        await RunAsync("bash", "-c", "[ ! -d deploy/.run/audit/trail ] || deploy/seal-trail deploy/.run/audit/trail --release");
        Directory.Delete(Root, recursive: true);
    }

    public string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Runs a command from the clone's root to its end.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(params string[] command)
    {
        await using ChildProcess process = Start(command);
        return (await process.ExitCodeAsync(StartBound), process.Output);
    }

    internal ChildProcess Start(params string[] command) =>
        new("bash", ["-c", "cd \"$0\" && exec \"$@\"", Root, .. command], environment);

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (FileInfo file in from.EnumerateFiles())
        {
            file.CopyTo(Path.Combine(to, file.Name));
        }

        foreach (DirectoryInfo folder in from.EnumerateDirectories().Where(folder => !NotCloned.Contains(folder.Name)))
        {
            Copy(folder, Path.Combine(to, folder.Name));
        }
    }
}
