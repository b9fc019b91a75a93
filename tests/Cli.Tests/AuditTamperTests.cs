using System.Security.Cryptography;
using System.Text;
using AccessGov.Testing;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli.Tests;

/// <summary>What somebody may do to a trail, who finds it, and that checks of less would not have found it.</summary>
public sealed class AuditTamperTests(GoVerifier go) : IClassFixture<GoVerifier>, IDisposable
{
    private const int Size = 600;
    private const int EarlierSize = 300;
    private const int Place = 400;
    private static readonly NoteSigner Signer = NoteSigner.OfEd25519("hospital.example/audit", RandomNumberGenerator.GetBytes(32));
    private static readonly NoteSigner Stranger = NoteSigner.OfEd25519("hospital.example/audit", RandomNumberGenerator.GetBytes(32));
    private static readonly byte[][] Leaves = SampleLeaf.Several(Size);
    private static readonly byte[][] Other =
        [.. Leaves[..Place], .. SampleLeaf.Relinked([.. Leaves[..Place], .. Leaves[Place..].Select(Blamed)])[Place..]];

    /// <summary>
    /// Name; what our verifier finds; who of the others finds it: sumdb, Sigstore in an export of the leaf, sha256sum; and whether it is
    /// hidden from whoever checks signatures only, or signatures and the tree but not the chain.
    /// </summary>
    private static readonly Trial[] Trials =
    [
        new("a changed leaf", "entry_changed", true, true, true, Hidden.FromSignatures, () =>
            [.. Leaves[..Place], Blamed(Leaves[Place]), .. Leaves[(Place + 1)..]], Keep.TilesAndCheckpoint),
        new("a removed leaf", "entry_changed", true, true, true, Hidden.FromSignatures, () =>
            [.. Leaves[..Place], .. Leaves[(Place + 1)..], Leaves[^1]], Keep.TilesAndCheckpoint),
        new("a swapped pair", "entry_changed", true, true, true, Hidden.FromSignatures, () => Swapped(), Keep.TilesAndCheckpoint),
        new("a removed leaf, tiles computed anew", "sequence_broken", true, true, true, Hidden.FromSignatures, () =>
            [.. Leaves[..Place], .. Leaves[(Place + 1)..], Leaves[^1]], Keep.Checkpoint),
        new("a rewritten tail, chain and tiles computed anew", "root_differs", true, true, false, Hidden.FromSignatures, () =>
            Other, Keep.Checkpoint),
        new("a rewritten tail, signed by somebody else", "signature_missing", true, true, false, Hidden.FromNobody, () =>
            Other, Keep.Nothing, Stranger),
        new("a removed leaf, signed by the trail itself", "sequence_broken", false, true, true, Hidden.FromTree, () =>
            [.. Leaves[..Place], .. Leaves[(Place + 1)..], Leaves[^1]], Keep.Nothing),
        new("a swapped pair, signed by the trail itself", "sequence_broken", false, true, true, Hidden.FromTree, () =>
            Swapped(), Keep.Nothing),
        new("a changed leaf, signed by the trail itself", "chain_broken", false, false, true, Hidden.FromTree,
            () => [.. Leaves[..Place], Blamed(Leaves[Place]), .. Leaves[(Place + 1)..]], Keep.Nothing),
        new("a fork after what was kept: nobody can know which is true", null, false, false, false, Hidden.FromTree, () =>
            Other, Keep.Nothing),
        new("a fork before what was kept", "history_changed", true, false, false, Hidden.FromTree,
            () => [.. Leaves[..9], .. SampleLeaf.Relinked([.. Leaves[..9], .. Leaves[9..].Select(Blamed)])[9..]], Keep.Nothing),
    ];

    private readonly Folder folder = new();

    private enum Keep
    {
        TilesAndCheckpoint,
        Checkpoint,
        Nothing,
    }

    private enum Hidden
    {
        FromNobody,
        FromSignatures,
        FromTree,
    }

