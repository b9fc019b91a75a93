using System.Buffers;
using System.Text;
using System.Text.Json;
using AccessGov.TransparencyLog;

namespace AccessGov.Testing;

/// <summary>
/// Writes a log as files, entry by entry: bundles and tiles as they are filled, the partial ones and the checkpoint at the end.
/// </summary>
/// <param name="directory">Where; it is made.</param>
public sealed class TrailFiles(string directory)
{
    private readonly TreeEdge edge = new();
    private readonly ArrayBufferWriter<byte> bundle = new();

    /// <summary>Writes a whole log.</summary>
    /// <param name="directory">Where; what is there goes away.</param>
    /// <param name="entries">Its entries.</param>
    /// <param name="signers">Who signs; the first one's name is the log's.</param>
    public static Checkpoint Write(string directory, IEnumerable<byte[]> entries, params NoteSigner[] signers)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        var files = new TrailFiles(directory);
        foreach (byte[] entry in entries)
        {
            files.Append(entry);
        }

        return files.Finish(signers);
    }

    /// <summary>Adds an entry.</summary>
    /// <param name="entry">Its bytes.</param>
    public void Append(ReadOnlySpan<byte> entry)
    {
        EntryBundle.Append(bundle, entry);
        edge.Append(TreeHash.OfLeaf(entry), (tile, hashes) => Put(tile, TreeHash.Concat(hashes)));
        if (edge.Size % Tile.WidthMax == 0)
        {
            Put(Tile.Of(Tile.EntriesLevel, edge.Size, (edge.Size / Tile.WidthMax) - 1)!.Value, bundle.WrittenSpan);
            bundle.ResetWrittenCount();
        }
    }

    /// <summary>Writes what is partial, and the checkpoint.</summary>
    /// <param name="signers">Who signs it.</param>
    public Checkpoint Finish(params NoteSigner[] signers)
    {
        foreach ((Tile tile, var hashes) in edge.PartialTiles())
        {
            Put(tile, TreeHash.Concat(hashes));
        }

        if (bundle.WrittenCount > 0)
        {
            Put(Tile.Of(Tile.EntriesLevel, edge.Size, edge.Size / Tile.WidthMax)!.Value, bundle.WrittenSpan);
        }

        var checkpoint = new Checkpoint(signers[0].Key.Name, edge.Size, edge.Root());
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "checkpoint"), Signed(checkpoint, signers).ToString(),
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return checkpoint;
    }

    /// <summary>An export of events with their proofs, one JSON object a line.</summary>
    /// <param name="directory">The log.</param>
    /// <param name="entries">Its entries.</param>
    /// <param name="indexes">Which ones.</param>
    public static string Export(string directory, IReadOnlyList<byte[]> entries, params IEnumerable<int> indexes)
    {
        var note = SignedNote.Parse(File.ReadAllBytes(Path.Combine(directory, "checkpoint")));
        var tree = new TileTree(new TileDirectory(directory), Checkpoint.Parse(note.Text).Size);
        return string.Concat(indexes.Select(index => JsonSerializer.Serialize(new
        {
            leaf = Convert.ToBase64String(entries[index]),
            proof = new LogProof(index, tree.InclusionProof(index), note).ToString(),
        }) + "\n"));
    }

    /// <summary>A checkpoint as it is signed.</summary>
    /// <param name="checkpoint">What it says.</param>
    /// <param name="signers">Who signs.</param>
    public static SignedNote Signed(Checkpoint checkpoint, params NoteSigner[] signers) =>
        new(checkpoint.ToString(), [.. signers.Select(signer => signer.Sign(checkpoint.ToString(), DateTimeOffset.UnixEpoch))]);

    private void Put(Tile tile, ReadOnlySpan<byte> bytes)
    {
        string path = Path.Combine(directory, tile.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
