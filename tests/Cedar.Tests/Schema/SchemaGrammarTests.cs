namespace AccessGov.Cedar.Tests.Schemas;

/// <summary>Each production of the grammar by what it means: the JSON that says the same, exactly.</summary>
public sealed class SchemaGrammarTests
{
    private const string NoActions = ",\"actions\":{}";

    [Theory]
    [InlineData("entity A;", "\"A\":{}")]
    [InlineData("entity A {};", "\"A\":{}")]
    [InlineData("entity A = {};", "\"A\":{}")]
    [InlineData("entity A in B; entity B;", "\"A\":{\"memberOfTypes\":[\"B\"]},\"B\":{}")]
    [InlineData("entity A in [];", "\"A\":{}")]
    [InlineData("entity A in [A, N::B];", "\"A\":{\"memberOfTypes\":[\"A\",\"N::B\"]}")]
    [InlineData("entity A, B, C;", "\"A\":{},\"B\":{},\"C\":{}")]
    [InlineData("entity A, B in [A] { x: T };", "\"A\":{\"memberOfTypes\":[\"A\"],SHAPE},\"B\":{\"memberOfTypes\":[\"A\"],SHAPE}")]
    [InlineData("entity A { x: T };", "\"A\":{SHAPE}")]
    [InlineData("entity A = { x: T, };", "\"A\":{SHAPE}")]
    [InlineData("entity A { \"x\": T };", "\"A\":{SHAPE}")]
    [InlineData("entity A tags T;", "\"A\":{\"tags\":NAMED}")]
    [InlineData("entity A { x: T } tags Set<T>;", "\"A\":{SHAPE,\"tags\":{\"type\":\"Set\",\"element\":NAMED}}")]
    [InlineData("entity A in [A] = { x: T } tags {};", "\"A\":{\"memberOfTypes\":[\"A\"],SHAPE,\"tags\":{\"type\":\"Record\",\"attributes\":{}}}")]
    [InlineData("entity A enum [\"x\"];", "\"A\":{\"enum\":[\"x\"]}")]
    [InlineData("entity A, B enum [\"x\", \"\", \"a\\\"b\\u{41}\"];", "\"A\":{\"enum\":[\"x\",\"\",\"a\\\"bA\"]},\"B\":{\"enum\":[\"x\",\"\",\"a\\\"bA\"]}")]
    [InlineData("@a entity A;", "\"A\":{\"annotations\":{\"a\":\"\"}}")]
    [InlineData("@a(\"b\") @c entity A, B;", "\"A\":{\"annotations\":{\"a\":\"b\",\"c\":\"\"}},\"B\":{\"annotations\":{\"a\":\"b\",\"c\":\"\"}}")]
    [InlineData("@entity @namespace(\"in\") entity A enum [\"x\"];", "\"A\":{\"annotations\":{\"entity\":\"\",\"namespace\":\"in\"},\"enum\":[\"x\"]}")]
    public void An_entity_type_is_read(string text, string json) =>
        Compact(text).ShouldBe($"{{\"\":{{\"entityTypes\":{{{Filled(json)}}}{NoActions}}}}}");

    [Theory]
    [InlineData("T", "NAMED")]
    [InlineData("A::B::T", "{\"type\":\"EntityOrCommon\",\"name\":\"A::B::T\"}")]
    [InlineData("A :: B\n::T", "{\"type\":\"EntityOrCommon\",\"name\":\"A::B::T\"}")]
    [InlineData("__cedar::Long", "{\"type\":\"EntityOrCommon\",\"name\":\"__cedar::Long\"}")]
    [InlineData("Set", "{\"type\":\"EntityOrCommon\",\"name\":\"Set\"}")]
    [InlineData("Set<T>", "{\"type\":\"Set\",\"element\":NAMED}")]
    [InlineData("Set < Set< T > >", "{\"type\":\"Set\",\"element\":{\"type\":\"Set\",\"element\":NAMED}}")]
    [InlineData("Set<Set>", "{\"type\":\"Set\",\"element\":{\"type\":\"EntityOrCommon\",\"name\":\"Set\"}}")]
    [InlineData("Set<{}>", "{\"type\":\"Set\",\"element\":{\"type\":\"Record\",\"attributes\":{}}}")]
    [InlineData("{}", "{\"type\":\"Record\",\"attributes\":{}}")]
    [InlineData("{ x: T }", "{\"type\":\"Record\",\"attributes\":{\"x\":NAMED}}")]
    [InlineData("{ x?: T }", "{\"type\":\"Record\",\"attributes\":{\"x\":OPTIONAL}}")]
    [InlineData("{ x ? : T }", "{\"type\":\"Record\",\"attributes\":{\"x\":OPTIONAL}}")]
    [InlineData("{ \"if\": T, \"\"?: T, \"a b\": T, }", "{\"type\":\"Record\",\"attributes\":{\"if\":NAMED,\"\":OPTIONAL,\"a b\":NAMED}}")]
    [InlineData("{ in2: T, principal: T, entity: T, __cedar: T }", "{\"type\":\"Record\",\"attributes\":{\"in2\":NAMED,\"principal\":NAMED,\"entity\":NAMED,\"__cedar\":NAMED}}")]
    [InlineData("{ x: { y?: { z: Set<T> } } }", "{\"type\":\"Record\",\"attributes\":{\"x\":{\"type\":\"Record\",\"attributes\":{\"y\":{\"type\":\"Record\",\"attributes\":{\"z\":{\"type\":\"Set\",\"element\":NAMED}},\"required\":false}}}}}")]
    [InlineData("{ @a x: T, @b(\"c\") @d y?: T }", "{\"type\":\"Record\",\"attributes\":{\"x\":{\"type\":\"EntityOrCommon\",\"name\":\"T\",\"annotations\":{\"a\":\"\"}},\"y\":{\"type\":\"EntityOrCommon\",\"name\":\"T\",\"required\":false,\"annotations\":{\"b\":\"c\",\"d\":\"\"}}}}")]
    public void A_type_is_read(string text, string json) => Compact($"type X = {text};")
        .ShouldBe($"{{\"\":{{\"commonTypes\":{{\"X\":{Filled(json)}}},\"entityTypes\":{{}}{NoActions}}}}}");

