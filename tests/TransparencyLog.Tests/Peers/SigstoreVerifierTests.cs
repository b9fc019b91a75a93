using System.Globalization;
using System.Text;
using AccessGov.Testing;

namespace AccessGov.TransparencyLog.Tests.Peers;

/// <summary>Checkpoints and proofs as a second program of others reads them.</summary>
public sealed class SigstoreVerifierTests : IDisposable
{
    private const string Origin = "hospital.example/audit";
    private static readonly NoteSigner Signer = NoteTests.Signer(NoteKeyType.Ed25519, Origin);
    private static readonly NoteSigner SecondSigner = NoteTests.Signer(NoteKeyType.Ecdsa, Origin);
    private static readonly NoteSigner Witness = NoteTests.Signer(NoteKeyType.Cosignature, "witness.example/radiology");
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("accessgov-sigstore-");

    public void Dispose() => folder.Delete(recursive: true);

    [OfficialEngineFact]
    public async Task Others_believe_a_proof_of_every_place_in_trees_of_every_shape()
    {
        var exports = new StringBuilder();
        int count = 0;
        foreach (int size in (int[])[1, 2, 3, 7, 8, 255, 256, 257, 700])
        {
            byte[][] entries = Entries(size);
            int[] indexes = [.. Enumerable.Range(0, size).Where(i => size < 10 || i % 97 == 0 || i >= size - 2)];
            exports.Append(Export(entries, indexes));
            count += indexes.Length;
        }

        foreach (NoteSigner signer in (NoteSigner[])[Signer, SecondSigner])
        {
            (await VerifyAsync(exports.ToString(), signer.Key)).ShouldBe((0, $"verified {count} events"));
        }
    }

    [OfficialEngineFact]
    public async Task Others_find_what_was_changed()
    {
        byte[][] entries = Entries(700);
        string export = Export(entries, [300]);
        foreach ((string part, string instead) in ((string, string)[])
        [
            (Convert.ToBase64String(entries[300]), Convert.ToBase64String(entries[301])),
            ("index 300", "index 301"),
            ("\\n700\\n", "\\n701\\n"),
            ($"{Origin}\\n700", "another.example/audit\\n700"),
            (SecondHash(export), SecondHash(Export(entries, [302]))),
            ($"{SecondHash(export)}\\n", ""),
        ])
        {
            string changed = export.Replace(part, instead, StringComparison.Ordinal);
            changed.ShouldNotBe(export);
            (await VerifyAsync(changed, Signer.Key)).Status.ShouldBe(1, part);
        }
    }

    [OfficialEngineFact]
    public async Task Others_find_a_log_that_somebody_else_signed_and_a_leaf_with_another_number()
    {
        string export = Export(Entries(20), [3]);
        (await VerifyAsync(export, NoteTests.Signer(NoteKeyType.Ed25519, Origin).Key)).Status.ShouldBe(1);
        (await VerifyAsync(Export([.. Entries(20).Reverse()], [3]), Signer.Key)).ShouldBe((1, "line 1: leaf 3 says to be number 16"));
        (await VerifyAsync("", Signer.Key)).Status.ShouldBe(1);
    }

    private string Export(byte[][] entries, int[] indexes)
    {
        string log = Path.Combine(folder.FullName, "log");
        TrailFiles.Write(log, entries, Signer, SecondSigner, Witness);
        return TrailFiles.Export(log, entries, indexes);
    }

    // JSON of .NET writes + as an escape.
    private static string SecondHash(string export) => export.Split("\\n")[3];

    private async Task<(int Status, string Output)> VerifyAsync(string export, NoteKey key)
    {
        string path = Path.Combine(folder.FullName, "export.ndjson");
        await File.WriteAllTextAsync(path, export);
        return await SigstoreVerifier.VerifyAsync(path, key.ToString());
    }

    private static byte[][] Entries(int count) =>
        [.. Enumerable.Range(0, count).Select(i =>
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":{i}}}")))];
}
