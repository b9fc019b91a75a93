using System.Security.Cryptography;
using System.Text;

namespace AccessGov.TransparencyLog.Tests;

public sealed class NoteTests
{
    // The example of c2sp.org/signed-note.
    private const string PublishedKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    private const string PublishedNote =
        "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_679_315_147);

    public static TheoryData<NoteKeyType> Types => [NoteKeyType.Ed25519, NoteKeyType.Ecdsa, NoteKeyType.Cosignature];

    [Fact]
    public void A_note_that_others_signed_is_believed()
    {
        var note = SignedNote.Parse(Encoding.UTF8.GetBytes(PublishedNote));
        var key = NoteKey.Parse(PublishedKey);
        note.IsSignedBy(key).ShouldBeTrue();
        key.ToString().ShouldBe(PublishedKey);
        note.ToString().ShouldBe(PublishedNote);
        (note with { Text = "This is another message.\n" }).IsSignedBy(key).ShouldBeFalse();
    }

    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    public void Ed25519_signs_as_the_standard_says(string seed, string publicKey, string message, string signature)
    {
        Convert.ToHexStringLower(Ed25519.PublicKeyOf(Convert.FromHexString(seed))).ShouldBe(publicKey);
        Convert.ToHexStringLower(Ed25519.Sign(Convert.FromHexString(seed), Convert.FromHexString(message))).ShouldBe(signature);
        Ed25519.Verify(Convert.FromHexString(publicKey), Convert.FromHexString(message), Convert.FromHexString(signature)).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void What_a_key_signs_it_alone_has_signed(NoteKeyType type)
    {
        NoteSigner signer = Signer(type, "log.example/pacs");
        NoteSigner other = Signer(type, "log.example/pacs");
        SignedNote note = Note("log.example/pacs\n1\nxyz\n", signer);
        var read = SignedNote.Parse(Encoding.UTF8.GetBytes(note.ToString()));
        read.IsSignedBy(NoteKey.Parse(signer.Key.ToString())).ShouldBeTrue();
        read.IsSignedBy(other.Key).ShouldBeFalse();
        (read with { Text = "log.example/pacs\n2\nxyz\n" }).IsSignedBy(signer.Key).ShouldBeFalse();

        // Each bit of the signature counts.
        byte[] signature = read.Signatures[0].Signature.ToArray();
        for (int i = 0; i < signature.Length; i++)
        {
            signature[i] ^= 1;
            (read with { Signatures = [read.Signatures[0] with { Signature = signature.ToArray() }] }).IsSignedBy(signer.Key).ShouldBeFalse();
            signature[i] ^= 1;
        }
    }

    [Fact]
    public void One_false_signature_of_a_known_key_makes_the_note_unbelievable()
    {
        NoteSigner signer = Signer(NoteKeyType.Ed25519, "log.example/pacs");
        SignedNote note = Note("text\n", signer);
        NoteSignature forged = signer.Sign("another text\n", Now);
        (note with { Signatures = [.. note.Signatures, forged] }).IsSignedBy(signer.Key).ShouldBeFalse();
        (note with { Signatures = [.. note.Signatures, Signer(NoteKeyType.Ed25519, "other.example").Sign("another text\n", Now)] }).IsSignedBy(signer.Key).ShouldBeTrue();
    }

    [Fact]
    public void A_witness_says_when()
    {
        NoteSigner witness = Signer(NoteKeyType.Cosignature, "witness.example");
        NoteSignature cosignature = witness.Sign("text\n", Now);
        NoteKey.TimeOf(cosignature.Signature.Span).ShouldBe(Now);
        NoteKey.TimeOf(new byte[7]).ShouldBeNull();
        NoteKey.TimeOf([255, 255, 255, 255, 255, 255, 255, 255]).ShouldBeNull();

        // What a witness has signed is nothing that a log has signed, though both use Ed25519.
        new NoteKey("witness.example", NoteKeyType.Ed25519, Ed25519.PublicKeyOf(new byte[32])).Verifies("text\n", cosignature.Signature.Span).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\nno signature\n")]
    [InlineData("text\n\n— name\n")]
    [InlineData("text\n\n— name AAAA\n")]
    [InlineData("text\n\n— name AAAAAAA=")]
    [InlineData("text\n\n— na+me AAAAAAA=\n")]
    [InlineData("text\n\n—  AAAAAAA=\n")]
    [InlineData("te\rxt\n\n— name AAAAAAA=\n")]
    [InlineData("te\0xt\n\n— name AAAAAAA=\n")]
    public void What_is_no_note_is_refused(string note) => Should.Throw<FormatException>(() => SignedNote.Parse(Encoding.UTF8.GetBytes(note)));

    [Fact]
    public void A_note_is_UTF8_and_not_endless()
    {
        Should.Throw<FormatException>(() => SignedNote.Parse([.. "te"u8, 0xff, .. "xt\n\n— name AAAAAAA=\n"u8]));
        Should.Throw<FormatException>(() => SignedNote.Parse(new byte[SignedNote.BytesMax + 1]));
        Should.Throw<FormatException>(() => SignedNote.Parse(Encoding.UTF8.GetBytes("text\n\n" + string.Concat(Enumerable.Repeat("— name AAAAAAA=\n", 101)))));
        SignedNote.Parse(Encoding.UTF8.GetBytes("a\n\nb\n\n" + string.Concat(Enumerable.Repeat("— name AAAAAAA=\n", 16)))).Text.ShouldBe("a\n\nb\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com/foo")]
    [InlineData("example.com/foo+530d903a")]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+BekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2")]
    [InlineData("example.com/foo+530d903a+AQ==")]
    [InlineData("example.com/foo+530d903a+AgAA")]
    [InlineData("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    public void What_is_no_key_is_refused(string key) => Should.Throw<FormatException>(() => NoteKey.Parse(key));

    [Fact]
    public void A_private_key_that_is_none_is_refused()
    {
        Should.Throw<FormatException>(() => NoteSigner.OfEd25519("name", new byte[31]));
        Should.Throw<FormatException>(() => NoteSigner.OfEd25519("na me", new byte[32]));
        Should.Throw<FormatException>(() => NoteSigner.OfEcdsa("name", new byte[32]));
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Should.Throw<FormatException>(() => NoteSigner.OfEcdsa("name", other.ExportPkcs8PrivateKey()));
        Should.Throw<ArgumentException>(() => Signer(NoteKeyType.Ed25519, "name").Sign("no line feed", Now));
    }

    internal static NoteSigner Signer(NoteKeyType type, string name)
    {
        byte[] seed = RandomNumberGenerator.GetBytes(32);
        if (type != NoteKeyType.Ecdsa)
        {
            return type == NoteKeyType.Ed25519 ? NoteSigner.OfEd25519(name, seed) : NoteSigner.OfWitness(name, seed);
        }

        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return NoteSigner.OfEcdsa(name, ecdsa.ExportPkcs8PrivateKey());
    }

    private static SignedNote Note(string text, NoteSigner signer) => new(text, [signer.Sign(text, Now)]);
}
