using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli.Tests;

public sealed class AuditVerifyTests : IDisposable
{
    private const string Origin = "hospital.example/audit";
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly NoteSigner First = NoteSigner.OfEd25519(Origin, RandomNumberGenerator.GetBytes(32));
    private static readonly NoteSigner Witness = NoteSigner.OfWitness("witness.example", RandomNumberGenerator.GetBytes(32));
    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(1_000)]
    public void A_trail_that_nobody_has_touched_is_verified(int size)
    {
        Write(Leaves(size));
        Verify("--witness", Witness.Key.ToString()).ShouldEndWith(ExitCode.Good).Output
            .ShouldStartWith(string.Create(CultureInfo.InvariantCulture, $"{Origin}: {size} leaves verified"));
    }

    [Fact]
    public void A_program_gets_JSON()
    {
        Write(Leaves(300));
        using var good = JsonDocument.Parse(Verify("--json").ShouldEndWith(ExitCode.Good).Output);
        good.RootElement.GetProperty("ok").GetBoolean().ShouldBeTrue();
        good.RootElement.GetProperty("size").GetInt64().ShouldBe(300);
        Flip("tile/entries/001.p/44", 20);
        using var bad = JsonDocument.Parse(Verify("--json").ShouldEndWith(ExitCode.Found).Output);
        bad.RootElement.GetProperty("code").GetString().ShouldBe("entry_changed");
        bad.RootElement.GetProperty("seq").GetInt64().ShouldBe(256);
    }

    [Theory]
    [InlineData("tile/entries/000", 7, "entry_changed", "leaf 0:")]
    [InlineData("tile/0/002", 40, "entry_changed", "leaf 513:")]
    [InlineData("tile/1/000.p/3", 40, "tile_changed", "")]
    public void A_changed_bit_is_found(string file, int place, string code, string where)
    {
        Write(Leaves(1_000));
        Flip(file, place);
        CommandRun run = Verify().ShouldEndWith(ExitCode.Found);
        run.Output.ShouldContain(code);
        run.Output.ShouldStartWith(where);
    }

    [Theory]
    [InlineData("tile/entries/001", "bundle_missing", "leaf 256:")]
    [InlineData("tile/0/001", "tile_missing", "leaf 256:")]
    [InlineData("tile/1/000.p/3", "tile_missing", "")]
    public void A_missing_file_is_found(string file, string code, string where)
    {
        Write(Leaves(1_000));
        File.Delete(folder[file]);
        CommandRun run = Verify().ShouldEndWith(ExitCode.Found);
        run.Output.ShouldContain(code);
        run.Output.ShouldStartWith(where);
    }

    [Theory]
    [InlineData("tile/entries/001", "bundle_malformed")]
    [InlineData("tile/0/001", "tile_malformed")]
    public void A_file_that_was_cut_off_is_found(string file, string code)
    {
        Write(Leaves(1_000));
        File.WriteAllBytes(folder[file], File.ReadAllBytes(folder[file])[..^1]);
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldContain(code);
    }

    // Whoever has the key can make a tree of whatever leaves; the chain of leaves still tells.
    [Fact]
    public void A_leaf_that_was_taken_out_before_it_was_signed_is_found()
    {
        byte[][] leaves = Leaves(400);
        Write([.. leaves[..300], .. leaves[301..]]);
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 300: error: sequence_broken");
    }

    [Fact]
    public void Two_leaves_that_were_swapped_are_found()
    {
        byte[][] leaves = Leaves(400);
        Write([.. leaves[..300], leaves[301], leaves[300], .. leaves[302..]]);
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 300: error: sequence_broken");
    }

    [Fact]
    public void A_leaf_that_was_rewritten_before_it_was_signed_is_found_by_the_one_after_it()
    {
        byte[][] leaves = Leaves(400);
        leaves[300] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(leaves[300]).Replace("opened", "closed", StringComparison.Ordinal));
        Write(leaves);
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 301: error: chain_broken");
    }

    [Theory]
    [InlineData(0, "leaf 0: error: chain_broken")]
    [InlineData(256, "leaf 256: error: chain_broken")]
    public void A_first_leaf_of_a_bundle_that_follows_another_leaf_is_found(int leaf, string found)
    {
        byte[][] leaves = Leaves(400)[..(leaf + 1)];
        string text = Encoding.UTF8.GetString(leaves[leaf]);
        int at = text.IndexOf("\"prev\":\"", StringComparison.Ordinal) + 8;
        leaves[leaf] = Encoding.UTF8.GetBytes(text[..at] + new string('a', 64) + text[(at + 64)..]);
        Write(leaves);
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith(found);
    }

    [Fact]
    public void A_clock_that_went_back_is_found()
    {
        Write(Leaves(400, at: index => index == 300 ? Start : Start.AddSeconds(index)));
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 300: error: time_reversed");
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"seq\":0,\"prev\":0,\"recv_ts\":\"2026-03-01T08:00:00Z\"}")]
    [InlineData("{\"seq\":0,\"prev\":\"00\",\"recv_ts\":\"yesterday\"}")]
    [InlineData("{\"prev\":\"00\",\"recv_ts\":\"2026-03-01T08:00:00Z\",\"seq\":0}{}")]
    [InlineData("{\"seq\":0,\"recv_ts\":\"2026-03-01T08:00:00Z\",\"v\":1}")]
    [InlineData("{\"prev\":\"\\ud800\",\"recv_ts\":\"2026-03-01T08:00:00Z\",\"seq\":0}")]
    public void What_is_no_leaf_is_found(string leaf)
    {
        Write([Encoding.UTF8.GetBytes(leaf)]);
        Verify().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 0: error: leaf_malformed");
    }

    [Fact]
    public void A_rewritten_end_is_found_by_whoever_kept_an_earlier_checkpoint()
    {
        byte[][] leaves = Leaves(900);
        Write(leaves[..800]);
        string kept = folder.Write("kept", File.ReadAllBytes(folder["checkpoint"]));
        Write(leaves);
        Verify("--earlier", kept).ShouldEndWith(ExitCode.Good);
        Write(Leaves(900, what: "closed"));
        Verify().ShouldEndWith(ExitCode.Good);
        Verify("--earlier", kept).ShouldEndWith(ExitCode.Found).Output.ShouldContain("history_changed");
        Write(leaves[..700]);
        Verify("--earlier", kept).ShouldEndWith(ExitCode.Found).Output.ShouldContain("history_changed");
    }

    [Fact]
    public void Only_keys_that_are_trusted_count()
    {
        Write(Leaves(10));
        string other = NoteSigner.OfEd25519(Origin, RandomNumberGenerator.GetBytes(32)).Key.ToString();
        CommandRun.Of("audit", "verify", folder.Path, "--key", other).ShouldEndWith(ExitCode.Found).Output
            .ShouldContain("signature_missing");
        Verify("--witness", NoteSigner.OfWitness("witness.example", RandomNumberGenerator.GetBytes(32)).Key.ToString())
            .ShouldEndWith(ExitCode.Found).Output.ShouldContain("signature_missing");
        string renamed = NoteSigner.OfWitness("witness.example", new byte[32]).Key.ToString();
        CommandRun.Of("audit", "verify", folder.Path, "--key", renamed).ShouldEndWith(ExitCode.Found);
        Flip("checkpoint", Origin.Length + 5);
        Verify().ExitCode.ShouldNotBe(ExitCode.Good);
    }

    [Fact]
    public void What_cannot_be_read_ends_with_2()
    {
        CommandRun.Of("audit", "verify", folder.Path, "--key", First.Key.ToString()).ShouldEndWith(ExitCode.Unusable).Error
            .ShouldContain("checkpoint");
        folder.Write("checkpoint", "no checkpoint");
        CommandRun.Of("audit", "verify", folder.Path, "--key", First.Key.ToString()).ShouldEndWith(ExitCode.Unusable);
        CommandRun.Of("audit", "verify", folder.Path, "--key", "no key").ShouldEndWith(ExitCode.Unusable).Error.ShouldContain("--key");
        CommandRun.Of("audit", "verify", folder.Path).ShouldEndWith(ExitCode.Unusable).Error.ShouldContain("--key");
    }

    private CommandRun Verify(params string[] more) =>
        CommandRun.Of(["audit", "verify", folder.Path, "--key", First.Key.ToString(), .. more]);

    private void Flip(string file, int place)
    {
        byte[] bytes = File.ReadAllBytes(folder[file]);
        bytes[place] ^= 1;
        File.WriteAllBytes(folder[file], bytes);
    }

    private static byte[][] Leaves(int count, Func<int, DateTimeOffset>? at = null, string what = "opened")
    {
        var leaves = new byte[count][];
        string previous = new('0', 64);
        for (int i = 0; i < count; i++)
        {
            DateTimeOffset received = at?.Invoke(i) ?? Start.AddSeconds(i);
            leaves[i] = Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                    $"{{\"action\":\"{what}\",\"prev\":\"{previous}\",\"recv_ts\":\"{received:yyyy-MM-dd'T'HH:mm:ss'Z'}\",\"seq\":{i},\"v\":1}}"));
            previous = Convert.ToHexStringLower(SHA256.HashData(leaves[i]));
        }

        return leaves;
    }

    /// <summary>Writes a trail of these leaves in place of what is there, signed by its key and by a witness.</summary>
    private void Write(byte[][] leaves)
    {
        if (Directory.Exists(folder["tile"]))
        {
            Directory.Delete(folder["tile"], recursive: true);
        }

        var edge = new TreeEdge();
        foreach (byte[] leaf in leaves)
        {
            edge.Append(TreeHash.OfLeaf(leaf), (tile, hashes) => folder.Write(tile.Path, TreeHash.Concat(hashes)));
        }

        foreach ((Tile tile, var hashes) in edge.PartialTiles())
        {
            folder.Write(tile.Path, TreeHash.Concat(hashes));
        }

        for (long index = 0; Tile.Of(Tile.EntriesLevel, leaves.Length, index) is { } tile; index++)
        {
            var bundle = new ArrayBufferWriter<byte>();
            foreach (byte[] leaf in leaves.Skip((int)index * Tile.WidthMax).Take(tile.Width))
            {
                EntryBundle.Append(bundle, leaf);
            }

            folder.Write(tile.Path, bundle.WrittenSpan.ToArray());
        }

        string text = new Checkpoint(Origin, leaves.Length, edge.Root()).ToString();
        folder.Write("checkpoint", new SignedNote(text, [First.Sign(text, Start), Witness.Sign(text, Start)]).ToString());
    }
}
