using System.Formats.Tar;
using System.IO.Compression;

namespace AccessGov.Cedar.Tests.Conformance;

/// <summary>The files of a corpus archive by name.</summary>
internal static class CorpusArchive
{
    public static Dictionary<string, byte[]> Unpack(string archive, Func<string, bool> isWanted)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using FileStream file = File.OpenRead(ConformanceData.PathOf(archive));
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            // A Mac packed some of them and left a ._ file beside each.
            string name = entry.Name.TrimStart('.', '/');
            if (entry.DataStream is { } data && isWanted(name) && !Path.GetFileName(entry.Name).StartsWith("._", StringComparison.Ordinal))
            {
                using var content = new MemoryStream((int)entry.Length);
                data.CopyTo(content);
                files.Add(name, content.ToArray());
            }
        }

        return files;
    }
}
