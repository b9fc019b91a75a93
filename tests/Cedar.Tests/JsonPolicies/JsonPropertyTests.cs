using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.JsonPolicies;

/// <summary>Random policies and sets through JSON: there and back, keys in any order, and damaged.</summary>
public sealed class JsonPropertyTests
{
    [Fact]
    public void Text_to_JSON_to_text_to_JSON_gives_the_same_JSON_and_the_same_trees()
    {
        for (int seed = 0; seed < 1_000; seed++)
        {
            PolicySet set = Set(seed);
            string json = PolicySetJson.Write(set);

            PolicySet read = PolicySetJson.Parse(json);
            PolicySet reread = PolicySet.Parse(
                string.Join('\n', read.Policies.Where(policy => policy.Link is null).Select(policy => PolicyFormatter.Print(policy))));

            string reason = $"seed {seed}: {json}";
            PolicySetJson.Write(read).ShouldBe(json, reason);
            read.Policies.Select(policy => policy.Id).ShouldBe(set.Policies.Select(policy => policy.Id), ignoreOrder: true, reason);
            reread.Policies.Select(policy => TreeText.Of(policy.Tree))
                .ShouldBe(read.Policies.Where(policy => policy.Link is null).Select(policy => TreeText.Of(policy.Tree)), reason);
            foreach (Policy policy in set.Policies)
            {
                Policy found = read.Find(policy.Id)!;
                TreeText.Of(found.Tree).ShouldBe(TreeText.Of(policy.Tree), reason);
                (found.Link, found.IsTemplate, found.Template?.Id).ShouldBe((policy.Link, policy.IsTemplate, policy.Template?.Id), reason);
                found.Annotations.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                    .ShouldBe(policy.Annotations.OrderBy(pair => pair.Key, StringComparer.Ordinal), reason);
            }
        }
    }

    [Fact]
    public void Policies_that_went_through_JSON_answer_every_request_as_before()
    {
        int errors = 0;
        int satisfied = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            PolicySet set = Set(seed);
            CompiledPolicySet before = set.Compile();
            CompiledPolicySet after = PolicySetJson.Parse(PolicySetJson.Write(set)).Compile();
            var world = new RandomWorld(random);
            EntityStore entities = world.Entities();
            for (int i = 0; i < 10; i++)
            {
                Request request = world.Request();

                Response expected = before.Evaluate(in request, entities);
                Response actual = after.Evaluate(in request, entities);

                string reason = $"seed {seed}, request {i}: {request}";
                actual.Decision.ShouldBe(expected.Decision, reason);
                Ids(actual.Reasons).ShouldBe(Ids(expected.Reasons), reason);
                actual.Errors.Select(error => $"{error.Policy.Id} {error.Error}").Order(StringComparer.Ordinal)
                    .ShouldBe(expected.Errors.Select(error => $"{error.Policy.Id} {error.Error}").Order(StringComparer.Ordinal), reason);
                errors += actual.Errors.Count;
                satisfied += actual.SatisfiedPermits.Count + actual.SatisfiedForbids.Count;
            }
        }

        errors.ShouldBeGreaterThan(100);
        satisfied.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Keys_may_come_in_any_order()
    {
        for (int seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            PolicyTree tree = new RandomPolicies(random).Tree(depth: 1 + (seed % 5), slots: true);
            string json = PolicyJson.Write(new Policy("any", tree));

            string shuffled = Shuffled(JsonNode.Parse(json)!, random)!.ToJsonString();

            // Of a record and of annotations the order is kept, so only what has no order is compared.
            Sorted(JsonNode.Parse(PolicyJson.Write(PolicyJson.Parse(shuffled)))!)!.ToJsonString()
                .ShouldBe(Sorted(JsonNode.Parse(json)!)!.ToJsonString(), $"seed {seed}: {shuffled}");
        }
    }

