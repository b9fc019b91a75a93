using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar.Tests.Conformance;

public sealed class CorpusTests
{
    [ConformanceFact]
    public void Every_request_of_the_corpus_is_decided_as_the_official_engine_decides_it()
    {
        Dictionary<string, byte[]> files = Unpack(ConformanceData.PathOf("corpus-tests.tar.gz"));
        var differences = new List<string>();
        int sets = 0;
        int requests = 0;
        foreach ((string name, byte[] content) in files)
        {
            if (!name.EndsWith(".json", StringComparison.Ordinal) || name.EndsWith(".entities.json", StringComparison.Ordinal))
            {
                continue;
            }

            using JsonDocument test = JsonDocument.Parse(content);
            string policies = Encoding.UTF8.GetString(files[test.RootElement.GetProperty("policies").GetString()!]);
            byte[] entities = files[test.RootElement.GetProperty("entities").GetString()!];
            sets++;
            try
            {
                requests += ConformanceCase.Run(name, test.RootElement, policies, entities, differences);
            }
            catch (Exception refused) when (refused is PolicySyntaxException or EntityDataException or ValueJsonException)
            {
                differences.Add($"{name}: {refused.Message}");
            }
        }

        differences.Take(20).ShouldBeEmpty();
        sets.ShouldBe(7_809);
        requests.ShouldBe(62_472);
    }

    internal static Dictionary<string, byte[]> Unpack(string archive)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using FileStream file = File.OpenRead(archive);
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } data && !entry.Name.EndsWith(".cedarschema", StringComparison.Ordinal))
            {
                using var content = new MemoryStream((int)entry.Length);
                data.CopyTo(content);
                files.Add(entry.Name.TrimStart('.', '/'), content.ToArray());
            }
        }

        return files;
    }
}
