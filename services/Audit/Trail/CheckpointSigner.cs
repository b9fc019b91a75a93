using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Trail;

/// <summary>
/// Signs and publishes how far the trail has come, with Ed25519, which every verifier knows, and with ECDSA P-256: the one place that
/// writes checkpoints, and only while this process leads. Thread-safe.
/// </summary>
internal sealed class CheckpointSigner
{
    private readonly Lock gate = new();
    private readonly NoteSigner[] signers;
    private readonly TimeProvider clock;
    private readonly string origin;
    private readonly string path;
    private readonly string witnessedPath;
    private readonly ConcurrentDictionary<string, Verified> verified = new(StringComparer.Ordinal);
    private bool leads;

    public CheckpointSigner(IOptions<AuditOptions> options, TimeProvider clock)
    {
        this.clock = clock;
        origin = options.Value.Origin;
        path = new TileDirectory(options.Value.TrailDirectory).CheckpointPath;
        witnessedPath = path + ".witnessed";
        using ECDsa ecdsa = EcdsaKeyFile.Read(options.Value.EcdsaKeyFile);
        signers =
        [
            NoteSigner.OfEd25519(origin, Convert.FromHexString(File.ReadAllText(options.Value.Ed25519SeedFile).Trim())),
            NoteSigner.OfEcdsa(origin, ecdsa.ExportPkcs8PrivateKey()),
        ];
    }

    /// <summary>The keys that whoever checks the trail is to be given.</summary>
    public IEnumerable<NoteKey> Keys => signers.Select(signer => signer.Key);

    /// <summary>Whether this process writes checkpoints.</summary>
    public bool Leads
    {
        get
        {
            lock (gate)
            {
                return leads;
            }
        }
    }

    /// <summary>What was published last; null when nothing was.</summary>
    /// <exception cref="TrailDamagedException">It is no checkpoint of this trail.</exception>
    public PublishedCheckpoint? Published() => Read(path);

    /// <summary>
    /// The newest checkpoint with cosignatures of witnesses: the one that was published last, or one from before; null when there is none.
    /// </summary>
    /// <exception cref="TrailDamagedException">It is no checkpoint of this trail.</exception>
    public PublishedCheckpoint? Witnessed() => Read(witnessedPath);

    /// <summary>This process leads, and has the directory's lock, until the answer is disposed of.</summary>
    public IDisposable Lead()
    {
        lock (gate)
        {
            leads = true;
        }

        return new Term(this);
    }

    /// <summary>Signs what is committed and puts it where everybody reads it.</summary>
    public void Publish(TrailHead head)
    {
        string text = new Checkpoint(origin, head.Size, head.Root).ToString();
        DateTimeOffset now = clock.GetUtcNow();
        var note = new SignedNote(text, [.. signers.Select(signer => signer.Sign(text, now))]);
        lock (gate)
        {
            Write(path, note);
        }
    }

    /// <summary>Adds cosignatures to the published checkpoint, as long as it is the one that they are for.</summary>
    /// <param name="cosigned">A checkpoint that was published, with cosignatures that were checked.</param>
    public void Cosign(SignedNote cosigned)
    {
        lock (gate)
        {
            if (leads && Published() is { } published && published.Note.Text == cosigned.Text)
            {
                Write(path, published.With(cosigned.Signatures));
            }
        }
    }

    /// <summary>Keeps a checkpoint with its cosignatures beside the published one, unless a later one is kept already.</summary>
    /// <param name="cosigned">A checkpoint that was published, with cosignatures that were checked.</param>
    public void KeepWitnessed(SignedNote cosigned)
    {
        lock (gate)
        {
            PublishedCheckpoint? kept = Witnessed();
            if (leads && (kept is null || Checkpoint.Parse(cosigned.Text).Size > kept.Checkpoint.Size || kept.Note.Text == cosigned.Text))
            {
                Write(witnessedPath, kept?.Note.Text == cosigned.Text ? kept.With(cosigned.Signatures) : cosigned);
            }
        }
    }

    private static void Write(string file, SignedNote note) => DurableFiles.Replace(file, Encoding.UTF8.GetBytes(note.ToString()));

    private PublishedCheckpoint? Read(string file)
    {
        try
        {
            if (!File.Exists(file))
            {
                return null;
            }

            // Each proof asks for it: the same bytes need no second look at their signatures.
            byte[] bytes = RegularFile.ReadAll(file, SignedNote.BytesMax);
            if (verified.TryGetValue(file, out Verified? known) && known.Bytes.AsSpan().SequenceEqual(bytes))
            {
                return known.Published;
            }

            SignedNote note = SignedNote.Parse(bytes);
            var published = Keys.All(note.IsSignedBy) && Checkpoint.Parse(note.Text) is var checkpoint && checkpoint.Origin == origin
                ? new PublishedCheckpoint(note, checkpoint)
                : throw new FormatException("this trail's keys did not sign it.");
            verified[file] = new Verified(bytes, published);
            return published;
        }
        catch (FormatException malformed)
        {
            throw new TrailDamagedException($"{file} is no checkpoint of this trail: {malformed.Message}");
        }
    }

    private sealed record Verified(byte[] Bytes, PublishedCheckpoint Published);

    private sealed class Term(CheckpointSigner signer) : IDisposable
    {
        public void Dispose()
        {
            lock (signer.gate)
            {
                signer.leads = false;
            }
        }
    }
}

/// <summary>A checkpoint of this trail, with the signatures that it was published with.</summary>
internal sealed record PublishedCheckpoint(SignedNote Note, Checkpoint Checkpoint)
{
    /// <summary>The note with signatures added; of one key there is one, the added one.</summary>
    public SignedNote With(IReadOnlyCollection<NoteSignature> lines) => Note with
    {
        Signatures =
        [
            .. Note.Signatures.Where(line => !lines.Any(added => added.KeyId == line.KeyId && added.KeyName == line.KeyName)),
            .. lines,
        ],
    };
}
