using System.Diagnostics;
using System.Text.Json.Nodes;

namespace AccessGov.Cedar.Tests.Differential;

/// <summary>A node process with the official engine in it, which answers one case after the other.</summary>
internal sealed class OfficialEngine : IDisposable
{
    private readonly Process node;
    private readonly Task<string> complaints;

    /// <summary>Starts the script, which lies in a folder of this project.</summary>
    public OfficialEngine(string script)
    {
        // Thousands of calls into the engine make the optimizer of some Node versions stop the process; the engine is fast without it.
        var start = new ProcessStartInfo("node", ["--no-opt", WorkingCopy.PathOf("tests", "Cedar.Tests", script)])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = Path.Combine(OfficialEngineFactAttribute.Folder, "node_modules");
        node = Process.Start(start)!;
        complaints = node.StandardError.ReadToEndAsync();
    }

    public async Task<JsonNode> AskAsync(string json)
    {
        await node.StandardInput.WriteLineAsync(json);
        await node.StandardInput.FlushAsync();
        return JsonNode.Parse(await node.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"node ended: {await complaints}"))!;
    }

    public void Dispose()
    {
        node.StandardInput.Close();
        node.WaitForExit();
        node.Dispose();
    }
}
