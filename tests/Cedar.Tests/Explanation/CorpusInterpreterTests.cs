using System.Text;
using System.Text.Json;
using AccessGov.Cedar.Tests.Conformance;

namespace AccessGov.Cedar.Tests.Explaining;

public sealed class CorpusInterpreterTests
{
    [ConformanceFact]
    public void The_interpreter_ends_every_policy_of_the_corpus_as_the_compiled_code_does()
    {
        var options = new ExplanationOptions { IncludeUnmatched = true, NearestMax = 0, CounterfactualsMax = 0 };
        Dictionary<string, byte[]> files = CorpusArchive.Unpack("corpus-tests.tar.gz", name => !name.EndsWith(".cedarschema", StringComparison.Ordinal));
        var differences = new List<string>();
        int requests = 0;
        int errors = 0;
        foreach ((string name, byte[] content) in files)
        {
            if (!name.EndsWith(".json", StringComparison.Ordinal) || name.EndsWith(".entities.json", StringComparison.Ordinal))
            {
                continue;
            }

            using JsonDocument test = JsonDocument.Parse(content);
            CompiledPolicySet compiled = PolicySet.Parse(Encoding.UTF8.GetString(files[test.RootElement.GetProperty("policies").GetString()!])).Compile();
            EntityStore entities = EntitiesJson.Parse(files[test.RootElement.GetProperty("entities").GetString()!]);
            foreach (JsonElement asked in test.RootElement.GetProperty("requests").EnumerateArray())
            {
                var request = new Request(
                    ConformanceCase.Uid(asked, "principal"), ConformanceCase.Uid(asked, "action"), ConformanceCase.Uid(asked, "resource"),
                    ValueJson.ReadRecord(asked.GetProperty("context")));
                Explanation explanation = Explainer.Explain(compiled, in request, entities, options);
                requests++;
                errors += explanation.Response.Errors.Count;
                differences.AddRange(InterpreterTests.Differences(explanation).Select(difference => $"{name}: {difference}"));
            }
        }

        differences.Take(20).ShouldBeEmpty();
        requests.ShouldBe(62_472);
        errors.ShouldBeGreaterThan(1_000);
    }
}
