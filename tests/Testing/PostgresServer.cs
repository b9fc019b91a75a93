using System.Diagnostics;
using Npgsql;

namespace AccessGov.Testing;

/// <summary>
/// The PostgreSQL that a test process uses: the one that ACCESSGOV_TEST_POSTGRES names (a superuser's connection string), else a private one,
/// started from the installed binaries on a free port with a temporary data directory and stopped when the process ends.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan StartBound = TimeSpan.FromMinutes(2);
    private static readonly Lazy<Task<PostgresServer>> Started = new(() => StartAsync());

    private readonly Process? process;

    private PostgresServer(string connectionString, Process? process)
    {
        ConnectionString = connectionString;
        this.process = process;
    }

    /// <summary>A superuser's connection string to the database "postgres".</summary>
    public string ConnectionString { get; }

    /// <summary>The server that all tests of this process share.</summary>
    public static Task<PostgresServer> SharedAsync() => Started.Value;

    /// <summary>
    /// Starts a server of one's own, for tests that stop, kill or fill it. <paramref name="port"/> 0 takes a free one; a given
    /// <paramref name="dataDirectory"/> is kept, so that the same database can be started again.
    /// </summary>
    public static async Task<PostgresServer> StartPrivateAsync(int port = 0, string? dataDirectory = null)
    {
        string binaries = FindBinaries();
        string home = dataDirectory ?? Directory.CreateTempSubdirectory("accessgov-postgres-").FullName;
        bool root = Environment.UserName == "root";
        if (root)
        {
            // PostgreSQL refuses to run as root; its own unprivileged user comes with the package.
            await RunAsync("chown", ["-R", "postgres", home]);
        }

        string data = Path.Combine(home, "data");
        if (!Directory.Exists(data))
        {
            await RunAsync(root, Path.Combine(binaries, "initdb"),
                ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        }

        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            int chosen = port == 0 ? FreePort.Next() : port;
            Process server = Start(root, Path.Combine(binaries, "postgres"),
                ["-D", data, "-p", $"{chosen}", "-k", home, "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=400",
                 "-c", "log_min_messages=fatal"]);
            string connection = $"Host=127.0.0.1;Port={chosen};Username=postgres;Database=postgres";
            var started = new PostgresServer(connection, server);
            // It ends at once where somebody took the port meanwhile, or while processes of a killed server still hold its memory.
            if (await started.IsReadyAsync(start))
            {
                ProcessGuard.EndWithThisProcess(server, dataDirectory is null ? home : "");
                return started;
            }
        }
    }

    /// <summary>Creates an empty database and answers a superuser's connection string to it.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        string name = $"test_{Guid.NewGuid():n}";
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Lets it stand still with all its connections: nobody is told, and nobody answers. Only a server of one's own.</summary>
    public void Pause() => Signals.Send("STOP", process!);

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signals.Send("CONT", process!);

    /// <summary>Stops the server at once, as a power cut would (every process gets SIGKILL).</summary>
    public void Kill()
    {
        if (process is null || process.HasExited)
        {
            return;
        }

        // The guard that watches it removes its directory, where that is its own.
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        return ValueTask.CompletedTask;
    }

    private static async Task<PostgresServer> StartAsync()
    {
        string? given = Environment.GetEnvironmentVariable("ACCESSGOV_TEST_POSTGRES");
        return string.IsNullOrEmpty(given) ? await StartPrivateAsync() : new PostgresServer(given, null);
    }

    private static string FindBinaries() =>
        Directory.Exists("/usr/lib/postgresql")
        && Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal)
            .Select(version => Path.Combine(version, "bin")).FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb"))) is { } found
            ? found
            : throw new InvalidOperationException(
                "PostgreSQL is not installed: run deploy/install, or set ACCESSGOV_TEST_POSTGRES to a superuser's connection string.");

    /// <summary>Waits until it takes connections; false when its process ended instead. Throws when the bound since the first start is over.</summary>
    private async Task<bool> IsReadyAsync(long start)
    {
        while (true)
        {
            bool ended = process is { HasExited: true };
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
                await connection.OpenAsync();
                return !ended;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(start) < StartBound)
            {
                await Task.Delay(50, CancellationToken.None);
                if (ended)
                {
                    return false;
                }
            }
        }
    }

    private static Task RunAsync(string file, string[] arguments) => RunAsync(asPostgres: false, file, arguments);

    private static async Task RunAsync(bool asPostgres, string file, string[] arguments)
    {
        using Process run = Start(asPostgres, file, arguments);
        await run.WaitForExitAsync();
        if (run.ExitCode != 0)
        {
            throw new InvalidOperationException($"{file} ended with {run.ExitCode}: {await run.StandardError.ReadToEndAsync()}");
        }
    }

    private static Process Start(bool asPostgres, string file, string[] arguments)
    {
        var start = new ProcessStartInfo { FileName = file, UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        if (asPostgres)
        {
            start.FileName = "setpriv";
            Array.ForEach(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", file], start.ArgumentList.Add);
        }

        Array.ForEach(arguments, start.ArgumentList.Add);
        Process child = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        child.OutputDataReceived += (_, _) => { };
        child.BeginOutputReadLine();
        return child;
    }
}
