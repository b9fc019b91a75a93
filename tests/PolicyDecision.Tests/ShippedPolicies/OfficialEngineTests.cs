using System.Diagnostics;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.ShippedPolicies;

/// <summary>The shipped policies in the official Cedar engine.</summary>
public sealed class OfficialEngineTests
{
    [OfficialEngineFact]
    public async Task The_official_engine_validates_the_shipped_policies_strictly_and_decides_every_case_alike()
    {
        string script = Path.Combine(ShippedPolicySet.Current.Folder, "../../tests/PolicyDecision.Tests/ShippedPolicies/official-engine.js");
        var start = new ProcessStartInfo("node", [script, ShippedPolicySet.Current.Folder])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = Path.Combine(OfficialEngineFactAttribute.Folder, "node_modules");
        using Process node = Process.Start(start)!;
        Task<string> errors = node.StandardError.ReadToEndAsync();
        string output = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        (output.Trim() + await errors).ShouldBe($"{ShippedPolicySet.Current.Policies.Policies.Count} policies, {ShippedPolicySet.Current.Cases.Count} cases");
        node.ExitCode.ShouldBe(0);
    }
}
