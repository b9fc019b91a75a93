using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Trail;

/// <summary>A trail as whoever checks it sees it: files and a checkpoint.</summary>
internal static class PublishedTrail
{
    /// <summary>Waits until the trail has published so many leaves, and answers all that it has.</summary>
    public static async Task<IReadOnlyList<JsonNode>> HasAsync(AuditHost host, long count)
    {
        await Eventually.HoldsAsync(() => PublishedSize(host) >= count, $"the trail has {count} leaves");
        return Leaves(host.TrailDirectory).Select(leaf => JsonNode.Parse(leaf.Span)!).ToList();
    }

    public static long PublishedSize(AuditHost host) =>
        host.Services.GetRequiredService<CheckpointSigner>().Published()?.Checkpoint.Size ?? 0;

    /// <summary>
    /// The first thing that is wrong with the trail; null when nothing is. Checks the tree, and the chain of leaves with nothing
    /// but SHA-256.
    /// </summary>
    public static LogFinding? FirstFault(string directory)
    {
        long first = new TileDirectory(directory).MinimumIndex;
        var checks = new EntryChecks<bool>((_, _) => true, _ => null) { First = first };
        if (LogVerification.FirstFault(new TileDirectory(directory), CheckpointOf(directory), checks) is { } fault)
        {
            return fault;
        }

        byte[]? previous = first > 0 ? null : new byte[32];
        foreach ((int index, ReadOnlyMemory<byte> leaf) in Leaves(directory).Index())
        {
            JsonNode read = JsonNode.Parse(leaf.Span)!;
            bool follows = previous is null || (string?)read["prev"] == Convert.ToHexStringLower(previous);
            if (!follows || (long?)read["seq"] != first + index)
            {
                return new LogFinding("chain_broken", first + index, "It does not follow the leaf before it.");
            }

            previous = SHA256.HashData(leaf.Span);
        }

        return null;
    }

    public static Checkpoint CheckpointOf(string directory) =>
        Checkpoint.Parse(SignedNote.Parse(File.ReadAllBytes(Path.Combine(directory, "checkpoint"))).Text);

    public static IEnumerable<ReadOnlyMemory<byte>> Leaves(string directory)
    {
        long size = CheckpointOf(directory).Size;
        var tiles = new TileDirectory(directory);
        for (long index = tiles.MinimumIndex / Tile.WidthMax; Tile.Of(Tile.EntriesLevel, size, index) is { } bundle; index++)
        {
            foreach (ReadOnlyMemory<byte> leaf in EntryBundle.Read(tiles.Read(bundle)).Take(bundle.Width))
            {
                yield return leaf;
            }
        }
    }
}
