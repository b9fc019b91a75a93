using System.Buffers;

namespace AccessGov.TransparencyLog.Tests;

/// <summary>A whole log in memory, as its files would be.</summary>
internal sealed class MemoryTiles : ITileSource
{
    private readonly Dictionary<string, byte[]> files = new(StringComparer.Ordinal);

    public Dictionary<string, byte[]> Files => files;

    public static MemoryTiles Of(IReadOnlyList<byte[]> entries)
    {
        var tiles = new MemoryTiles();
        var edge = new TreeEdge();
        foreach (byte[] entry in entries)
        {
            edge.Append(TreeHash.OfLeaf(entry), (tile, hashes) => tiles.Put(tile, hashes));
        }

        tiles.Close(edge);
        for (long index = 0; Tile.Of(Tile.EntriesLevel, entries.Count, index) is { } tile; index++)
        {
            var bundle = new ArrayBufferWriter<byte>();
            foreach (byte[] entry in entries.Skip((int)index * Tile.WidthMax).Take(tile.Width))
            {
                EntryBundle.Append(bundle, entry);
            }

            tiles.files[tile.Path] = bundle.WrittenSpan.ToArray();
        }

        return tiles;
    }

    public void Put(Tile tile, IReadOnlyList<TreeHash> hashes) => files[tile.Path] = TreeHash.Concat(hashes);

    public void Close(TreeEdge edge)
    {
        foreach ((Tile tile, var hashes) in edge.PartialTiles())
        {
            Put(tile, hashes);
        }
    }

    public ReadOnlyMemory<byte> Read(Tile tile) => files.TryGetValue(tile.Path, out byte[]? bytes) ? bytes : throw new FileNotFoundException(tile.Path);
}
