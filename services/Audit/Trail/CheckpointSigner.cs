using System.Security.Cryptography;
using System.Text;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Trail;

/// <summary>Signs and publishes how far the trail has come, with Ed25519, which every verifier knows, and with ECDSA P-256. Thread-safe.</summary>
internal sealed class CheckpointSigner
{
    private readonly NoteSigner[] signers;
    private readonly TimeProvider clock;
    private readonly string origin;
    private readonly string path;

    public CheckpointSigner(IOptions<AuditOptions> options, TimeProvider clock)
    {
        this.clock = clock;
        origin = options.Value.Origin;
        path = new TileDirectory(options.Value.TrailDirectory).CheckpointPath;
        using ECDsa ecdsa = EcdsaKeyFile.Read(options.Value.EcdsaKeyFile);
        signers =
        [
            NoteSigner.OfEd25519(origin, Convert.FromHexString(File.ReadAllText(options.Value.Ed25519SeedFile).Trim())),
            NoteSigner.OfEcdsa(origin, ecdsa.ExportPkcs8PrivateKey()),
        ];
    }

    /// <summary>The keys that whoever checks the trail is to be given.</summary>
    public IEnumerable<NoteKey> Keys => signers.Select(signer => signer.Key);

    /// <summary>What was published last; null when nothing was.</summary>
    /// <exception cref="TrailDamagedException">It is no checkpoint of this trail.</exception>
    public (SignedNote Note, Checkpoint Checkpoint)? Published()
    {
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            SignedNote note = SignedNote.Parse(File.ReadAllBytes(path));
            return Keys.All(note.IsSignedBy) && Checkpoint.Parse(note.Text) is var checkpoint && checkpoint.Origin == origin
                ? (note, checkpoint)
                : throw new FormatException("this trail's keys did not sign it.");
        }
        catch (FormatException malformed)
        {
            throw new TrailDamagedException($"{path} is no checkpoint of this trail: {malformed.Message}");
        }
    }

    /// <summary>Signs what is committed and puts it where everybody reads it.</summary>
    public void Publish(TrailHead head)
    {
        string text = new Checkpoint(origin, head.Size, head.Root).ToString();
        DateTimeOffset now = clock.GetUtcNow();
        var note = new SignedNote(text, [.. signers.Select(signer => signer.Sign(text, now))]);
        DurableFiles.Replace(path, Encoding.UTF8.GetBytes(note.ToString()));
    }
}
