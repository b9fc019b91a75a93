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

    [ConformanceFact]
    public void Every_hand_written_integration_test_is_valid_when_it_says_so()
    {
        string[] files = Directory.GetFiles(ConformanceData.PathOf("tests"), "*.json", SearchOption.AllDirectories);
        foreach (string file in files)
        {
            using JsonDocument test = JsonDocument.Parse(File.ReadAllBytes(file));
            string Read(string property) => File.ReadAllText(ConformanceData.PathOf(test.RootElement.GetProperty(property).GetString()!));

            ValidationResult result = new Validator(Schema.Parse(Read("schema"))).Validate(PolicySet.Parse(Read("policies"), file));

            result.IsValid.ShouldBe(test.RootElement.GetProperty("shouldValidate").GetBoolean(), string.Join("; ", result.Errors));
        }

        files.Length.ShouldBe(22);
    }

    private static string Text(Dictionary<string, byte[]> files, JsonElement test, string property) =>
        Encoding.UTF8.GetString(files[test.GetProperty(property).GetString()!]);
}
