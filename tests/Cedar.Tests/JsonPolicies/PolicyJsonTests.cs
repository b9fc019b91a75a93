using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.JsonPolicies;

public sealed class PolicyJsonTests
{
    [Fact]
    public void Writing_and_reading_any_policy_gives_the_same_tree()
    {
        for (int seed = 0; seed < 5_000; seed++)
        {
            PolicyTree tree = new RandomPolicies(new Random(seed)).Tree(depth: 1 + (seed % 6), slots: true);
            string json = PolicyJson.Write(new Policy("any", tree));

            Policy read = PolicyJson.Parse(json, "any");

            TreeText.Of(read.Tree).ShouldBe(TreeText.Of(tree), $"seed {seed}: {json}");
        }
    }

    [Theory]
    [InlineData("context has a.b.c && true && (false && true)", """{"&&":{"left":{"&&":{"left":{"has":{"left":{"Var":"context"},"attr":["a","b","c"]}},"right":{"Value":true}}},"right":{"&&":{"left":{"Value":false},"right":{"Value":true}}}}}""")]
    [InlineData("[1, 2].contains(-5) || {a: 1, \"b c\": ip(\"1\")}.a == -(5)", """{"||":{"left":{"contains":{"left":{"Set":[{"Value":1},{"Value":2}]},"right":{"Value":-5}}},"right":{"==":{"left":{".":{"left":{"Record":{"a":{"Value":1},"b c":{"ip":[{"Value":"1"}]}}},"attr":"a"}},"right":{"neg":{"arg":{"Value":5}}}}}}}""")]
    [InlineData("principal is A::B in resource", """{"is":{"left":{"Var":"principal"},"entity_type":"A::B","in":{"Var":"resource"}}}""")]
    [InlineData("\"a\" like \"x*\\*y**\"", """{"like":{"left":{"Value":"a"},"pattern":[{"Literal":"x"},"Wildcard",{"Literal":"*y"},"Wildcard","Wildcard"]}}""")]
    [InlineData("ip(\"a\", \"b\") == ip()", """{"==":{"left":{"ip":[{"Value":"a"},{"Value":"b"}]},"right":{"ip":[]}}}""")]
    [InlineData("principal.getTag(\"a\").isEmpty()", """{"isEmpty":{"arg":{"getTag":{"left":{"Var":"principal"},"right":{"Value":"a"}}}}}""")]
    [InlineData("if true then 1 else User::\"a\"", """{"if-then-else":{"if":{"Value":true},"then":{"Value":1},"else":{"Value":{"__entity":{"type":"User","id":"a"}}}}}""")]
    [InlineData("context[\"a\"].b has \"c d\"", """{"has":{"left":{".":{"left":{".":{"left":{"Var":"context"},"attr":"a"}},"attr":"b"}},"attr":"c d"}}""")]
    [InlineData("!(-context.a)", """{"!":{"arg":{"neg":{"arg":{".":{"left":{"Var":"context"},"attr":"a"}}}}}}""")]
    [InlineData("ip(\"1.1.1.1\").isInRange(context.net)", """{"isInRange":[{"ip":[{"Value":"1.1.1.1"}]},{".":{"left":{"Var":"context"},"attr":"net"}}]}""")]
    [InlineData("\"\" like \"\"", """{"like":{"left":{"Value":""},"pattern":[]}}""")]
    public void An_expression_has_the_JSON_of_the_official_engine(string expression, string json)
    {
        Policy policy = PolicySet.Parse($"permit(principal, action, resource) when {{ {expression} }};").Policies[0];

        string written = PolicyJson.Write(policy);

        written.ShouldBe($$$"""{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{{{json}}}}]}""");
        PolicyJson.Parse(written).Text.ShouldBe(PolicyFormatter.Print(policy));
    }

