using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Export;

/// <summary>Runs a program to its end.</summary>
internal static class Tool
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    public static async Task<(int Code, string Output)> RunAsync(string file, params string[] arguments)
    {
        await using var process = new ChildProcess(file, arguments);
        int code = await process.ExitCodeAsync(Bound);
        return (code, process.Output);
    }
}
