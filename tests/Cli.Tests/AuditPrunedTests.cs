using System.Globalization;
using System.Security.Cryptography;
using AccessGov.Testing;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli.Tests;

/// <summary>
/// A trail whose beginning was removed after its time: what is left is verified, and nobody else removes a beginning unseen.
/// </summary>
public sealed class AuditPrunedTests(GoVerifier go) : IClassFixture<GoVerifier>, IDisposable
{
    private const int Minimum = 512;
    private const int Size = 1_000;
    private static readonly NoteSigner Signer = NoteSigner.OfEd25519("hospital.example/audit", RandomNumberGenerator.GetBytes(32));
    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_was_left_is_verified_by_us_and_by_others()
    {
        Write(chain => chain.Claim(Minimum));
        string kept = Checkpoint(600);
        Prune(Minimum);
        CommandRun run = Verify("--earlier", kept).ShouldEndWith(ExitCode.Good);
        run.Output.ShouldContain("leaves below 512 were pruned");
        Verify("--json").Json.GetProperty("minimum").GetInt64().ShouldBe(Minimum);
        (int status, string output) = await go.VerifyAsync(folder["trail"], Signer.Key.ToString(), kept);
        (status, output).ShouldBe((0, "verified 489 entries from 512 on"));
        await using var chain = new ChildProcess(WorkingCopy.PathOf("deploy", "verify", "chain.sh"), [folder["trail"]]);
        (await chain.ExitCodeAsync(TimeSpan.FromMinutes(2))).ShouldBe(0, chain.Output);
    }

    [Fact]
    public void A_checkpoint_from_before_what_is_left_is_said_to_be_too_old()
    {
        Write(chain => chain.Claim(Minimum));
        string kept = Checkpoint(300);
        Verify("--earlier", kept).ShouldEndWith(ExitCode.Good);
        Prune(Minimum);
        Verify("--earlier", kept).ShouldEndWith(ExitCode.Found).Output.ShouldContain("earlier_pruned");
    }

    [Fact]
    public async Task Others_find_a_beginning_that_was_removed_without_the_trail_saying_so()
    {
        Write(_ => null);
        Prune(Minimum);
        (await OthersAsync()).ShouldBe((1, 1));
        Write(chain => chain.Claim(Minimum));
        Prune(Minimum + 256);
        (await OthersAsync()).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData("prev", 1)]
    [InlineData("root", 0)]
    public async Task Others_do_not_believe_a_leaf_that_says_other_hashes(string member, int chain)
    {
        Write(claim => claim.Claim(Minimum) with { Wrong = member });
        Prune(Minimum);
        (await OthersAsync()).ShouldBe((1, chain));
    }

    [Fact]
    public void Who_removes_the_beginning_without_the_trail_saying_so_is_found()
    {
        Write(_ => null);
        Prune(Minimum);
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 512: error: pruning_unproven");
        File.Delete(folder["trail/minimum-index"]);
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 0: error: bundle_missing");
    }

    [Fact]
    public void More_than_was_said_is_found()
    {
        Write(chain => chain.Claim(Minimum));
        Prune(Minimum + 256);
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 768: error: pruning_unproven");
        File.WriteAllText(folder["trail/minimum-index"], "512\n");
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 512: error: bundle_missing");
    }

    [Theory]
    [InlineData("prev")]
    [InlineData("root")]
    public void A_leaf_that_says_other_hashes_proves_nothing(string member)
    {
        Write(chain => chain.Claim(Minimum) with { Wrong = member });
        Prune(Minimum);
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 512: error: pruning_unproven");
    }

    [Theory]
    [InlineData("512")]
    [InlineData("0512\n")]
    [InlineData("100\n")]
    [InlineData("1024\n")]
    [InlineData("much\n")]
    public void A_minimum_that_is_none_is_refused(string text)
    {
        Write(chain => chain.Claim(Minimum));
        File.WriteAllText(folder["trail/minimum-index"], text);
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("error: trail_unreadable: ");
    }

    /// <summary>How Go's verifier and that of the chain end.</summary>
    private async Task<(int Go, int Chain)> OthersAsync()
    {
        (int status, _) = await go.VerifyAsync(folder["trail"], Signer.Key.ToString(), Checkpoint(600));
        await using var chain = new ChildProcess(WorkingCopy.PathOf("deploy", "verify", "chain.sh"), [folder["trail"]]);
        return (status, await chain.ExitCodeAsync(TimeSpan.FromMinutes(2)));
    }

    private CommandRun Verify(params string[] more) =>
        CommandRun.Of(["audit", "verify", folder["trail"], "--key", Signer.Key.ToString(), .. more]);

    private void Write(Func<Pruned, Pruned?> pruned)
    {
        var chain = new SampleLeaf();
        List<byte[]> leaves = [.. Enumerable.Range(0, Size).Select(_ => chain.Next())];
        if (pruned(new Pruned(leaves)) is { } claim)
        {
            leaves.Add(chain.NextOf("trail.pruned", ("pruned", claim.Json())));
        }

        TrailFiles.Write(folder["trail"], leaves, Signer);
        foreach (int earlier in new[] { 300, 600 })
        {
            TrailFiles.Write(folder[$"at-{earlier}"], leaves.Take(earlier), Signer);
        }
    }

    private string Checkpoint(int size) => folder[$"at-{size}/checkpoint"];

    private void Prune(int minimum)
    {
        File.WriteAllText(folder["trail/minimum-index"], minimum.ToString(CultureInfo.InvariantCulture) + "\n");
        for (int index = 0; index < minimum / Tile.WidthMax; index++)
        {
            File.Delete(folder["trail/" + new Tile(Tile.EntriesLevel, index, Tile.WidthMax).Path]);
            File.Delete(folder["trail/" + new Tile(0, index, Tile.WidthMax).Path]);
        }
    }

    private sealed record Pruned(IReadOnlyList<byte[]> Leaves)
    {
        public int Minimum { get; init; }

        public string? Wrong { get; init; }

        public Pruned Claim(int minimum) => this with { Minimum = minimum };

        public string Json()
        {
            var edge = new TreeEdge();
            foreach (byte[] leaf in Leaves.Take(Minimum))
            {
                edge.Append(TreeHash.OfLeaf(leaf));
            }

            byte[] root = new byte[TreeHash.Length];
            edge.Root().CopyTo(root);
            string previous = Convert.ToHexStringLower(SHA256.HashData(Leaves[Minimum - 1])), none = new('0', 64);
            return $"{{\"minimum\":{Minimum},\"prev\":\"{(Wrong == "prev" ? none : previous)}\","
                + $"\"root\":\"{(Wrong == "root" ? none : Convert.ToHexStringLower(root))}\"}}";
        }
    }
}
