using System.Text;

namespace AccessGov.Cedar.Tests.Hostile;

/// <summary>Policies, entities, contexts and schemas as JSON that want stack, time or memory.</summary>
public sealed class HostileJsonTests
{
    private const int Size = 1_000_000;

    private static readonly Schema Photos = Schema.Parse(
        "entity User in [User] { a?: Set<Long> } tags String; action view appliesTo { principal: User, resource: User, context: { a?: Set<Long> } };");

    public static TheoryData<string, string, string, string> Bombs => new()
    {
        { "sets", "[", "1", "]" },
        { "records", "{\"a\":", "1", "}" },
        { "entity escapes", "{\"__entity\":", "1", "}" },
        { "extension escapes", "{\"__extn\":{\"fn\":\"ip\",\"arg\":", "\"1.2.3.4\"", "}}" },
        { "open sets", "[", "", "" },
        { "open records", "{\"a\":", "", "" },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_depth_bomb_of_a_value_is_refused_everywhere(string name, string open, string middle, string close)
    {
        foreach (int depth in new[] { 100, 1_000, 100_000 })
        {
            string value = Repeat(open, depth) + middle + Repeat(close, depth);
            SmallStack.Run(() =>
            {
                Refused<ValueJsonException>(() => ValueJson.Parse(value), name);
                Refused<EntityDataException>(() => EntitiesJson.Parse(Entities(value)), name);
                Refused<EntityDataException>(() => EntitiesJson.Parse(Encoding.UTF8.GetBytes(Entities(value)), Photos), name);
                Refused<ValueJsonException>(() => Photos.ReadContext(Cedar.View, Encoding.UTF8.GetBytes($"{{\"a\":{value}}}")), name);
                string policy = Policy($"{{\"Value\":{value}}}");
                if (depth <= 250 && close.Length > 0 && name != "entity escapes")
                {
                    PolicyJson.Parse(policy).Effect.ShouldBe(Effect.Permit, name);
                }
                else
                {
                    Refused<PolicyJsonException>(() => PolicyJson.Parse(policy), name);
                }

                Refused<SchemaException>(() => SchemaFragment.ParseJson($"{{\"\":{{\"entityTypes\":{{}},\"actions\":{{}},\"commonTypes\":{{\"T\":{value}}}}}}}"), name);
            });
        }
    }

    [Theory]
    [InlineData("{\"!\":{\"arg\":", "}}")]
    [InlineData("{\"neg\":{\"arg\":", "}}")]
    [InlineData("{\"Set\":[", "]}")]
    [InlineData("{\"Record\":{\"a\":", "}}")]
    [InlineData("{\"&&\":{\"right\":{\"Value\":true},\"left\":", "}}")]
    [InlineData("{\"&&\":{\"left\":{\"Value\":true},\"right\":", "}}")]
    [InlineData("{\".\":{\"attr\":\"a\",\"left\":", "}}")]
    [InlineData("{\"if-then-else\":{\"then\":{\"Value\":true},\"else\":{\"Value\":true},\"if\":", "}}")]
    public void A_depth_bomb_of_a_policy_is_refused_or_goes_through_every_door(string open, string close)
    {
        foreach (int depth in new[] { 249, 251, 9_000, 100_000 })
        {
            string json = Policy(Repeat(open, depth) + "{\"Value\":true}" + Repeat(close, depth));
            SmallStack.Run(() =>
            {
                Policy? policy = null;
                try
                {
                    policy = PolicyJson.Parse(json);
                }
                catch (PolicyJsonException refused)
                {
                    refused.Problem.ShouldNotBeEmpty();
                    depth.ShouldBeGreaterThan(249);
                }

                if (policy is not null)
                {
                    PolicySet set = PolicySet.Of([policy]);
                    var request = new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Empty);
                    Explainer.Explain(set.Compile(), request, EntityStore.Empty);
                    new Validator(Photos).Validate(set);
                    PolicyJson.Parse(PolicyJson.Write(policy)).Effect.ShouldBe(Effect.Permit);
                    PolicyFormatter.Print(policy).ShouldNotBeEmpty();
                }
            });
        }
    }

