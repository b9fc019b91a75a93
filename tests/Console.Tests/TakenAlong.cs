using AccessGov.Testing;
using Microsoft.Playwright;

namespace AccessGov.Console.Tests;

/// <summary>Files that people take along, and the verifier for them.</summary>
internal static class TakenAlong
{
    /// <summary>By keyboard: a page that was just made wide again may still move under a pointer.</summary>
    public static Task<IDownload> DownloadAsync(this IPage page, string link) => page.RunAndWaitForDownloadAsync(
        () => page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).PressAsync("Enter"),
        new() { Timeout = (float)Eventually.Bound.TotalMilliseconds });

    public static async Task VerifyAsync(this AuditProcess audit, string file, int expected)
    {
        string[] keys = await audit.KeysAsync();
        string program = Path.Combine(Path.GetDirectoryName(ChildProcess.AssemblyOf("services/Cli", "Cli"))!, "accessgov.dll");
        await using var verify = new ChildProcess(
            "dotnet", [program, "audit", "verify", file, .. keys.SelectMany(key => new[] { "--key", key })]);
        (await verify.ExitCodeAsync(Eventually.Bound)).ShouldBe(expected, verify.Output);
    }
}
