using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessGov.Cedar.Tests.Differential;
using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Conformance;

/// <summary>
/// Our JSON in the official engine and the engine's JSON here.
/// </summary>
public sealed class OfficialEngineTests
{
    [Theory]
    [InlineData(null, null, true)]
    [InlineData("", "optional", true)]
    [InlineData("", "required", false)]
    [InlineData(null, "required", false)]
    [InlineData("folder", null, false)]
    public void Without_the_engine_a_test_is_skipped_unless_the_engine_must_be_there(string? folder, string? mode, bool isSkipped) =>
        (OfficialEngineFactAttribute.ReasonToSkip(folder, mode) is not null).ShouldBe(isSkipped);

    [OfficialEngineFact]
    public async Task The_official_engine_makes_the_same_JSON_of_every_policy_and_each_reads_the_JSON_of_the_other()
    {
        // Every policy of the corpus takes more than a minute; they are much alike.
        IEnumerable<Policy> corpus = ConformanceData.Cedar is null
            ? []
            : CorpusPolicies.All().Where((_, i) => i % 40 == 0).SelectMany(file => PolicySet.Parse(file.Text).Policies);
        Policy[] policies = [.. Generated().Concat(corpus).Where(IsExactInJavaScript)];
        JsonNode[] ours = [.. policies.Select(policy => JsonNode.Parse(PolicyJson.Write(policy))!)];
        var input = new JsonObject
        {
            ["policies"] = new JsonArray([.. policies.Select((policy, i) => new JsonObject
            {
                ["text"] = PolicyFormatter.Print(policy), ["json"] = ours[i].DeepClone(), ["isTemplate"] = policy.IsTemplate,
            })]),
            ["set"] = JsonNode.Parse(PolicySetJson.Write(Linked())),
            ["request"] = JsonNode.Parse("""{"principal":{"type":"User","id":"alice"},"action":{"type":"Action","id":"view"},"resource":{"type":"Photo","id":"sea"},"context":{},"entities":[]}"""),
        };

        using var engine = new OfficialEngine("Conformance/official-engine.js");
        JsonNode output = await engine.AskAsync(input.ToJsonString());

        JsonArray theirs = output["policies"]!.AsArray();
        var differences = new List<string>();
        for (int i = 0; i < policies.Length; i++)
        {
            JsonNode ofText = theirs[i]!["ofText"]!;
            JsonNode expected = Normal(ours[i]);
            Compare(policies[i], "the engine's JSON of the text", expected, Normal(ofText));
            Compare(policies[i], "what the engine reads from our JSON", expected, Normal(theirs[i]!["ofJson"]!));
            Compare(policies[i], "what we read from the engine's JSON", expected, Normal(JsonNode.Parse(PolicyJson.Write(PolicyJson.Parse(ofText.ToJsonString())))!));
        }

        differences.Take(10).ShouldBeEmpty();
        theirs.Count.ShouldBe(policies.Length);
        policies.Length.ShouldBeGreaterThan(500);
        output["answer"]!["response"]!["decision"]!.GetValue<string>().ShouldBe("allow");
        output["answer"]!["response"]!["diagnostics"]!["reason"]!.ToJsonString().ShouldBe("[\"alice-sea\"]");

        void Compare(Policy policy, string what, JsonNode expected, JsonNode actual)
        {
            if (!JsonNode.DeepEquals(expected, actual))
            {
                differences.Add($"{policy.Text}\n{what} is\n{actual.ToJsonString()}\nnot\n{expected.ToJsonString()}");
            }
        }
    }

    private static IEnumerable<Policy> Generated() => Enumerable.Range(0, 600).Select(
        seed => PolicySet.Parse(PolicyPrinter.Print(new RandomPolicies(new Random(seed)).Tree(depth: 1 + (seed % 4), slots: seed % 2 == 0))).Policies[0]);

    // JavaScript rounds integers beyond 2^53 on their way into the engine and out of it.
    private static bool IsExactInJavaScript(Policy policy) => !Regex.IsMatch(PolicyJson.Write(policy), "[0-9]{16}", RegexOptions.None, TimeSpan.FromSeconds(5));

    private static PolicySet Linked() => PolicySet
        .Parse("permit(principal == ?principal, action, resource in ?resource); forbid(principal, action, resource) when { context has a.b };")
        .Link("policy0", "alice-sea", Cedar.Alice, Cedar.Photo)
        .Link("policy0", "nobody", new EntityUid("User", "nobody"), Cedar.Photo);

    // What the format says in two ways: literals of a pattern in pieces, a list of one action, an annotation without a value.
    private static JsonNode Normal(JsonNode node)
    {
        switch (node)
        {
            case JsonArray array:
                return new JsonArray([.. array.Select(item => item is null ? null : Normal(item))]);
            case JsonObject { Count: > 0 } list when list.ContainsKey("op") && list["entities"] is JsonArray { Count: 1 } entities:
                return new JsonObject { ["op"] = list["op"]!.DeepClone(), ["entity"] = entities[0]!.DeepClone() };
            case JsonObject like when like["pattern"] is JsonArray pattern:
                return new JsonObject { ["left"] = Normal(like["left"]!), ["pattern"] = Pattern(pattern) };
            case JsonObject members:
                return new JsonObject(members.Select(member => KeyValuePair.Create(
                    member.Key, member.Value is null ? JsonValue.Create("") : (JsonNode?)Normal(member.Value))));
            default:
                return node.DeepClone();
        }
    }

    private static string Pattern(JsonArray parts) =>
        string.Concat(parts.Select(part => part is JsonObject literal ? $"{literal["Literal"]}".Replace("*", "\\*", StringComparison.Ordinal) : "*"));
}
