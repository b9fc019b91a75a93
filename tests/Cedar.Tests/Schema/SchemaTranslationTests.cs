using FsCheck;
using FsCheck.Fluent;

namespace AccessGov.Cedar.Tests.Schemas;

public sealed class SchemaTranslationTests
{
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();

    [Fact]
    public void A_random_schema_says_the_same_as_text_and_as_JSON_and_after_every_translation() => Prop
        .ForAll(Seeds, seed =>
        {
            var random = new RandomSchema(seed);
            SchemaFragment text = SchemaFragment.Parse(random.Text, "random.cedarschema");
            SchemaFragment json = SchemaFragment.ParseJson(random.Json, "random.json");
            Schema expected = Schema.Create([text]);
            string? difference = new[]
            {
                json, SchemaFragment.Parse(text.ToText()), SchemaFragment.ParseJson(text.ToJson()), SchemaFragment.Parse(json.ToText()),
                SchemaFragment.ParseJson(json.ToJson()), SchemaFragment.Parse(SchemaFragment.ParseJson(text.ToJson()).ToText()),
            }
            .Select(fragment => SchemaComparison.Difference(expected, Schema.Create([fragment])))
            .FirstOrDefault(found => found is not null);
            return difference is null ? true : throw new InvalidOperationException($"{difference}\n{random.Text}\n{random.Json}");
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(250));

    [Fact]
    public void Nothing_written_is_lost_in_translation_annotations_least_of_all() => Prop
        .ForAll(Seeds, seed =>
        {
            var random = new RandomSchema(seed);
            SchemaFragment text = SchemaFragment.Parse(random.Text);
            string json = text.ToJson();
            return SchemaFragment.Parse(text.ToText()).ToJson() == json
                && SchemaFragment.ParseJson(json).ToJson() == json
                && SchemaFragment.ParseJson(json).ToText() == text.ToText()
                && Count(json, "\"annotations\"") == Count(SchemaFragment.ParseJson(random.Json).ToJson(), "\"annotations\"");
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(250));

    [Fact]
    public void A_text_is_printed_with_one_attribute_a_line()
    {
        const string Text = """
            type Address = {
              street: String,
              "zip code"?: Long,
            };

            entity Team;

            @doc("whoever signs in")
            @audited
            namespace Hospital {
              entity User in [Team] {
                @doc("where letters go")
                address: Address,
              } tags Set<String>;

              entity Colour enum ["red", "\"blue\""];

              action read;

              action "look at" in [read, Hospital::Action::"read"] appliesTo {
                principal: [User],
                resource: [Team, User],
                context: Address,
              };
            }

            """;

        SchemaFragment.Parse(Text).ToText().ReplaceLineEndings("\n").ShouldBe(Text.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_text_becomes_the_JSON_that_the_official_tools_write() => SchemaFragment.Parse(
            """
            entity User in [Group] { name: String, age?: Long } tags Set<Long>;
            entity Group enum ["a"];
            @doc("x") action read;
            action view in [read] appliesTo { principal: User, resource: [User], context: {} };
            """)
        .ToJson().ReplaceLineEndings("").Replace(" ", "").ShouldBe(
            """
            {"":{"entityTypes":{
              "User":{"memberOfTypes":["Group"],
                "shape":{"type":"Record","attributes":{"name":{"type":"EntityOrCommon","name":"String"},
                  "age":{"type":"EntityOrCommon","name":"Long","required":false}}},
                "tags":{"type":"Set","element":{"type":"EntityOrCommon","name":"Long"}}},
              "Group":{"enum":["a"]}},
             "actions":{
              "read":{"annotations":{"doc":"x"}},
              "view":{"memberOf":[{"id":"read"}],"appliesTo":{"principalTypes":["User"],"resourceTypes":["User"],"context":{"type":"Record","attributes":{}}}}}}}
            """.ReplaceLineEndings("").Replace(" ", ""));

    [Fact]
    public void A_shape_that_is_the_name_of_a_common_type_is_written_out() => SchemaFragment.ParseJson(
            """
            {"N":{"commonTypes":{"S":{"type":"T"},"T":{"type":"Record","attributes":{"a":{"type":"Long"}}}},
             "entityTypes":{"E":{"shape":{"type":"S"}}},"actions":{}}}
            """)
        .ToText().ShouldContain("entity E {\n    a: Long,\n  };");

    [Theory]
    [InlineData("")]
    [InlineData("N")]
    public void What_is_built_in_keeps_its_meaning_where_an_entity_type_has_its_name(string home)
    {
        string json = """
            {"HOME":{"entityTypes":{"Long":{},"ipaddr":{},"E":{"shape":{"type":"Record","attributes":{"a":{"type":"Long"},
             "b":{"type":"Entity","name":"Long"},"c":{"type":"Extension","name":"ipaddr"},"d":{"type":"EntityOrCommon","name":"ipaddr"},"e":{"type":"String"}}}}},"actions":{}}}
            """.Replace("HOME", home, StringComparison.Ordinal);
        SchemaFragment fragment = SchemaFragment.ParseJson(json);

        fragment.ToText().Replace(" ", "").ShouldContain("a:__cedar::Long,\nb:Long,\nc:__cedar::ipaddr,\nd:ipaddr,\ne:String,\n");
        Schema.Parse(fragment.ToText()).ShouldBeEqualTo(Schema.ParseJson(json));
    }

    [Fact]
    public void What_is_built_in_keeps_its_meaning_where_the_empty_namespace_has_an_entity_type_of_its_name()
    {
        const string Json = """{"":{"entityTypes":{"Long":{}},"actions":{}},"N":{"entityTypes":{"E":{"tags":{"type":"Long"}}},"actions":{}}}""";

        SchemaFragment.ParseJson(Json).ToText().ShouldContain("tags __cedar::Long;");
        Schema.Parse(SchemaFragment.ParseJson(Json).ToText()).ShouldBeEqualTo(Schema.ParseJson(Json));
    }

    [Fact]
    public void A_common_type_that_is_built_in_is_not_mistaken_for_an_entity_type()
    {
        const string Json = """{"N":{"entityTypes":{"ipaddr":{},"E":{"tags":{"type":"ipaddr"}}},"actions":{}}}""";

        SchemaFragment.ParseJson(Json).ToText().ShouldContain("tags __cedar::ipaddr;");
        Schema.ParseJson(Json).EntityTypes["N::E"].Tags.ShouldBe(new ExtensionSchemaType("ipaddr"));
    }

    [Theory]
    [InlineData("""{"":{"commonTypes":{"T":{"type":"Long"}},"entityTypes":{"T":{},"E":{"shape":{"type":"Record","attributes":{"a":{"type":"Entity","name":"T"}}}}},"actions":{}}}""", "/entityTypes/E/shape/attributes/a", "a common type has this name too")]
    [InlineData("""{"":{"entityTypes":{"E":{"shape":{"type":"Elsewhere"}}},"actions":{}}}""", "/entityTypes/E/shape", "writes the attributes of an entity type out")]
    [InlineData("""{"":{"entityTypes":{"E":{}},"actions":{"a":{"appliesTo":{"principalTypes":["E"],"resourceTypes":["E"],"context":{"type":"Entity","name":"E"}}}}}}""", "/actions/a/appliesTo/context", "can only give a context")]
    public void What_a_text_has_no_words_for_is_refused_with_its_place(string json, string pointer, string complaint)
    {
        SchemaError error = Should.Throw<SchemaException>(() => SchemaFragment.ParseJson(json, "s.json").ToText()).Errors.ShouldHaveSingleItem();

        error.Pointer.ShouldBe("/" + pointer);
        error.Message.ShouldContain(complaint);
    }

    [Fact]
    public void An_action_that_applies_to_no_resource_is_a_group_in_text() => SchemaFragment.ParseJson(
            """{"":{"entityTypes":{"E":{}},"actions":{"a":{"appliesTo":{"principalTypes":["E"],"resourceTypes":[]}}}}}""")
        .ToText().ShouldEndWith("action a;\n");

    private static int Count(string text, string part) => text.Split(part).Length;
}
