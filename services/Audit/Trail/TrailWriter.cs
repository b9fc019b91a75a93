using System.Buffers;
using System.Security.Cryptography;
using AccessGov.TransparencyLog;

namespace AccessGov.Audit.Trail;

/// <summary>
/// The end of the trail's files: takes leaves and writes bundles and tiles (c2sp.org/tlog-tiles). What is flushed beyond
/// the committed size is nobody's and is written
/// again after a crash. Not safe for use by several threads at once.
/// </summary>
internal sealed class TrailWriter
{
    private readonly string directory;
    private readonly TreeEdge edge;
    private readonly ArrayBufferWriter<byte> bundle = new(64 * 1024);
    private readonly List<(string Path, ReadOnlyMemory<byte> Content)> files = [];
    private readonly List<string> outgrown = [];
    private Tile[] written = [];

    private TrailWriter(string directory, TreeEdge edge, string previous)
    {
        (this.directory, this.edge, Previous) = (directory, edge, previous);
    }

    /// <summary>How many leaves there are.</summary>
    public long Size => edge.Size;

    /// <summary>The SHA-256 of the last leaf in hexadecimal digits; zeros when there is none.</summary>
    public string Previous { get; private set; }

    public TreeHash Root() => edge.Root();

    /// <summary>Takes up the trail where it was committed.</summary>
    /// <exception cref="TrailDamagedException">The files are not what was committed.</exception>
    public static TrailWriter Open(string directory, TrailHead head)
    {
        var tiles = new TileDirectory(directory);
        try
        {
            var writer = new TrailWriter(directory, TreeEdge.Open(head.Size, tiles), head.Previous);
            writer.TakeUpBundle(tiles);
            if (writer.Root() != head.Root)
            {
                throw new TrailDamagedException(
                    $"The tiles in {directory} do not have the root that was committed for {head.Size} leaves.");
            }

            // What is committed is not written again: a disk that is full, or a kill, would leave less of it than was signed.
            writer.written = [.. writer.edge.PartialTiles().Select(partial => partial.Tile)
                .Where(tile => File.Exists(Path.Combine(directory, tile.Path)))];
            return writer;
        }
        catch (Exception unreadable) when (unreadable is IOException or FormatException)
        {
            throw new TrailDamagedException($"The trail in {directory} cannot be taken up at {head.Size} leaves: {unreadable.Message}");
        }
    }

    /// <summary>Adds a leaf, in memory.</summary>
    public void Append(ReadOnlySpan<byte> leaf)
    {
        EntryBundle.Append(bundle, leaf);
        Previous = Convert.ToHexStringLower(SHA256.HashData(leaf));
        edge.Append(TreeHash.OfLeaf(leaf), (tile, hashes) => AddFull(tile, TreeHash.Concat(hashes)));
        if (edge.Size % Tile.WidthMax == 0)
        {
            AddFull(Tile.Of(Tile.EntriesLevel, edge.Size, (edge.Size / Tile.WidthMax) - 1)!.Value, bundle.WrittenMemory.ToArray());
            bundle.ResetWrittenCount();
        }
    }

    /// <summary>Keeps what is too long for a leaf in a file of its own; answers its SHA-256 in hexadecimal digits.</summary>
    public string AppendBlob(byte[] content)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(content));
        files.Add((BlobPath(directory, hash), content));
        return hash;
    }

    public static string BlobPath(string directory, string hash) => Path.Combine(directory, "blob", hash[..2], hash);

    /// <summary>Puts everything that was added on the disk.</summary>
    /// <exception cref="IOException">There is no space, or the disk is read-only; open the trail anew then.</exception>
    public void Flush()
    {
        if (edge.Size % Tile.WidthMax != 0)
        {
            Add(Tile.Of(Tile.EntriesLevel, edge.Size, edge.Size / Tile.WidthMax)!.Value, bundle.WrittenMemory.ToArray());
        }

        // One that is as it was is left alone: somebody may be reading it.
        Tile[] now = [.. edge.PartialTiles().Select(partial => partial.Tile)];
        foreach ((Tile tile, var hashes) in edge.PartialTiles().Where(partial => !written.Contains(partial.Tile)))
        {
            Add(tile, TreeHash.Concat(hashes));
        }

        DurableFiles.Write(files);
        written = now;
        files.Clear();
    }

    /// <summary>Removes the partial tiles whose full ones are committed.</summary>
    public void RemoveOutgrown()
    {
        foreach (string partials in outgrown.Where(Directory.Exists))
        {
            Directory.Delete(partials, recursive: true);
        }

        outgrown.Clear();
    }

    private void TakeUpBundle(TileDirectory tiles)
    {
        if (Size % Tile.WidthMax == 0)
        {
            return;
        }

        Tile partial = Tile.Of(Tile.EntriesLevel, Size, Size / Tile.WidthMax)!.Value;
        IReadOnlyList<ReadOnlyMemory<byte>> entries = EntryBundle.Read(tiles.Read(partial));
        if (entries.Count < partial.Width)
        {
            throw new FormatException($"{partial.Path} has {entries.Count} entries.");
        }

        foreach (ReadOnlyMemory<byte> entry in entries.Take(partial.Width))
        {
            EntryBundle.Append(bundle, entry.Span);
        }

        if (Convert.ToHexStringLower(SHA256.HashData(entries[partial.Width - 1].Span)) != Previous)
        {
            throw new FormatException($"the last entry of {partial.Path} is not the one that was committed.");
        }
    }

    private void AddFull(Tile tile, byte[] content)
    {
        Add(tile, content);
        outgrown.Add(Path.Combine(directory, tile.Path + ".p"));
    }

    private void Add(Tile tile, byte[] content) => files.Add((Path.Combine(directory, tile.Path), content));
}
