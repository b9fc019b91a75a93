using System.Text;
using System.Text.Json;
using AccessGov.Cedar.Tests.Conformance;

namespace AccessGov.Cedar.Tests.Schemas;

public sealed class SchemaCorpusTests
{
    [ConformanceFact]
    public void Every_schema_of_the_corpus_survives_the_way_to_JSON_and_to_text()
    {
        Dictionary<string, byte[]> texts = CorpusArchive.UnpackByTest("corpus-tests.tar.gz", ".cedarschema");
        var differences = new List<string>();
        foreach ((string name, byte[] text) in texts)
        {
            Collect(name, differences, () =>
            {
                SchemaFragment fragment = SchemaFragment.Parse(Encoding.UTF8.GetString(text), name);
                Schema schema = Schema.Create([fragment]);
                string json = fragment.ToJson();
                return SchemaComparison.Difference(schema, Schema.Parse(fragment.ToText(), name))
                    ?? SchemaComparison.Difference(schema, Schema.ParseJson(json, name))
                    ?? SchemaComparison.Difference(schema, Schema.Parse(SchemaFragment.ParseJson(json, name).ToText(), name));
            });
        }

        differences.Take(20).ShouldBeEmpty();
        texts.Count.ShouldBe(7_809);
    }

    [ConformanceFact]
    public void Every_JSON_schema_of_the_corpus_says_what_the_text_of_the_same_test_says()
    {
        Dictionary<string, byte[]> texts = CorpusArchive.UnpackByTest("corpus-tests.tar.gz", ".cedarschema");
        Dictionary<string, byte[]> jsons = CorpusArchive.UnpackByTest("corpus-tests-json-schemas.tar.gz", ".cedarschema.json");
        var differences = new List<string>();
        foreach ((string name, byte[] json) in jsons)
        {
            Collect(name, differences, () => SchemaComparison.Difference(
                Schema.Parse(Encoding.UTF8.GetString(texts[name]), name), Schema.ParseJson(json, name)));
        }

        differences.Take(20).ShouldBeEmpty();
        jsons.Count.ShouldBe(7_750);
    }

    [ConformanceFact]
    public void Every_entity_and_every_request_of_the_corpus_conforms_to_its_schema()
    {
        Dictionary<string, byte[]> texts = CorpusArchive.UnpackByTest("corpus-tests.tar.gz", ".cedarschema");
        Dictionary<string, byte[]> files = CorpusArchive.UnpackByTest("corpus-tests.tar.gz", ".json");
        var differences = new List<string>();
        int requests = 0;
        foreach ((string name, byte[] text) in texts)
        {
            Collect(name, differences, () =>
            {
                Schema schema = Schema.Parse(Encoding.UTF8.GetString(text), name);
                EntitiesJson.Parse(files[$"{name}.entities"], schema);
                using JsonDocument test = JsonDocument.Parse(files[name]);
                foreach (JsonElement request in test.RootElement.GetProperty("requests").EnumerateArray())
                {
                    request.GetProperty("validateRequest").GetBoolean().ShouldBeTrue();
                    requests++;
                    if (schema.Check(Request(schema, request)) is [var error, ..])
                    {
                        return error.ToString();
                    }
                }

                return null;
            });
        }

        differences.Take(20).ShouldBeEmpty();
        requests.ShouldBe(62_472);
    }

    [ConformanceFact]
    public void Every_hand_written_integration_test_conforms_to_its_schema_and_is_decided_with_the_entities_read_by_it()
    {
        string[] files = Directory.GetFiles(ConformanceData.PathOf("tests"), "*.json", SearchOption.AllDirectories);
        var differences = new List<string>();
        int requests = 0;
        foreach (string file in files)
        {
            using JsonDocument test = JsonDocument.Parse(File.ReadAllBytes(file));
            string Content(string part) => File.ReadAllText(ConformanceData.PathOf(test.RootElement.GetProperty(part).GetString()!));
            Collect(file, differences, () =>
            {
                SchemaFragment fragment = SchemaFragment.Parse(Content("schema"), file);
                Schema schema = Schema.Create([fragment]);
                EntityStore entities = EntitiesJson.Parse(Encoding.UTF8.GetBytes(Content("entities")), schema);
                CompiledPolicySet policies = PolicySet.Parse(Content("policies"), file).Compile();
                foreach (JsonElement request in test.RootElement.GetProperty("requests").EnumerateArray())
                {
                    requests++;
                    Request asked = Request(schema, request);
                    string expected = ConformanceCase.Expected(request);
                    string actual = ConformanceCase.Describe(policies.Evaluate(asked, entities));
                    if (schema.Check(asked).Count > 0 || !actual.Equals(expected, StringComparison.Ordinal))
                    {
                        return $"{request.GetProperty("description")}: expected {expected}, got {actual}";
                    }
                }

                return SchemaComparison.Difference(schema, Schema.ParseJson(fragment.ToJson()))
                    ?? SchemaComparison.Difference(schema, Schema.Parse(fragment.ToText()));
            });
        }

        differences.ShouldBeEmpty();
        requests.ShouldBe(74);
    }

    [Fact]
    public void The_schema_of_the_hospital_is_read_and_survives_translation()
    {
        SchemaFragment fragment = SchemaFragment.Parse(
            File.ReadAllText(WorkingCopy.PathOf("deploy", "policies", "hospital.cedarschema")), "hospital.cedarschema");
        Schema schema = Schema.Create([fragment]);

        schema.Actions[new EntityUid("Action", "study.view")].PrincipalTypes.ShouldBe(["User", "Service"]);
        schema.EntityTypes["Study"].Ancestors.ShouldContain("Site");
        Schema.Parse(fragment.ToText()).ShouldBeEqualTo(schema);
        Schema.ParseJson(fragment.ToJson()).ShouldBeEqualTo(schema);
    }

    private static Request Request(Schema schema, JsonElement request)
    {
        EntityUid action = Uid(request, "action");
        return new Request(
            Uid(request, "principal"), action, Uid(request, "resource"),
            schema.ReadContext(action, Encoding.UTF8.GetBytes(request.GetProperty("context").GetRawText())));
    }

    private static EntityUid Uid(JsonElement request, string name) =>
        new(request.GetProperty(name).GetProperty("type").GetString()!, request.GetProperty(name).GetProperty("id").GetString()!);

    private static void Collect(string name, List<string> differences, Func<string?> difference)
    {
        try
        {
            if (difference() is { } found)
            {
                differences.Add($"{name}: {found}");
            }
        }
        catch (Exception refused) when (refused is SchemaException or ConformanceException or EntityDataException or ValueJsonException)
        {
            differences.Add($"{name}: {refused.Message}");
        }
    }
}