    [Fact]
    public void A_megabyte_of_entities_is_read_in_time_that_grows_gently()
    {
        (string Name, Func<int, string> Of)[] shapes =
        [
            ("entities", n => $"[{Join(n / 60, i => $"{{\"uid\":{Uid(i)},\"attrs\":{{}},\"parents\":[]}}")}]"),
            ("parents", n => $"[{{\"uid\":{Uid(0)},\"attrs\":{{}},\"parents\":[{Join(n / 30, i => Uid(i + 1))}]}}]"),
            ("attributes", n => $"[{{\"uid\":{Uid(0)},\"attrs\":{{{Join(n / 12, i => $"\"a{i}\":{i}")}}},\"parents\":[]}}]"),
            ("members", n => Entities($"[{Join(n / 7, i => $"{i}")}]")),
            ("equal members", n => Entities($"[{Join(n / 2, _ => "1")}]")),
            ("empty sets in sets", n => Entities($"[{Join(n / 60, NestedEmptySets)}]")),
            ("a string", n => Entities($"\"{new string('a', n)}\"")),
            ("a number", n => Entities(new string('1', n))),
        ];

        foreach ((string name, Func<int, string> of) in shapes)
        {
            SmallStack.GrowsGently(name, name == "entities" ? Size : Size / 2, size =>
            {
                string json = of(size);
                byte[] bytes = Encoding.UTF8.GetBytes(json);
                if (name == "a number")
                {
                    Refused<EntityDataException>(() => EntitiesJson.Parse(json), name);
                    Refused<ConformanceException>(() => EntitiesJson.Parse(bytes, Photos), name);
                    return;
                }

                EntitiesJson.Parse(json).Count.ShouldBeGreaterThan(0, name);
                if (name is "attributes" or "empty sets in sets" or "a string")
                {
                    Refused<ConformanceException>(() => EntitiesJson.Parse(bytes, Photos), name);
                }
                else
                {
                    EntitiesJson.Parse(bytes, Photos).Count.ShouldBeGreaterThan(1, name);
                }
            });
        }
    }

    [Fact]
    public void Sets_of_empty_sets_have_different_hashes()
    {
        SetValue[] sets = [.. Enumerable.Range(0, 2_000).Select(i => (SetValue)ValueJson.Parse(NestedEmptySets(i))).Distinct()];

        sets.Length.ShouldBe(2_000);
        sets.Select(set => set.GetHashCode()).Distinct().Count().ShouldBeGreaterThan(1_990);
    }

    [Fact]
    public void A_chain_of_parents_beyond_the_bound_is_refused_by_name()
    {
        string json = $"[{Join(20_000, i => $"{{\"uid\":{Uid(i)},\"attrs\":{{}},\"parents\":[{Uid(i + 1)}]}}")}]";

        SmallStack.Run(() => Should.Throw<EntityDataException>(() => EntitiesJson.Parse(json)).Message.ShouldContain("1000"));
    }

    // The bits of the number say which of sixteen sets of empty sets are members: all are different, and all made of nothing.
    private static string NestedEmptySets(int number)
    {
        string[] small = ["[]", "[[]]", "[[[]]]", "[[],[[]]]", "[[[[]]]]", "[[],[[[]]]]", "[[[]],[[[]]]]", "[[],[[]],[[[]]]]"];
        IEnumerable<string> low = small.Where((_, bit) => (number >> bit & 1) > 0);
        IEnumerable<string> high = small.Where((_, bit) => (number >> (8 + bit) & 1) > 0).Select(set => $"[[[[{set}]]]]");
        return $"[{string.Join(',', low.Concat(high))}]";
    }

    private static void Refused<T>(Action read, string name)
        where T : Exception
    {
        T refused = Should.Throw<T>(read, name);
        refused.Message.ShouldNotBeEmpty(name);
        refused.Message.Length.ShouldBeLessThan(20_000, name);
    }

    private static string Entities(string value) => $"[{{\"uid\":{Uid(0)},\"attrs\":{{\"a\":{value}}},\"parents\":[]}}]";

    private static string Uid(int id) => $"{{\"type\":\"User\",\"id\":\"{id}\"}}";

    private static string Policy(string body) =>
        $"{{\"effect\":\"permit\",\"principal\":{{\"op\":\"All\"}},\"action\":{{\"op\":\"All\"}},\"resource\":{{\"op\":\"All\"}},\"conditions\":[{{\"kind\":\"when\",\"body\":{body}}}]}}";

    private static string Join(int count, Func<int, string> part) => string.Join(',', Enumerable.Range(0, count).Select(part));

    private static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));
}