    [Fact]
    public void Annotations_scope_and_clauses_have_the_JSON_of_the_official_engine()
    {
        PolicySet set = PolicySet.Parse("""
            @a @b("x") forbid(principal is T in User::"a", action in [Action::"v"], resource in B::"x") unless { true } when { false };
            permit(principal is T in ?principal, action == Action::"v", resource == ?resource);
            permit(principal in ?principal, action in Action::"v", resource is N::R);
            """);

        set.Policies.Select(PolicyJson.Write).ShouldBe([
            """{"effect":"forbid","principal":{"op":"is","entity_type":"T","in":{"entity":{"type":"User","id":"a"}}},"action":{"op":"in","entities":[{"type":"Action","id":"v"}]},"resource":{"op":"in","entity":{"type":"B","id":"x"}},"conditions":[{"kind":"unless","body":{"Value":true}},{"kind":"when","body":{"Value":false}}],"annotations":{"a":"","b":"x"}}""",
            """{"effect":"permit","principal":{"op":"is","entity_type":"T","in":{"slot":"?principal"}},"action":{"op":"==","entity":{"type":"Action","id":"v"}},"resource":{"op":"==","slot":"?resource"},"conditions":[]}""",
            """{"effect":"permit","principal":{"op":"in","slot":"?principal"},"action":{"op":"in","entity":{"type":"Action","id":"v"}},"resource":{"op":"is","entity_type":"N::R"},"conditions":[]}""",
        ]);
        set.Policies.ShouldAllBe(policy => TreeText.Of(PolicyJson.Parse(PolicyJson.Write(policy), "policy0").Tree) == TreeText.Of(policy.Tree));
    }

