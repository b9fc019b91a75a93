using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar.Tests.Conformance;

public sealed class CorpusTests
{
    [ConformanceFact]
    public void Every_request_of_the_corpus_is_decided_as_the_official_engine_decides_it()
    {
        Dictionary<string, byte[]> files = CorpusArchive.Unpack("corpus-tests.tar.gz", name => !name.EndsWith(".cedarschema", StringComparison.Ordinal));
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
}
