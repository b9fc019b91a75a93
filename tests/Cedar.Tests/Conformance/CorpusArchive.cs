using System.Formats.Tar;
using System.IO.Compression;

namespace AccessGov.Cedar.Tests.Conformance;

/// <summary>The files of a corpus archive.</summary>
internal static class CorpusArchive
{
    /// <summary>The files whose name ends with <paramref name="suffix"/>, by the name of the test: the file name without the suffix.</summary>
    public static Dictionary<string, byte[]> UnpackByTest(string archive, string suffix) =>
        Unpack(archive, name => name.EndsWith(suffix, StringComparison.Ordinal))
            .ToDictionary(file => Path.GetFileName(file.Key)[..^suffix.Length], file => file.Value, StringComparer.Ordinal);

    /// <summary>The wanted files by their names in the archive.</summary>
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
