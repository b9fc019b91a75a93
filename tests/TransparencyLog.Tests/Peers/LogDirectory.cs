using System.Text;

namespace AccessGov.TransparencyLog.Tests.Peers;

/// <summary>A log as files, as it is handed to somebody else.</summary>
internal sealed class LogDirectory : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("accessgov-log-").FullName;

    public LogDirectory(IReadOnlyList<byte[]> entries, params NoteSigner[] signers)
    {
        MemoryTiles tiles = MemoryTiles.Of(entries);
        foreach ((string path, byte[] bytes) in tiles.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
            File.WriteAllBytes(PathOf(path), bytes);
        }

        var checkpoint = new Checkpoint(signers[0].Key.Name, entries.Count, new TileTree(tiles, entries.Count).Root());
        File.WriteAllText(
            CheckpointPath, new SignedNote(checkpoint.ToString(), [.. signers.Select(signer => signer.Sign(checkpoint.ToString(), DateTimeOffset.UnixEpoch))]).ToString(),
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    public string Root => root;

    public string CheckpointPath => PathOf("checkpoint");

    public string PathOf(string path) => Path.Combine(root, path);

    public void Dispose() => Directory.Delete(root, recursive: true);
}
