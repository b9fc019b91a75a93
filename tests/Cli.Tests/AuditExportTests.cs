using System.Security.Cryptography;
using AccessGov.Testing;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli.Tests;

public sealed class AuditExportTests : IDisposable
{
    private const string Origin = "hospital.example/audit";
    private static readonly NoteSigner First = NoteSigner.OfEd25519(Origin, RandomNumberGenerator.GetBytes(32));
    private static readonly NoteSigner Witness = NoteSigner.OfWitness("witness.example", RandomNumberGenerator.GetBytes(32));
    private static readonly byte[][] Leaves = SampleLeaf.Several(600);
    private readonly Folder folder = new();

    public AuditExportTests() => TrailFiles.Write(folder["trail"], Leaves, First, Witness);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Exported_events_are_verified_against_their_proofs()
    {
        CommandRun run = Verify(Export(0, 255, 256, 599), "--witness", Witness.Key.ToString()).ShouldEndWith(ExitCode.Good);
        run.Output.ShouldStartWith($"{Origin}: 4 events verified, newest checkpoint 600 leaves");
        CommandRun json = Verify(Export(3, 4), "--json").ShouldEndWith(ExitCode.Good);
        (json.Json.GetProperty("ok").GetBoolean(), json.Json.GetProperty("events").GetInt64(), json.Json.GetProperty("size").GetInt64())
            .ShouldBe((true, 2, 600));
    }

    [Fact]
    public void Events_of_different_checkpoints_may_stand_in_one_export_and_the_last_line_may_lack_its_end()
    {
        TrailFiles.Write(folder["earlier"], Leaves[..300], First, Witness);
        string both = TrailFiles.Export(folder["earlier"], Leaves, 7) + Export(8)
            + TrailFiles.Export(folder["earlier"], Leaves, 9).TrimEnd('\n');
        Verify(both).ShouldEndWith(ExitCode.Good).Output.ShouldContain("3 events verified, newest checkpoint 600 leaves");
    }

    [Fact]
    public void A_changed_leaf_is_found_with_its_number_and_line()
    {
        string export = Export(3, 4, 5).Replace(Convert.ToBase64String(Leaves[4]), Convert.ToBase64String(Leaves[40]),
            StringComparison.Ordinal);
        Verify(export).ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("line 2: leaf 4: error: proof_wrong");
        CommandRun json = Verify(export, "--json").ShouldEndWith(ExitCode.Found);
        (json.Json.GetProperty("code").GetString(), json.Json.GetProperty("seq").GetInt64(), json.Json.GetProperty("line").GetInt64())
            .ShouldBe(("proof_wrong", 4, 2));
    }

    [Fact]
    public void A_leaf_that_says_another_number_than_its_proof_is_refused()
    {
        byte[][] leaves = [.. Leaves[..9], Leaves[10], Leaves[9]];
        TrailFiles.Write(folder["trail"], leaves, First);
        Verify(TrailFiles.Export(folder["trail"], leaves, 8, 9)).ShouldEndWith(ExitCode.Found).Output
            .ShouldStartWith("line 2: leaf 9: error: sequence_broken");
    }

    [Fact]
    public void A_leaf_that_is_none_is_refused()
    {
        byte[][] leaves = [.. Leaves[..9], "{\"seq\": 9}"u8.ToArray()];
        TrailFiles.Write(folder["trail"], leaves, First);
        Verify(TrailFiles.Export(folder["trail"], leaves, 9)).ShouldEndWith(ExitCode.Found).Output
            .ShouldStartWith("line 1: leaf 9: error: leaf_malformed");
    }

    [Fact]
    public void Every_key_that_is_given_must_have_signed()
    {
        string other = NoteSigner.OfEd25519(Origin, RandomNumberGenerator.GetBytes(32)).Key.ToString();
        Verify(Export(3), "--key", other).ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("line 1: leaf 3: error: signature_missing");
        Verify(Export(3), "--witness", NoteSigner.OfWitness("witness.example", new byte[32]).Key.ToString()).ShouldEndWith(ExitCode.Found)
            .Output.ShouldContain("signature_missing");
        NoteSigner renamed = NoteSigner.OfEd25519("another.example/audit", RandomNumberGenerator.GetBytes(32));
        TrailFiles.Write(folder["trail"], Leaves, First, renamed);
        Verify(Export(3), "--key", renamed.Key.ToString()).ShouldEndWith(ExitCode.Found).Output.ShouldContain("origin_differs");
    }

