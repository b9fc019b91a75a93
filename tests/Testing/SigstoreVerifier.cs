namespace AccessGov.Testing;

/// <summary>A checker of exported events that stands on @sigstore/verify, which npm installed beside the official Cedar engine.</summary>
public static class SigstoreVerifier
{
    /// <summary>What it says about an export, with status 0 when it believes it.</summary>
    /// <param name="export">The file.</param>
    /// <param name="key">The key of the log, as a verifier key.</param>
    /// <exception cref="InvalidOperationException">It is not installed: that it cannot run is no answer about an export.</exception>
    public static async Task<(int Status, string Output)> VerifyAsync(string export, string key)
    {
        string package = Path.Combine(OfficialEngineFactAttribute.Folder, "node_modules", "@sigstore", "verify");
        if (!Directory.Exists(package))
        {
            throw new InvalidOperationException(
                $"{package} is not there: npm install of tests/Testing/OfficialEngine/package.json installs it.");
        }

        await using var verifying = new ChildProcess(
            "env", ["-C", OfficialEngineFactAttribute.Folder, "node", WorkingCopy.PathOf("deploy", "verify", "verify-proofs.mjs"), export,
                key]);
        int status = await verifying.ExitCodeAsync(TimeSpan.FromMinutes(1));
        return (status, verifying.Output.Trim());
    }
}