    [Theory]
    [InlineData("action a;", "\"a\":{}")]
    [InlineData("action \"a b\";", "\"a b\":{}")]
    [InlineData("action \"\";", "\"\":{}")]
    [InlineData("action a, \"b\", c;", "\"a\":{},\"b\":{},\"c\":{}")]
    [InlineData("action in2, entity, action;", "\"in2\":{},\"entity\":{},\"action\":{}")]
    [InlineData("action a in b;", "\"a\":{\"memberOf\":[{\"id\":\"b\"}]}")]
    [InlineData("action a in \"b c\";", "\"a\":{\"memberOf\":[{\"id\":\"b c\"}]}")]
    [InlineData("action a in Action::\"b\";", "\"a\":{\"memberOf\":[{\"id\":\"b\",\"type\":\"Action\"}]}")]
    [InlineData("action a in [b, \"c\", N::M::Action::\"d\"];", "\"a\":{\"memberOf\":[{\"id\":\"b\"},{\"id\":\"c\"},{\"id\":\"d\",\"type\":\"N::M::Action\"}]}")]
    [InlineData("action a, b in c;", "\"a\":{\"memberOf\":[{\"id\":\"c\"}]},\"b\":{\"memberOf\":[{\"id\":\"c\"}]}")]
    [InlineData("action a appliesTo { principal: A, resource: B };", "\"a\":{\"appliesTo\":{\"principalTypes\":[\"A\"],\"resourceTypes\":[\"B\"]}}")]
    [InlineData("action a appliesTo { principal: [A, N::B], resource: [B], };", "\"a\":{\"appliesTo\":{\"principalTypes\":[\"A\",\"N::B\"],\"resourceTypes\":[\"B\"]}}")]
    [InlineData("action a appliesTo { resource: B, principal: A };", "\"a\":{\"appliesTo\":{\"principalTypes\":[\"A\"],\"resourceTypes\":[\"B\"]}}")]
    [InlineData("action a appliesTo { context: {}, resource: B, principal: A };", "\"a\":{\"appliesTo\":{\"principalTypes\":[\"A\"],\"resourceTypes\":[\"B\"],\"context\":{\"type\":\"Record\",\"attributes\":{}}}}")]
    [InlineData("action a appliesTo { principal: A, resource: B, context: { x: T } };", "\"a\":{\"appliesTo\":{\"principalTypes\":[\"A\"],\"resourceTypes\":[\"B\"],\"context\":{\"type\":\"Record\",\"attributes\":{\"x\":NAMED}}}}")]
    [InlineData("action a appliesTo { principal: A, resource: B, context: N::C };", "\"a\":{\"appliesTo\":{\"principalTypes\":[\"A\"],\"resourceTypes\":[\"B\"],\"context\":{\"type\":\"N::C\"}}}")]
    [InlineData("action a in b appliesTo { principal: A, resource: B } attributes {};", "\"a\":{\"memberOf\":[{\"id\":\"b\"}],\"appliesTo\":{\"principalTypes\":[\"A\"],\"resourceTypes\":[\"B\"]}}")]
    [InlineData("@x @y(\"z\") action a, b;", "\"a\":{\"annotations\":{\"x\":\"\",\"y\":\"z\"}},\"b\":{\"annotations\":{\"x\":\"\",\"y\":\"z\"}}")]
    public void An_action_is_read(string text, string json) =>
        Compact(text).ShouldBe($"{{\"\":{{\"entityTypes\":{{}},\"actions\":{{{Filled(json)}}}}}}}");

