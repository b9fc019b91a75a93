using System.Text.Json.Nodes;

namespace AccessGov.Cedar.Tests.Differential;

/// <summary>
/// Patterns in every way of writing them. In a policy of many conditions hardly one of them decides; here each decides a policy of its own.
/// </summary>
public sealed class HospitalPatternTests
{
    private const int PatternsOfACase = 100;

    private static readonly string[] Texts = ["a*b", "*", "\\", "\\*", "\"quoted\"", "line\nbreak", "naïve", "😀", "ct-thorax-ct"];

    [OfficialEngineFact]
    public async Task A_pattern_fits_a_text_when_the_official_engine_says_so()
    {
        using var engine = new OfficialEngine("Differential/official-engine.js");
        int fitting = 0, missing = 0;
        for (int seed = Seeds.First; seed <= Seeds.Last; seed++)
        {
            PolicySet policies = PolicySet.Parse(string.Join('\n', Tests(seed).Select(test => $"permit(principal, action, resource) when {{ {test} }};")));
            var request = new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Empty);

            JsonNode official = await engine.AskAsync(new JsonObject
            {
                ["schema"] = "entity User; entity Photo; action view appliesTo { principal: User, resource: Photo };",
                ["policies"] = new JsonObject { ["staticPolicies"] = new JsonObject(policies.Policies.Select(policy => KeyValuePair.Create(policy.Id, (JsonNode?)policy.Text))) },
                ["entities"] = new JsonArray(), ["requests"] = new JsonArray(Json.Write(request)),
            }.ToJsonString());

            official["failure"].ShouldBeNull($"{Seeds.Variable}={seed}..{seed}");
            string[] theirs = [.. official["answers"]![0]!["reasons"]!.AsArray().Select(id => id!.GetValue<string>())];
            string[] ours = [.. policies.Compile().Evaluate(request, EntityStore.Empty).Reasons.Select(policy => policy.Id)];
            ours.Except(theirs).Concat(theirs.Except(ours)).Select(id => policies.Find(id)!.Text).ShouldBeEmpty($"{Seeds.Variable}={seed}..{seed}");
            fitting += ours.Length;
            missing += PatternsOfACase - ours.Length;
        }

        if (Seeds.AreDefault)
        {
            fitting.ShouldBeGreaterThan(2_000);
            missing.ShouldBeGreaterThan(1_000);
        }
    }

    [Theory]
    [InlineData("\\*")]
    [InlineData("\\u{2a}")]
    [InlineData("\\x2A")]
    [InlineData("\\\\")]
    [InlineData("\\\"")]
    [InlineData("\\n")]
    [InlineData("\\u{1f600}")]
    [InlineData("é")]
    public void Every_escape_is_among_the_patterns(string escape) =>
        Enumerable.Range(0, 10).SelectMany(Tests).Count(test => test.Contains(escape, StringComparison.Ordinal)).ShouldBeGreaterThan(5);

    private static IEnumerable<string> Tests(int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, PatternsOfACase).Select(i => Texts[i % Texts.Length])
            .Select(text => $"{Value.Of(text)} like {HospitalPatterns.Of(text, random)}");
    }
}
