using System.Formats.Tar;
using System.IO.Compression;

namespace AccessGov.Cedar.Tests.Conformance;

/// <summary>Every policy text of the public tests, by its name: the corpus and the hand-written ones.</summary>
internal static class CorpusPolicies
{
    public static IEnumerable<(string Name, string Text)> All()
    {
        foreach (string file in Directory.GetFiles(ConformanceData.PathOf("tests"), "*.cedar", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            yield return (Path.GetFileName(file), File.ReadAllText(file));
        }

        using FileStream archive = File.OpenRead(ConformanceData.PathOf("corpus-tests.tar.gz"));
        using var gzip = new GZipStream(archive, CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } data && entry.Name.EndsWith(".cedar", StringComparison.Ordinal))
            {
                using var text = new StreamReader(data, leaveOpen: true);
                yield return (Path.GetFileName(entry.Name), text.ReadToEnd());
            }
        }
    }
}