    [Theory]
    [InlineData("", "{}")]
    [InlineData(" \n\t// nothing\n", "{}")]
    [InlineData("namespace A {}", "{\"A\":EMPTY}")]
    [InlineData("namespace A {} namespace B::C {}", "{\"A\":EMPTY,\"B::C\":EMPTY}")]
    [InlineData("namespace A { entity E; } entity F;", "{\"\":{\"entityTypes\":{\"F\":{}},\"actions\":{}},\"A\":{\"entityTypes\":{\"E\":{}},\"actions\":{}}}")]
    [InlineData("namespace A { action a; type T = X; entity E; }", "{\"A\":{\"commonTypes\":{\"T\":{\"type\":\"EntityOrCommon\",\"name\":\"X\"}},\"entityTypes\":{\"E\":{}},\"actions\":{\"a\":{}}}}")]
    [InlineData("@a @b(\"c\") namespace A {}", "{\"A\":{\"annotations\":{\"a\":\"\",\"b\":\"c\"},\"entityTypes\":{},\"actions\":{}}}")]
    [InlineData("@a type T = { @b x: X };", "{\"\":{\"commonTypes\":{\"T\":{\"type\":\"Record\",\"attributes\":{\"x\":{\"type\":\"EntityOrCommon\",\"name\":\"X\",\"annotations\":{\"b\":\"\"}}},\"annotations\":{\"a\":\"\"}}},\"entityTypes\":{},\"actions\":{}}}")]
    public void Namespaces_and_their_annotations_are_read(string text, string json) =>
        Compact(text).ShouldBe(json.Replace("EMPTY", "{\"entityTypes\":{},\"actions\":{}}", StringComparison.Ordinal));

    [Theory]
    [InlineData("action a in Action::\"b\";", "action a in [Action::\"b\"];\n")]
    [InlineData("action \"in\";", "action \"in\";\n")]
    [InlineData("action __cedar;", "action __cedar;\n")]
    [InlineData("action \"a\\nb\\\\\";", "action \"a\\nb\\\\\";\n")]
    [InlineData("entity A, B;", "entity A;\n\nentity B;\n")]
    [InlineData("entity A in B tags Set<{}>;", "entity A in [B] tags Set<{}>;\n")]
    [InlineData("entity A { \"x\"?: { y: Z } };", "entity A {\n  x?: {\n    y: Z,\n  },\n};\n")]
    [InlineData("@a(\"\") entity A;", "@a\nentity A;\n")]
    [InlineData("@a(\"x\\\"y\") entity A;", "@a(\"x\\\"y\")\nentity A;\n")]
    [InlineData("namespace N {}", "namespace N {\n}\n")]
    [InlineData("namespace N { entity A; entity B; }", "namespace N {\n  entity A;\n\n  entity B;\n}\n")]
    [InlineData("namespace N { action a appliesTo { principal: A, resource: B, context: C }; }", "namespace N {\n  action a appliesTo {\n    principal: [A],\n    resource: [B],\n    context: C,\n  };\n}\n")]
    [InlineData("namespace N { @x type T = { @y z: Long }; }", "namespace N {\n  @x\n  type T = {\n    @y\n    z: Long,\n  };\n}\n")]
    [InlineData("type T = Set<Set<A::B>>;", "type T = Set<Set<A::B>>;\n")]
    public void A_text_is_written_in_one_way(string text, string written)
    {
        SchemaFragment.Parse(text).ToText().ShouldBe(written);
        SchemaFragment.Parse(written).ToText().ShouldBe(written);
    }

    [Fact]
    public void A_file_that_was_saved_with_other_line_ends_means_the_same()
    {
        const string Text = "@a\nentity A { // the first\n  x: Long, // the second\n};\n";

        SchemaFragment.Parse(Text.ReplaceLineEndings("\r\n")).ToJson().ShouldBe(SchemaFragment.Parse(Text).ToJson());
    }

    private static string Filled(string json) => json
        .Replace("SHAPE", "\"shape\":{\"type\":\"Record\",\"attributes\":{\"x\":NAMED}}", StringComparison.Ordinal)
        .Replace("NAMED", "{\"type\":\"EntityOrCommon\",\"name\":\"T\"}", StringComparison.Ordinal)
        .Replace("OPTIONAL", "{\"type\":\"EntityOrCommon\",\"name\":\"T\",\"required\":false}", StringComparison.Ordinal);

    private static string Compact(string text)
    {
        using var buffer = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(buffer, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            SchemaFragment.Parse(text).WriteJson(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
