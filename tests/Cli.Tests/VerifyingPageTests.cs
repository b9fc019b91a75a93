using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccessGov.Testing;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli.Tests;

/// <summary>The page for auditors who do not want to trust us: its commands are run as they stand there.</summary>
public sealed partial class VerifyingPageTests : IDisposable
{
    private static readonly NoteSigner Signer = NoteSigner.OfEd25519("hospital.example/audit", RandomNumberGenerator.GetBytes(32));
    private static readonly NoteSigner Second =
        NoteSigner.OfEcdsa("hospital.example/audit", ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKey());
    private static readonly byte[][] Leaves = SampleLeaf.Several(300);
    private static readonly string Page = File.ReadAllText(WorkingCopy.PathOf("services", "Audit", "VERIFYING.md"));
    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    [OfficialEngineFact]
    public async Task Each_command_of_the_page_verifies_a_good_trail_and_refuses_one_that_was_changed()
    {
        string[] commands = [.. Command().Matches(Page).Select(match => match.Groups["command"].Value)];
        (string Program, Action Tamper)[] trials =
        [
            ("verify.go", () => Change("trail/tile/entries/001.p/44", "\"action\":\"view\"", "\"action\":\"edit\"")),
            ("verify-proofs.mjs", () => Change("export.ndjson", Convert.ToBase64String(Leaves[7])[..40],
                Convert.ToBase64String(Leaves[7])[..39] + "Q")),
            ("signature.sh", () => Change("trail/checkpoint", "\n300\n", "\n301\n")),
            ("chain.sh", () => Change("trail/tile/entries/000", "\"seq\":7,", "\"seq\":8,")),
        ];
        commands.Length.ShouldBe(trials.Length);
        foreach ((string command, (string program, Action tamper)) in commands.Zip(trials))
        {
            command.ShouldContain(program);
            Write();
            (int status, string output) = await RunAsync(command);
            status.ShouldBe(0, output);
            tamper();
            (status, output) = await RunAsync(command);
            status.ShouldNotBe(0, output);
        }
    }

    [Fact]
    public void What_the_page_says_to_install_is_what_is_tested()
    {
        using var packages = JsonDocument.Parse(File.ReadAllText(WorkingCopy.PathOf("tests", "Testing", "OfficialEngine", "package.json")));
        string version = packages.RootElement.GetProperty("dependencies").GetProperty("@sigstore/verify").GetString()!;
        Page.ShouldContain($"npm install @sigstore/verify@{version}\n");
        string installed = File.ReadAllText(WorkingCopy.PathOf("deploy", "install"));
        foreach (string package in Page.Split("apt-get install ")[1].Split('\n')[0].Split(' '))
        {
            installed.ShouldContain($"\n{package} ");
        }
    }

    /// <summary>The folder as the page says that an auditor has it.</summary>
    private void Write()
    {
        TrailFiles.Write(folder["earlier"], Leaves[..200], Signer);
        File.Copy(folder["earlier/checkpoint"], folder["earlier.checkpoint"], overwrite: true);
        TrailFiles.Write(folder["trail"], Leaves, Second, Signer);
        folder.Write("export.ndjson", TrailFiles.Export(folder["trail"], Leaves, 0, 7, 299));
        folder.Write("trail.vkey", $"{Signer.Key}\n");
        if (!Directory.Exists(folder["verify"]))
        {
            Directory.CreateSymbolicLink(folder["verify"], WorkingCopy.PathOf("deploy", "verify"));
            Directory.CreateSymbolicLink(folder["node_modules"], Path.Combine(OfficialEngineFactAttribute.Folder, "node_modules"));
        }
    }

    private void Change(string file, string part, string instead)
    {
        string before = File.ReadAllText(folder[file], System.Text.Encoding.Latin1), after =
            before.Replace(part, instead, StringComparison.Ordinal);
        after.ShouldNotBe(before);
        File.WriteAllText(folder[file], after, System.Text.Encoding.Latin1);
    }

    private async Task<(int Status, string Output)> RunAsync(string command)
    {
        await using var shell = new ChildProcess(
            "env", ["-C", folder.Path, "bash", "-euo", "pipefail", "-c", command], new Dictionary<string,
                string>(StringComparer.Ordinal) { ["GOCACHE"] = folder["go"] });
        return (await shell.ExitCodeAsync(TimeSpan.FromMinutes(3)), shell.Output);
    }

    [GeneratedRegex("^```sh\n(?<command>.*?)^```$",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Command();
}
