namespace AccessGov.Testing;

/// <summary>A checker of exported events that stands on @sigstore/verify, which npm installed beside the official Cedar engine.</summary>
public static class SigstoreVerifier
{
    /// <summary>What it says about an export, with status 0 when it believes it.</summary>
    /// <param name="export">The file.</param>
    /// <param name="key">The key of the log, as a verifier key.</param>
    public static async Task<(int Status, string Output)> VerifyAsync(string export, string key)
    {
        await using var verifying = new ChildProcess(
            "env", ["-C", OfficialEngineFactAttribute.Folder, "node", WorkingCopy.PathOf("deploy", "verify", "verify-proofs.mjs"), export,
                key]);
        int status = await verifying.ExitCodeAsync(TimeSpan.FromMinutes(1));
        return (status, verifying.Output.Trim());
    }
}
