using System.Globalization;
using System.Text;
using AccessGov.Testing;

namespace AccessGov.TransparencyLog.Tests.Peers;

/// <summary>Logs as others read them, and what they find when somebody has changed something.</summary>
public sealed class GoVerifierTests(GoVerifier verifier) : IClassFixture<GoVerifier>
{
    private const string Origin = "hospital.example/audit";
    private static readonly NoteSigner Signer = NoteTests.Signer(NoteKeyType.Ed25519, Origin);
    private static readonly NoteSigner SecondSigner = NoteTests.Signer(NoteKeyType.Ecdsa, Origin);
    private static readonly NoteSigner Witness = NoteTests.Signer(NoteKeyType.Cosignature, "witness.example/radiology");

    [Theory]
    [InlineData(1, 1)]
    [InlineData(256, 255)]
    [InlineData(70_000, 1)]
    [InlineData(70_000, 65_536)]
    [InlineData(70_000, 69_999)]
    public async Task Others_believe_a_log(int size, int earlierSize)
    {
        using LogDirectory log = Log(Entries(size));
        using LogDirectory earlier = Log(Entries(earlierSize));
        (await VerifyAsync(log, earlier)).ShouldBe((0, $"verified {size} entries"));
    }

    [Theory]
    [InlineData("tile/entries/001", 100)]
    [InlineData("tile/0/001", 100)]
    [InlineData("tile/1/000.p/3", 40)]
    [InlineData("checkpoint", 30)]
    public async Task Others_find_a_changed_bit(string file, int place)
    {
        using LogDirectory log = Log(Entries(1_000));
        byte[] bytes = File.ReadAllBytes(log.PathOf(file));
        bytes[place] ^= 1;
        File.WriteAllBytes(log.PathOf(file), bytes);
        using LogDirectory earlier = Log(Entries(300));
        (await VerifyAsync(log, earlier)).Status.ShouldBe(1);
    }

    [Fact]
    public async Task Others_find_an_entry_that_is_gone_two_that_were_swapped_and_a_rewritten_end()
    {
        byte[][] entries = Entries(1_000);
        using LogDirectory earlier = Log(entries[..900]);
        foreach (byte[][] changed in new byte[][][] { [.. entries[..5], .. entries[6..]], [.. entries[..5], entries[6], entries[5], .. entries[7..]], [.. entries[..890], .. Entries(110)] })
        {
            using LogDirectory log = Log(changed);
            (await VerifyAsync(log, earlier)).Status.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Others_find_a_log_that_somebody_else_signed()
    {
        using LogDirectory log = new(Entries(10), NoteTests.Signer(NoteKeyType.Ed25519, Origin));
        (await VerifyAsync(log, log)).Status.ShouldBe(1);
    }

    [Fact]
    public async Task OpenSSL_believes_the_signature_of_a_checkpoint()
    {
        using LogDirectory log = Log(Entries(10));
        var note = SignedNote.Parse(File.ReadAllBytes(log.CheckpointPath));
        await File.WriteAllTextAsync(log.PathOf("text"), note.Text);
        await File.WriteAllBytesAsync(log.PathOf("signature"), note.Signatures[0].Signature.ToArray());

        // RFC 8410, section 4: a SubjectPublicKeyInfo of Ed25519 is these twelve bytes and the key.
        byte[] key = [.. Convert.FromHexString("302a300506032b6570032100"), .. Convert.FromBase64String(Signer.Key.ToString().Split('+', 3)[2])[1..]];
        await File.WriteAllBytesAsync(log.PathOf("key.der"), key);
        (await OpenSslAsync(log)).ShouldBe(0);
        await File.AppendAllTextAsync(log.PathOf("text"), "more\n");
        (await OpenSslAsync(log)).ShouldBe(1);
    }

    private Task<(int Status, string Output)> VerifyAsync(LogDirectory log, LogDirectory earlier) =>
        verifier.VerifyAsync(log.Root, Signer.Key.ToString(), earlier.CheckpointPath);

    private static LogDirectory Log(byte[][] entries) => new(entries, Signer, SecondSigner, Witness);

    private static byte[][] Entries(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":{i}}}")))];

    private static async Task<int> OpenSslAsync(LogDirectory log)
    {
        await using var openssl = new ChildProcess("openssl",
        [
            "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", log.PathOf("key.der"), "-in", log.PathOf("text"), "-sigfile", log.PathOf("signature"),
        ]);
        return await openssl.ExitCodeAsync(TimeSpan.FromMinutes(1));
    }
}
