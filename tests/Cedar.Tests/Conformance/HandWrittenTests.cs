using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessGov.Cedar.Tests.Conformance;

public sealed class HandWrittenTests
{
    [ConformanceFact]
    public void Every_hand_written_integration_test_passes()
    {
        string[] files = Directory.GetFiles(ConformanceData.PathOf("tests"), "*.json", SearchOption.AllDirectories);
        var differences = new List<string>();
        int requests = 0;
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            using JsonDocument test = JsonDocument.Parse(File.ReadAllBytes(file));
            string policies = File.ReadAllText(ConformanceData.PathOf(test.RootElement.GetProperty("policies").GetString()!));
            byte[] entities = WithExplicitEntities(File.ReadAllBytes(ConformanceData.PathOf(test.RootElement.GetProperty("entities").GetString()!)));
            requests += ConformanceCase.Run(Path.GetFileName(file), test.RootElement, policies, entities, differences);
        }

        differences.ShouldBeEmpty();
        files.Length.ShouldBe(22);
        requests.ShouldBe(74);
    }

    // These files leave the __entity escape to their schema: every attribute that is a bare { type, id } is an entity there.
    private static byte[] WithExplicitEntities(byte[] json)
    {
        JsonArray entities = JsonNode.Parse(json)!.AsArray();
        foreach (JsonNode? entity in entities)
        {
            entity!["attrs"] = Explicit(entity["attrs"]!);
        }

        return Encoding.UTF8.GetBytes(entities.ToJsonString());
    }

    private static JsonNode Explicit(JsonNode node) => node switch
    {
        JsonObject { Count: 2 } uid when uid.ContainsKey("type") && uid.ContainsKey("id") => new JsonObject { ["__entity"] = uid.DeepClone() },
        JsonObject record => new JsonObject(record.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Explicit(pair.Value!)))),
        JsonArray set => new JsonArray([.. set.Select(item => Explicit(item!))]),
        _ => node.DeepClone(),
    };
}