    [Fact]
    public void Two_histories_that_the_key_signed_are_found_when_both_are_in_one_export()
    {
        string one = Export(3);
        byte[][] other = [.. Leaves[..599], .. SampleLeaf.Relinked([.. Leaves[..599], Leaves[1]])[599..]];
        TrailFiles.Write(folder["trail"], other, First);
        Verify(one + TrailFiles.Export(folder["trail"], other, 4)).ShouldEndWith(ExitCode.Found).Output
            .ShouldStartWith("line 2: leaf 4: error: log_forked");
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"leaf\":\"AAAA\"}")]
    [InlineData("{\"leaf\":\"?\",\"proof\":\"\"}")]
    [InlineData("{\"leaf\":\"AAAA\",\"proof\":\"\",\"more\":1}")]
    [InlineData("{\"leaf\":\"AAAA\",\"leaf\":\"AAAA\",\"proof\":\"\"}")]
    [InlineData("{\"leaf\":\"AAAA\",\"proof\":\"\\ud800\"}")]
    [InlineData("")]
    public void A_line_that_is_none_is_refused(string line) =>
        Verify($"{Export(3)}{line}\n{Export(4)}").ShouldEndWith(ExitCode.Found).Output
            .ShouldStartWith("line 2: error: line_malformed: Line 2 is no JSON object of leaf");

    [Theory]
    [InlineData("tlog-proof@v1", "tlog-proof@v9")]
    [InlineData("index 3", "index 03")]
    [InlineData("hospital.example/audit\\n600\\n", "hospital.example/audit\\nsix hundred\\n")]
    public void A_proof_that_is_none_is_refused(string part, string instead) =>
        Verify(Export(3).Replace(part, instead, StringComparison.Ordinal)).ShouldEndWith(ExitCode.Found).Output
            .ShouldStartWith("line 1: error: proof_malformed");

    [Fact]
    public void A_proof_of_another_place_is_refused() =>
        Verify(Export(3).Replace("index 3", "index 2", StringComparison.Ordinal)).ShouldEndWith(ExitCode.Found).Output
            .ShouldStartWith("line 1: leaf 2: error: proof_wrong");

    [Fact]
    public void A_file_of_a_gigabyte_without_a_line_end_is_refused_without_reading_it()
    {
        using (FileStream huge = File.Create(folder["huge"]))
        {
            huge.SetLength(1L << 30);
        }

        long before = GC.GetTotalAllocatedBytes();
        Verify(null).ShouldEndWith(ExitCode.Found).Output
            .ShouldStartWith("line 1: error: line_malformed: Line 1 has more than 262144 bytes");
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(10_000_000);
    }

    [Fact]
    public void What_cannot_be_answered_ends_with_2()
    {
        Verify("").ShouldEndWith(ExitCode.Unusable).Error.ShouldContain("there is no event");
        CommandRun.Of("audit", "verify", folder["absent"], "--key", First.Key.ToString()).ShouldEndWith(ExitCode.Unusable).Error
            .ShouldContain("no such directory or file");
        Verify(Export(3), "--earlier", folder["trail/checkpoint"]).ShouldEndWith(ExitCode.Unusable).Error.ShouldContain("whole trail");
        Verify(Export(3), "--store", "policy-decision=x").ShouldEndWith(ExitCode.Unusable).Error.ShouldContain("whole trail");
    }

    private string Export(params int[] indexes) => TrailFiles.Export(folder["trail"], Leaves, indexes);

    private CommandRun Verify(string? export, params string[] more) =>
        CommandRun.Of(["audit", "verify", export is null ? folder["huge"]
            : folder.Write("export.ndjson", export), "--key", First.Key.ToString(), .. more]);
}
