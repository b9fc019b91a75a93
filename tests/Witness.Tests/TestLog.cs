using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using AccessGov.TransparencyLog;

namespace AccessGov.Witness.Tests;

/// <summary>A log in memory that signs what it is told to, also what is not true.</summary>
internal sealed class TestLog : ITileSource
{
    private readonly Dictionary<Tile, byte[]> tiles = [];
    private readonly TreeEdge edge = new();
    private readonly string salt;

    public TestLog(string origin, NoteSigner? signer = null, string salt = "")
    {
        (Origin, this.salt) = (origin, salt);
        Signer = signer ?? NoteSigner.OfEd25519(origin, RandomNumberGenerator.GetBytes(32));
    }

    public string Origin { get; }

    public NoteSigner Signer { get; }

    public long Size => edge.Size;

    /// <summary>The same entries from the first on, and others from a size on: what a log must never show.</summary>
    public TestLog Fork(long from, long size)
    {
        var fork = new TestLog(Origin, Signer, salt);
        fork.GrowTo(from);
        var other = new TestLog(Origin, Signer, "other ");
        fork.Append(from, size, other.salt);
        return fork;
    }

    public TestLog GrowTo(long size)
    {
        Append(edge.Size, size, salt);
        return this;
    }

    /// <summary>A checkpoint of what it has now, signed.</summary>
    public SignedNote Checkpoint(params NoteSigner[] signers)
    {
        string text = new Checkpoint(Origin, edge.Size, edge.Root()).ToString();
        return Note(text, signers);
    }

    public SignedNote Note(string text, params NoteSigner[] signers) =>
        new(text, [.. (signers is [] ? [Signer] : signers).Select(signer => signer.Sign(text, DateTimeOffset.UnixEpoch))]);

    /// <summary>The body of a request: what it has now, proven from an old size.</summary>
    public string Request(long oldSize, SignedNote? note = null) =>
        Body(oldSize, oldSize == 0 || oldSize > Size ? []
            : new TileTree(this, Size).ConsistencyProof(oldSize).Select(hash => hash.ToString()), note ?? Checkpoint());

    public static string Body(long oldSize, IEnumerable<string> proof, SignedNote note) =>
        string.Create(CultureInfo.InvariantCulture, $"old {oldSize}\n{string.Concat(proof.Select(line => line + "\n"))}\n{note}");

    public ReadOnlyMemory<byte> Read(Tile tile) => tiles.TryGetValue(tile, out byte[]? bytes) ? bytes
        : edge.PartialTiles().FirstOrDefault(partial => partial.Tile == tile) is { Hashes.IsDefault: false } found
            ? TreeHash.Concat(found.Hashes)
        : throw new FileNotFoundException(tile.Path);

    private void Append(long from, long size, string prefix)
    {
        for (long i = from; i < size; i++)
        {
            edge.Append(TreeHash.OfLeaf(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}"))),
                (tile, hashes) => tiles[tile] = TreeHash.Concat(hashes));
        }
    }
}
