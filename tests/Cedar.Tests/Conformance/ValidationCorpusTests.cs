using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar.Tests.Conformance;

public sealed class ValidationCorpusTests
{
    [ConformanceFact]
    public void Every_policy_set_of_the_corpus_is_valid_exactly_when_the_official_validator_says_so()
    {
        Dictionary<string, byte[]> files = CorpusArchive.Unpack("corpus-tests.tar.gz", name => !name.EndsWith(".entities.json", StringComparison.Ordinal));
        Dictionary<string, byte[]> verdicts = CorpusArchive.Unpack("corpus-tests-validation.tar.gz", _ => true);
        var differences = new List<string>();
        int sets = 0;
        int compared = 0;
        foreach ((string name, byte[] content) in files.Where(file => file.Key.EndsWith(".json", StringComparison.Ordinal)))
        {
            using JsonDocument test = JsonDocument.Parse(content);
            JsonElement root = test.RootElement;
            Schema schema = Schema.Parse(Text(files, root, "schema"), name);
            ValidationResult result = new Validator(schema).Validate(PolicySet.Parse(Text(files, root, "policies"), name));
            sets++;
            if (result.IsValid != root.GetProperty("shouldValidate").GetBoolean())
            {
                differences.Add($"{name}: official {!result.IsValid}, ours {string.Join("; ", result.Errors)}");
            }

            string verdict = $"corpus-tests-validation/{Path.GetFileNameWithoutExtension(name)}.validation.json";
            if (verdicts.TryGetValue(verdict, out byte[]? official))
            {
                compared++;
                differences.AddRange(OfficialVerdict.Differences(name, official, result));
            }
        }

        differences.Take(20).ShouldBeEmpty($"{differences.Count} differences");
        sets.ShouldBe(7_809);
        compared.ShouldBe(7_750);
    }

    private static string Text(Dictionary<string, byte[]> files, JsonElement test, string property) =>
        Encoding.UTF8.GetString(files[test.GetProperty(property).GetString()!]);
}
