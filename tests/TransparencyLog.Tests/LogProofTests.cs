using System.Text;

namespace AccessGov.TransparencyLog.Tests;

public sealed class LogProofTests
{
    private const string Origin = "hospital.example/audit";
    private static readonly NoteSigner Log = NoteTests.Signer(NoteKeyType.Ed25519, Origin);
    private static readonly byte[][] Entries = [.. Enumerable.Range(0, 600).Select(i => BitConverter.GetBytes(i))];

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(599)]
    public void A_proof_shows_its_entry_and_no_other(int index)
    {
        var proof = LogProof.Parse(Encoding.UTF8.GetBytes(ProofOf(index).ToString()));
        proof.Shows(Entries[index], Origin, Log.Key).ShouldBeTrue();
        proof.Shows(Entries[(index + 1) % Entries.Length], Origin, Log.Key).ShouldBeFalse();
        proof.Shows(Entries[index], "another.example/audit", Log.Key).ShouldBeFalse();
        proof.Shows(Entries[index], Origin, NoteTests.Signer(NoteKeyType.Ed25519, Origin).Key).ShouldBeFalse();
        (proof with { Index = index == 0 ? 1 : index - 1 }).Shows(Entries[index], Origin, Log.Key).ShouldBeFalse();
    }

    [Fact]
    public void A_log_of_one_entry_has_a_proof_without_hashes()
    {
        Checkpoint checkpoint = new(Origin, 1, TreeHash.OfLeaf(Entries[0]));
        var proof = new LogProof(0, [], Signed(checkpoint));
        LogProof.Parse(Encoding.UTF8.GetBytes(proof.ToString())).Shows(Entries[0], Origin, Log.Key).ShouldBeTrue();
    }

    [Fact]
    public void Extra_data_is_skipped()
    {
        string text = ProofOf(7).ToString().Replace("index 7", "extra AAAA\nindex 7", StringComparison.Ordinal);
        LogProof.Parse(Encoding.UTF8.GetBytes(text)).Shows(Entries[7], Origin, Log.Key).ShouldBeTrue();
    }

    [Theory]
    [InlineData("tlog-proof@v1", "tlog-proof@v2")]
    [InlineData("index 7", "index 07")]
    [InlineData("index 7", "index -7")]
    [InlineData("index 7", "index seven")]
    [InlineData("index 7\n", "")]
    [InlineData("index 7\n", "index 7\nAAAA\n")]
    [InlineData("\n\n", "\n")]
    public void What_is_no_proof_is_refused(string part, string instead) =>
        Should.Throw<FormatException>(() => LogProof.Parse(Encoding.UTF8.GetBytes(ProofOf(7).ToString().Replace(part, instead, StringComparison.Ordinal))));

    [Theory]
    [InlineData("")]
    [InlineData("origin\n1\n")]
    [InlineData("\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("origin\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("origin\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("origin\n9223372036854775808\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("origin\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n")]
    [InlineData("origin\n1\nAAAA\n")]
    [InlineData("origin\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("origin\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nan extension\n")]
    public void What_is_no_checkpoint_is_refused(string text) => Should.Throw<FormatException>(() => Checkpoint.Parse(text));

    [Fact]
    public void A_checkpoint_is_read_as_it_was_written()
    {
        var checkpoint = new Checkpoint(Origin, 0, TreeHash.OfEmptyTree);
        Checkpoint.Parse(checkpoint.ToString()).ShouldBe(checkpoint);
    }

    private static LogProof ProofOf(int index)
    {
        var tree = new TileTree(MemoryTiles.Of(Entries), Entries.Length);
        return new LogProof(index, tree.InclusionProof(index), Signed(new Checkpoint(Origin, Entries.Length, tree.Root())));
    }

    private static SignedNote Signed(Checkpoint checkpoint) =>
        new(checkpoint.ToString(), [Log.Sign(checkpoint.ToString(), DateTimeOffset.UnixEpoch)]);
}
