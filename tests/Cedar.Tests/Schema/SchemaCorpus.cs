using System.Formats.Tar;
using System.IO.Compression;
using AccessGov.Cedar.Tests.Conformance;

namespace AccessGov.Cedar.Tests.Schemas;

/// <summary>The archives of the public corpus, file by file.</summary>
internal static class SchemaCorpus
{
    /// <summary>The files whose name ends with <paramref name="suffix"/>, by the name of the test: the file name without the suffix.</summary>
    public static Dictionary<string, byte[]> Unpack(string archive, string suffix)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using FileStream file = File.OpenRead(ConformanceData.PathOf(archive));
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            string name = entry.Name[(entry.Name.LastIndexOf('/') + 1)..];
            if (entry.DataStream is { } data && name.EndsWith(suffix, StringComparison.Ordinal) && !name.StartsWith("._", StringComparison.Ordinal))
            {
                using var content = new MemoryStream((int)entry.Length);
                data.CopyTo(content);
                files.Add(name[..^suffix.Length], content.ToArray());
            }
        }

        return files;
    }
}