    public static TheoryData<string> Names => [.. Trials.Select(trial => trial.Name)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Requirement", "S54, S90")]
    public async Task It_is_found_by_all_who_can_see_it(string name)
    {
        Trial trial = Trials.Single(one => one.Name == name);
        Tamper(trial);
        CommandRun run = CommandRun.Of("audit", "verify", folder["trail"], "--key", Signer.Key.ToString(), "--earlier",
            folder["earlier/checkpoint"], "--json");
        run.ShouldEndWith(trial.Code is null ? ExitCode.Good : ExitCode.Found);
        (run.Json.TryGetProperty("code", out var code) ? code.GetString() : null).ShouldBe(trial.Code);
        (await go.VerifyAsync(folder["trail"], Signer.Key.ToString(), folder["earlier/checkpoint"])).Status
            .ShouldBe(trial.IsSeenBySumdb ? 1 : 0);
        await using var chain = new ChildProcess(WorkingCopy.PathOf("deploy", "verify", "chain.sh"), [folder["trail"]]);
        (await chain.ExitCodeAsync(TimeSpan.FromMinutes(2)) == 0).ShouldBe(!trial.IsSeenBySha256sum, chain.Output);
    }

    [OfficialEngineTheory]
    [MemberData(nameof(Names))]
    public async Task Sigstore_finds_it_where_it_can_see_it(string name)
    {
        Trial trial = Trials.Single(one => one.Name == name);
        string export = folder.Write("export.ndjson", TrailFiles.Export(folder["trail"], Tamper(trial), Place));
        (await SigstoreVerifier.VerifyAsync(export, Signer.Key.ToString())).Status.ShouldBe(trial.IsSeenBySigstore ? 1 : 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_would_not_be_found_without_the_chain_or_the_tree(string name)
    {
        Trial trial = Trials.Single(one => one.Name == name);
        Tamper(trial);
        var note = SignedNote.Parse(File.ReadAllBytes(folder["trail/checkpoint"]));
        var checkpoint = Checkpoint.Parse(note.Text);
        note.IsSignedBy(Signer.Key).ShouldBe(trial.Hidden != Hidden.FromNobody);
        (LogVerification.FirstFault(new TileDirectory(folder["trail"]), checkpoint) is null)
            .ShouldBe(trial.Hidden != Hidden.FromSignatures);
    }

    [Fact]
    public async Task Nobody_complains_of_a_trail_that_nobody_has_touched()
    {
        Tamper(new Trial("nothing", null, false, false, false, Hidden.FromTree, () => Leaves, Keep.Nothing));
        Verify().ShouldEndWith(ExitCode.Good);
        (await go.VerifyAsync(folder["trail"], Signer.Key.ToString(), folder["earlier/checkpoint"])).Status.ShouldBe(0);
    }

    /// <summary>Every byte of every file of a small trail, one bit of each.</summary>
    [Fact]
    public void A_flipped_bit_is_found_in_every_byte_of_every_file()
    {
        TrailFiles.Write(folder["trail"], Leaves[..3], Signer);
        Verify().ShouldEndWith(ExitCode.Good);
        int flips = 0;
        foreach (string file in Files())
        {
            byte[] bytes = File.ReadAllBytes(file);
            for (int place = 0; place < bytes.Length; place++)
            {
                bytes[place] ^= (byte)(1 << (place % 8));
                File.WriteAllBytes(file, bytes);
                Verify().ExitCode.ShouldNotBe(ExitCode.Good, $"{file}, byte {place}");
                bytes[place] ^= (byte)(1 << (place % 8));
                flips++;
            }

            File.WriteAllBytes(file, bytes);
        }

        Verify().ShouldEndWith(ExitCode.Good);
        flips.ShouldBeGreaterThan(2_000);
    }

    [Fact]
    public async Task A_flipped_bit_in_any_file_is_found_by_others_too()
    {
        Tamper(new Trial("nothing", null, false, false, false, Hidden.FromTree, () => Leaves, Keep.Nothing));
        foreach (string file in Files())
        {
            byte[] bytes = File.ReadAllBytes(file);
            foreach (int place in (int[])[8, bytes.Length / 2, bytes.Length - 8])
            {
                bytes[place] ^= 4;
                File.WriteAllBytes(file, bytes);
                Verify().ExitCode.ShouldNotBe(ExitCode.Good, $"{file}, byte {place}");
                (await go.VerifyAsync(folder["trail"], Signer.Key.ToString(), folder["earlier/checkpoint"])).Status
                    .ShouldNotBe(0, $"{file}, byte {place}");
                bytes[place] ^= 4;
            }

            File.WriteAllBytes(file, bytes);
        }
    }

    private CommandRun Verify() => CommandRun.Of("audit", "verify", folder["trail"], "--key", Signer.Key.ToString());

    private string[] Files() => Directory.GetFiles(folder["trail"], "*", SearchOption.AllDirectories);

    /// <summary>Writes the trail as it was signed, and over it what the trial makes of it.</summary>
    private byte[][] Tamper(Trial trial)
    {
        TrailFiles.Write(folder["earlier"], Leaves[..EarlierSize], Signer);
        TrailFiles.Write(folder["trail"], Leaves, Signer);
        byte[][] leaves = trial.Leaves();
        TrailFiles.Write(folder["tampered"], leaves, trial.By ?? Signer);
        foreach (string file in Directory.GetFiles(folder["tampered"], "*", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(folder["tampered"], file);
            bool isKept = trial.Kept switch
            {
                Keep.TilesAndCheckpoint => !path.StartsWith("tile/entries", StringComparison.Ordinal),
                Keep.Checkpoint => path == "checkpoint",
                _ => false,
            };
            if (!isKept)
            {
                File.Copy(file, Path.Combine(folder["trail"], path), overwrite: true);
            }
        }

        return leaves;
    }

    private static byte[][] Swapped() => [.. Leaves[..Place], Leaves[Place + 1], Leaves[Place], .. Leaves[(Place + 2)..]];

    private static byte[] Blamed(byte[] leaf) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(leaf).Replace("\"actor\":\"0197c2e5", "\"actor\":\"0197c2e6",
        StringComparison.Ordinal));

    private sealed record Trial(
        string Name, string? Code, bool IsSeenBySumdb, bool IsSeenBySigstore, bool IsSeenBySha256sum, Hidden Hidden, Func<byte[][]> Leaves,
            Keep Kept, NoteSigner? By = null);
}
