using System.Collections.Concurrent;
using System.Diagnostics;

namespace AccessGov.Testing;

/// <summary>A program that a test starts and that ends with it; what it says is kept.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();

    /// <summary>Starts it.</summary>
    public ChildProcess(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        ProcessGuard.EndWithThisProcess(process);
    }

    /// <summary>A service, or another program of the working copy, built in the same configuration as these tests.</summary>
    /// <param name="folder">Where its project is, from the root.</param>
    /// <param name="name">The assembly's name without AccessGov.</param>
    public static string AssemblyOf(string folder, string name) =>
        WorkingCopy.PathOf(folder, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", $"AccessGov.{name}.dll");

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>What it said until now.</summary>
    public string Output => string.Join('\n', lines);

    /// <summary>The exit code, when it ends within the bound.</summary>
    public async Task<int> ExitCodeAsync(TimeSpan bound)
    {
        using var patience = new CancellationTokenSource(bound);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    /// <summary>Lets it stand still, as a machine that hangs: connections stay, and nobody answers.</summary>
    public void Pause() => Signals.Send("STOP", process);

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signals.Send("CONT", process);

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended, or was disposed of already.
        }
    }
}