    [Fact]
    public void Damaged_JSON_is_read_or_refused_with_a_path_and_never_anything_else()
    {
        int refusals = 0;
        for (int seed = 0; seed < 4_000; seed++)
        {
            var random = new Random(seed);
            string json = PolicySetJson.Write(Set(seed % 200));
            var damaged = new StringBuilder(json);
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                int at = random.Next(damaged.Length);
                _ = random.Next(4) switch
                {
                    0 => damaged.Remove(at, Math.Min(random.Next(1, 9), damaged.Length - at)),
                    1 => damaged.Insert(at, json.AsSpan(random.Next(json.Length - 12 > 0 ? json.Length - 12 : 1), Math.Min(12, json.Length / 2))),
                    2 => damaged.Insert(at, "{}[]:,\"\\0-.e\ud800"[random.Next(13)]),
                    _ => damaged.Replace("\"", "'", at, 1),
                };
            }

            string text = damaged.ToString();
            try
            {
                PolicySetJson.Parse(text);
            }
            catch (PolicyJsonException refused)
            {
                refusals++;
                refused.Path.ShouldStartWith("$", customMessage: $"seed {seed}: {text}");
                refused.Problem.ShouldNotBeEmpty($"seed {seed}: {text}");
            }
            catch (Exception other)
            {
                throw new ShouldAssertException($"seed {seed}: {other.GetType().Name} for {text}", other);
            }
        }

        refusals.ShouldBeGreaterThan(2_000);
    }

    [Theory]
    [InlineData("Value", "[1,[2,[3]]]")]
    [InlineData("Value", "{\"a\":{\"b\":[]},\"\":\"\"}")]
    [InlineData("Value", "{\"__entity\":{\"type\":\"A::B\",\"id\":\"\"}}")]
    [InlineData("Value", "{\"__extn\":{\"fn\":\"datetime\",\"arg\":\"2024-01-01\"}}")]
    [InlineData("Value", "-9223372036854775808")]
    [InlineData("Value", "\"\\u0000\\ud83d\\ude00\"")]
    public void A_value_in_a_policy_is_the_value_that_the_same_JSON_is_elsewhere(string key, string json)
    {
        const string Scope = "\"effect\":\"permit\",\"principal\":{\"op\":\"All\"},\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"}";
        string condition = $"{{\"==\":{{\"left\":{{\"{key}\":{json}}},\"right\":{{\".\":{{\"left\":{{\"Var\":\"context\"}},\"attr\":\"v\"}}}}}}}}";
        Policy policy = PolicyJson.Parse($"{{{Scope},\"conditions\":[{{\"kind\":\"when\",\"body\":{condition}}}]}}");
        var request = new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Of(("v", ValueJson.Parse(json))));

        PolicySet.Of([policy]).Compile().Evaluate(in request, EntityStore.Empty).Decision.ShouldBe(Decision.Allow);
    }

    private static PolicySet Set(int seed)
    {
        var random = new Random(seed);
        var writer = new RandomPolicies(random);
        PolicySet set = PolicySet.Parse(string.Join('\n', Enumerable.Range(0, random.Next(1, 6)).Select(
            _ => PolicyPrinter.Print(writer.Tree(depth: random.Next(4), slots: random.Next(2) == 0)))));
        int links = 0;
        EntityUid Any() => Vocabulary.Entities[random.Next(Vocabulary.Entities.Length)];
        return set.Link([.. set.Policies.Where(policy => policy.IsTemplate).SelectMany(template => Enumerable.Range(0, random.Next(3)).Select(_ =>
            new TemplateLink(
                template.Id, $"link \"{links++}\"",
                template.Tree.Principal.HasSlot ? Any() : null, template.Tree.Resource.HasSlot ? Any() : null)))]);
    }

    private static IEnumerable<string> Ids(IReadOnlyList<Policy> policies) => policies.Select(policy => policy.Id).Order(StringComparer.Ordinal);

    private static JsonNode? Shuffled(JsonNode? node, Random random)
    {
        switch (node)
        {
            case JsonArray array:
                return new JsonArray([.. array.Select(item => Shuffled(item, random))]);
            case JsonObject members:
                KeyValuePair<string, JsonNode?>[] pairs = [.. members.Select(member => KeyValuePair.Create(member.Key, Shuffled(member.Value, random)))];
                random.Shuffle(pairs);
                return new JsonObject(pairs);
            default:
                return node?.DeepClone();
        }
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonArray array => new JsonArray([.. array.Select(Sorted)]),
        JsonObject members => new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        _ => node?.DeepClone(),
    };
}
