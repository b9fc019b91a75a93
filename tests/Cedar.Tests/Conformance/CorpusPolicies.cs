using System.Text;

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

        foreach ((string name, byte[] text) in CorpusArchive.Unpack("corpus-tests.tar.gz", name => name.EndsWith(".cedar", StringComparison.Ordinal)))
        {
            yield return (Path.GetFileName(name), Encoding.UTF8.GetString(text));
        }
    }
}