    [Fact]
    public void A_policy_from_JSON_has_a_text_and_its_positions_are_about_it()
    {
        Policy policy = PolicyJson.Parse(
            """{"annotations":{"id":"x","quiet":null},"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{"Var":"context"}}]}""",
            "mine");

        policy.Id.ShouldBe("mine");
        policy.Annotations["quiet"].ShouldBe("");
        policy.Text.ShouldBe("@id(\"x\")\n@quiet\npermit (principal, action, resource)\nwhen { context };");
        policy.Position.ToString().ShouldBe("1:1");
        policy.Tree.Source.PositionOf(policy.Tree.Conditions[0].Body.Offset).ToString().ShouldBe("4:8");
        PolicySet.Of([policy]).Compile().Evaluate(new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Empty), EntityStore.Empty)
            .Errors.ShouldHaveSingleItem().Policy.ShouldBe(policy);
    }

    [Theory]
    [InlineData("""{"Value":[1,{"a":{"__extn":{"fn":"ip","arg":"1"}}},"x",true]}""", "[1, {a: ip(\"1\")}, \"x\", true]")]
    [InlineData("""{"Value":{"__extn":{"fn":"isInRange","args":[{"__extn":{"fn":"ip","arg":"1"}},{"__extn":{"fn":"ip","arg":"2"}}]}}}""", "ip(\"1\").isInRange(ip(\"2\"))")]
    [InlineData("""{"Value":{"__entity":{"id":"x","type":"A::B"}}}""", "A::B::\"x\"")]
    [InlineData("""{"has":{"left":{"Var":"context"},"attr":["a b"]}}""", "context has \"a b\"")]
    [InlineData("""{"has":{"attr":["a","b"],"left":{"Var":"context"}}}""", "context has a.b")]
    [InlineData("""{"like":{"left":{"Value":"a"},"pattern":[{"Literal":"a"},{"Literal":"*"},"Wildcard"]}}""", "\"a\" like \"a\\**\"")]
    [InlineData("""{"neg":{"arg":{"Value":-5}}}""", "--5")]
    [InlineData("""{"!":{"arg":{"!":{"arg":{"!":{"arg":{"!":{"arg":{"!":{"arg":{"Value":true}}}}}}}}}}}""", "!!!!(!true)")]
    [InlineData("""{"&&":{"right":{"Value":3},"left":{"&&":{"right":{"Value":2},"left":{"Value":1}}}}}""", "1 && 2 && 3")]
    [InlineData("""{"&&":{"left":{"||":{"left":{"Value":1},"right":{"Value":2}}},"right":{"&&":{"left":{"Value":3},"right":{"Value":4}}}}}""", "(1 || 2) && (3 && 4)")]
    public void What_the_official_engine_reads_is_read(string json, string expression) =>
        PolicyFormatter.Print(Reading(json), new FormatOptions { LineWidth = 1_000 })
            .ShouldBe($"permit (principal, action, resource)\nwhen {{ {expression} }};");

    [Theory]
    [InlineData("""{}""", "", "An expression is an object with exactly one key.")]
    [InlineData("""[]""", "", "Expected an expression, an object with one key.")]
    [InlineData("""{"Value":1,"Var":"context"}""", "", "An expression is an object with exactly one key.")]
    [InlineData("""{"Value":1,"Value":1}""", "", "The key `Value` occurs twice.")]
    [InlineData("""{"Value":null}""", ".Value", "Cedar knows no null.")]
    [InlineData("""{"Value":1.0}""", ".Value", "Cedar knows no numbers but 64-bit integers, written without point and exponent.")]
    [InlineData("""{"Value":9223372036854775808}""", ".Value", "Cedar knows no numbers but 64-bit integers, written without point and exponent.")]
    [InlineData("""{"Value":{"__expr":"1"}}""", ".Value.__expr", "The escape `__expr` is not supported.")]
    [InlineData("""{"Value":{"__entity":{"type":"A","id":"x"},"a":1}}""", ".Value", "`__entity` stands alone in its object.")]
    [InlineData("""{"Value":{"__entity":{"type":"A b","id":"x"}}}""", ".Value.__entity.type", "`A b` is not an entity type: identifiers joined by `::`, without blanks.")]
    [InlineData("""{"Value":{"__extn":{"fn":"no","arg":1}}}""", ".Value.__extn.fn", "`no` is not an extension function.")]
    [InlineData("""{"Value":{"__extn":{"fn":"ip","arg":1,"args":[]}}}""", ".Value.__extn", "`__extn` holds either `arg` or `args`.")]
    [InlineData("""{"Value":{"__extn":{"fn":"isIpv4","args":[]}}}""", ".Value.__extn", "The method `isIpv4` needs what it is called on as its first argument.")]
    [InlineData("""{"Value":"\ud800"}""", ".Value", "A string is not valid Unicode.")]
    [InlineData("""{"Record":{"\ud800":{"Value":1}}}""", ".Record", "A string is not valid Unicode.")]
    [InlineData("""{"Var":"user"}""", ".Var", "`user` is not a variable; there are action, context, principal, resource.")]
    [InlineData("""{"Var":1}""", ".Var", "Expected a string.")]
    [InlineData("""{"Slot":"?principal"}""", ".Slot", "A slot may stand in the scope of a policy only, not in `when` or `unless`.")]
    [InlineData("""{"Unknown":{"name":"x"}}""", ".Unknown", "Unknown values belong to partial evaluation and are not supported.")]
    [InlineData("""{"==":{"left":{"Value":1}}}""", """["=="]""", "The key `right` is missing.")]
    [InlineData("""{"==":{"left":{"Value":1},"right":{"Value":1},"x":1}}""", """["=="]""", "The key `x` is unknown here; there may be left, right.")]
    [InlineData("""{"==":{"left":{"Value":1},"right":{"Nope":1}}}""", """["=="].right.Nope""", "`Nope` is neither an operator nor a function of Cedar.")]
    [InlineData("""{"contains":[{"Value":1},{"Value":2}]}""", ".contains", "Expected an object with left, right.")]
    [InlineData("""{"neg":{"arg":{"Value":1},"left":{"Value":1}}}""", ".neg", "The key `left` is unknown here; there may be arg.")]
    [InlineData("""{"ip":{"arg":{"Value":"1"}}}""", ".ip", "Expected a list of expressions.")]
    [InlineData("""{"isInRange":[]}""", ".isInRange", "The method `isInRange` needs what it is called on as its first argument.")]
    [InlineData("""{"has":{"left":{"Var":"context"},"attr":[]}}""", ".has.attr", "The path of `has` holds at least one name.")]
    [InlineData("""{"has":{"left":{"Var":"context"},"attr":["a","if"]}}""", ".has.attr[1]", "`if` is not an identifier, and a path of several names is made of identifiers.")]
    [InlineData("""{"has":{"left":{"Var":"context"},"attr":1}}""", ".has.attr", "Expected the name of an attribute, or a list of names.")]
    [InlineData("""{"like":{"left":{"Value":"a"},"pattern":"a*"}}""", ".like.pattern", "Expected a list of \"Wildcard\" and {\"Literal\": ...}.")]
    [InlineData("""{"like":{"left":{"Value":"a"},"pattern":["wild"]}}""", ".like.pattern[0]", "A part of a pattern is \"Wildcard\" or {\"Literal\": ...}.")]
    [InlineData("""{"is":{"left":{"Var":"principal"},"entity_type":"if"}}""", ".is.entity_type", "`if` is not an entity type: identifiers joined by `::`, without blanks.")]
    [InlineData("""{"Set":{}}""", ".Set", "Expected a list of expressions.")]
    [InlineData("""{"Record":[]}""", ".Record", "Expected an object of expressions.")]
    [InlineData("""{"Record":{"a":{"Value":1},"a":{"Value":1}}}""", ".Record", "The key `a` occurs twice.")]
    public void An_expression_that_is_none_is_refused_with_its_path(string json, string path, string problem)
    {
        PolicyJsonException refused = Should.Throw<PolicyJsonException>(() => Reading(json));

        (refused.Path, refused.Problem).ShouldBe(($"$.conditions[0].body{path}", problem));
    }

    [Theory]
    [InlineData("effect", "\"allow\"", "$.effect", "An effect is `permit` or `forbid`.")]
    [InlineData("extra", "1", "$", "The key `extra` is unknown here; there may be effect, principal, action, resource, conditions, annotations.")]
    [InlineData("conditions", null, "$", "The key `conditions` is missing.")]
    [InlineData("conditions", "{}", "$.conditions", "Expected a list of clauses.")]
    [InlineData("conditions", """[{"kind":"if","body":{"Value":1}}]""", "$.conditions[0].kind", "A clause is `when` or `unless`.")]
    [InlineData("annotations", """{"a b":"x"}""", """$.annotations["a b"]""", "`a b` is not an identifier, so it cannot name an annotation.")]
    [InlineData("annotations", """{"a":1}""", "$.annotations.a", "Expected a string.")]
    [InlineData("principal", "[]", "$.principal", "Expected a scope, an object.")]
    [InlineData("principal", "{}", "$.principal", "The key `op` is missing.")]
    [InlineData("principal", """{"op":"<"}""", "$.principal.op", "`<` is no operator of a scope; there are All, ==, in and is.")]
    [InlineData("principal", """{"op":"All","slot":"?principal"}""", "$.principal", "The key `slot` is unknown here; there may be op.")]
    [InlineData("principal", """{"op":"=="}""", "$.principal", "Expected either `entity` or `slot`.")]
    [InlineData("principal", """{"op":"in","entity":{"type":"A","id":"x"},"slot":"?principal"}""", "$.principal", "Expected either `entity` or `slot`.")]
    [InlineData("principal", """{"op":"==","slot":"?resource"}""", "$.principal.slot", "`?resource` is not the slot of this place, which is ?principal.")]
    [InlineData("resource", """{"op":"is","entity_type":"A","in":{"slot":"?principal"}}""", "$.resource.in.slot", "`?principal` is not the slot of this place, which is ?resource.")]
    [InlineData("resource", """{"op":"is","entity_type":"A","entity":{"type":"A","id":"x"}}""", "$.resource", "The key `entity` is unknown here; there may be op, entity_type, in.")]
    [InlineData("resource", """{"op":"==","entity":{"type":"A"}}""", "$.resource.entity", "The key `id` is missing.")]
    [InlineData("action", """{"op":"is","entity_type":"Action"}""", "$.action.op", "`is` is no operator for an action; there are All, == and in.")]
    [InlineData("action", """{"op":"==","entity":{"type":"User","id":"x"}}""", "$.action.entity", "Expected an entity of type `Action`, in a namespace or not, but got `User::\"x\"`.")]
    [InlineData("action", """{"op":"in"}""", "$.action", "Expected either `entity` or `entities`.")]
    [InlineData("action", """{"op":"in","entities":[{"type":"Action","id":"x"},{"type":"X","id":"x"}]}""", "$.action.entities[1]", "Expected an entity of type `Action`, in a namespace or not, but got `X::\"x\"`.")]
    public void A_policy_that_is_none_is_refused_with_its_path(string key, string? json, string path, string problem)
    {
        JsonObject policy = JsonNode.Parse(With("""{"Value":true}"""))!.AsObject();
        policy.Remove(key);
        if (json is not null)
        {
            policy[key] = JsonNode.Parse(json);
        }

        PolicyJsonException refused = Should.Throw<PolicyJsonException>(() => PolicyJson.Parse(policy.ToJsonString()));

        (refused.Path, refused.Problem).ShouldBe((path, problem));
        refused.Message.ShouldBe($"{path}: {problem}");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("{} {}")]
    public void What_is_no_JSON_is_refused(string text) =>
        Should.Throw<PolicyJsonException>(() => PolicyJson.Parse(text)).Message.ShouldStartWith("$: This is not valid JSON");

    [Fact]
    public void Deep_JSON_is_an_error_and_not_a_crash()
    {
        static string Deep(int levels, string start, string end) => $"{string.Concat(Enumerable.Repeat(start, levels))}{{\"Value\":1}}{string.Concat(Enumerable.Repeat(end, levels))}";

        Reading(Deep(249, "{\"!\":{\"arg\":", "}}")).Tree.Conditions[0].Body.Height.ShouldBe(250);
        PolicyJsonException refused = Should.Throw<PolicyJsonException>(() => Reading(Deep(250, "{\"!\":{\"arg\":", "}}")));
        refused.Problem.ShouldBe("This expression is nested too deeply; at most 250 levels are allowed.");
        refused.Path.ShouldContain(" ... ");
        Should.Throw<PolicyJsonException>(() => Reading(Deep(9_000, "{\"Set\":[", "]}"))).Problem.ShouldContain("nested too deeply");
        Should.Throw<PolicyJsonException>(() => Reading($"{{\"Value\":{new string('[', 300)}{new string(']', 300)}}}")).Problem.ShouldContain("nested too deeply");
        Should.Throw<PolicyJsonException>(() => Reading(Deep(100_000, "{\"Set\":[", "]}"))).Problem.ShouldContain("not valid JSON");
    }

    [Fact]
    public void A_chain_of_thousands_of_links_goes_both_ways_and_a_longer_one_is_refused()
    {
        string text = $"permit(principal, action, resource) when {{ {string.Join(" || ", Enumerable.Repeat("context.a", 9_999))} }};";
        Policy policy = PolicySet.Parse(text).Policies[0];

        string json = PolicyJson.Write(policy);

        TreeText.Of(PolicyJson.Parse(json).Tree).ShouldBe(TreeText.Of(policy.Tree));
        string longer = string.Concat(Enumerable.Repeat("{\"&&\":{\"right\":{\"Value\":true},\"left\":", 10_000));
        Should.Throw<PolicyJsonException>(() => Reading($"{longer}{{\"Value\":true}}{string.Concat(Enumerable.Repeat("}}", 10_000))}"))
            .Problem.ShouldBe("A chain of `&&` or `||` is longer than 10000; use a set and `contains`.");
    }

    [Fact]
    public void What_nests_deeper_than_the_writer_allows_is_refused()
    {
        Policy policy = PolicySet.Parse($"permit(principal, action, resource) when {{ {string.Join(" && ", Enumerable.Repeat("true", 600))} }};").Policies[0];
        using var writer = new Utf8JsonWriter(new MemoryStream());

        Should.Throw<PolicyJsonException>(() => PolicyJson.Write(writer, policy)).Message.ShouldBe("$: This policy nests deeper in JSON than 1000 levels.");
    }

    private static Policy Reading(string expression) => PolicyJson.Parse(With(expression));

    private static string With(string expression) =>
        $$"""{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{{expression}}}]}""";
}
