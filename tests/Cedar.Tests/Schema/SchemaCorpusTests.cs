using System.Text;
using System.Text.Json;
using AccessGov.Cedar.Tests.Conformance;

namespace AccessGov.Cedar.Tests.Schemas;

public sealed class SchemaCorpusTests
{
    [ConformanceFact]
    public void Every_schema_of_the_corpus_survives_the_way_to_JSON_and_to_text()
    {
        Dictionary<string, byte[]> texts = SchemaCorpus.Unpack("corpus-tests.tar.gz", ".cedarschema");
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
        Dictionary<string, byte[]> texts = SchemaCorpus.Unpack("corpus-tests.tar.gz", ".cedarschema");
        Dictionary<string, byte[]> jsons = SchemaCorpus.Unpack("corpus-tests-json-schemas.tar.gz", ".cedarschema.json");
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
        Dictionary<string, byte[]> texts = SchemaCorpus.Unpack("corpus-tests.tar.gz", ".cedarschema");
        Dictionary<string, byte[]> files = SchemaCorpus.Unpack("corpus-tests.tar.gz", ".json");
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
