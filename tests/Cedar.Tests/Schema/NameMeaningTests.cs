using System.Text.Json.Nodes;
using AccessGov.Cedar.Tests.Differential;

namespace AccessGov.Cedar.Tests.Schemas;

/// <summary>
/// What a name means, in every combination of who declares it: a common type and an entity type in the namespace and in the empty one,
/// and Cedar itself; asked for as a text asks and as the three kinds of names in JSON ask.
/// </summary>
public sealed class NameMeaningTests
{
    private const int Combinations = 16;

    // A name of our own and one that Cedar has built in.
    private static readonly string[] Names = ["X", "decimal"];

    // The order of looking up, by the kinds of what may be meant.
    private static readonly (string Where, string Kind)[] Order = [("N", "common"), ("N", "entity"), ("", "common"), ("", "entity")];

    [Fact]
    public void In_a_text_the_namespace_comes_before_the_empty_one_and_there_a_common_type_before_an_entity_type()
    {
        foreach (string name in Names)
        {
            for (int declared = 0; declared < Combinations; declared++)
            {
                string text = Text(name, declared);

                MeaningIn(() => Schema.Parse(text)).ShouldBe(Expected(name, declared, "EntityOrCommon"), text);
            }
        }
    }

    [Theory]
    [InlineData("Common")]
    [InlineData("Entity")]
    [InlineData("EntityOrCommon")]
    public void In_JSON_only_what_is_of_the_kind_that_is_asked_for_is_meant(string kind)
    {
        foreach (string name in Names)
        {
            for (int declared = 0; declared < Combinations; declared++)
            {
                string json = Json(name, declared, kind).ToJsonString();

                MeaningIn(() => Schema.ParseJson(json)).ShouldBe(Expected(name, declared, kind), json);
            }
        }
    }

    [Fact]
    public void In_the_empty_namespace_only_the_empty_one_is_looked_at()
    {
        Schema schema = Schema.Parse("namespace N { type X = String; entity Y; } type X2 = Long; entity E { a: X2, b: N::X, c: N::Y };");

        schema.EntityTypes["E"].Attributes.Attributes.Values.Select(attribute => attribute.Type).ShouldBe(
            [SchemaType.Long, SchemaType.String, new EntitySchemaType("N::Y")], ignoreOrder: true);
        Should.Throw<SchemaException>(() => Schema.Parse("namespace N { type X = String; } entity E { a: X };")).Errors.ShouldHaveSingleItem().Message
            .ShouldBe("`X` is not declared: there is no entity type or common type `X`. Is `N::X` meant?");
    }

    [Fact]
    public void A_namespace_inside_another_one_by_name_is_no_part_of_it()
    {
        Should.Throw<SchemaException>(() => Schema.Parse("namespace N { entity X; } namespace N::M { entity E { a: X }; }")).Errors.ShouldHaveSingleItem().Message
            .ShouldBe("`X` is not declared: there is no entity type or common type `N::M::X` or `X`. Is `N::X` meant?");
        Should.Throw<SchemaException>(() => Schema.Parse("namespace N::M { entity X; } namespace N { entity E { a: M::X }; }")).Errors.ShouldHaveSingleItem().Message
            .ShouldBe("`M::X` is not declared: there is no entity type or common type `M::X`. Is `N::M::X` meant?");
    }

    [Theory]
    [InlineData("Bool")]
    [InlineData("Long")]
    [InlineData("String")]
    [InlineData("ipaddr")]
    [InlineData("decimal")]
    [InlineData("datetime")]
    [InlineData("duration")]
    public void What_is_built_in_is_reached_by_its_long_name_whatever_is_declared(string name)
    {
        SchemaType builtIn = Schema.Parse($"entity E {{ a: __cedar::{name} }};").EntityTypes["E"].Attributes.Attributes["a"].Type;

        Schema.Parse($"entity E {{ a: {name} }};").EntityTypes["E"].Attributes.Attributes["a"].Type.ShouldBe(builtIn);
        Schema.Parse($"entity {name}; entity E {{ a: __cedar::{name} }};").EntityTypes["E"].Attributes.Attributes["a"].Type.ShouldBe(builtIn);
        Schema.Parse($"namespace N {{ entity {name}; entity E {{ a: __cedar::{name}, b: {name} }}; }}").EntityTypes["N::E"].Attributes.Attributes["b"].Type
            .ShouldBe(new EntitySchemaType($"N::{name}"));
    }

    [OfficialEngineFact]
    public async Task The_official_engine_finds_a_meaning_exactly_where_we_do()
    {
        var schemas = new List<(string What, JsonNode Schema, bool Accepted)>();
        foreach (string name in Names)
        {
            for (int declared = 0; declared < Combinations; declared++)
            {
                string text = Text(name, declared);
                schemas.Add((text, JsonValue.Create(text), MeaningIn(() => Schema.Parse(text)) != "refused"));
                foreach (string kind in (string[])["Common", "Entity", "EntityOrCommon"])
                {
                    JsonNode json = Json(name, declared, kind);
                    schemas.Add((json.ToJsonString(), json, MeaningIn(() => Schema.ParseJson(json.ToJsonString())) != "refused"));
                }
            }
        }

        using var engine = new OfficialEngine("Schema/official-schema.js");
        JsonNode answer = await engine.AskAsync(new JsonObject { ["schemas"] = new JsonArray([.. schemas.Select(schema => schema.Schema.DeepClone())]) }.ToJsonString());

        schemas.Zip(answer["schemas"]!.AsArray(), (schema, found) => (schema.What, schema.Accepted, Error: found!["error"]?.GetValue<string>()))
            .Where(compared => compared.Accepted != (compared.Error is null)).ShouldBeEmpty();
    }

    // The rule as the language defines it; a name in both namespaces is refused whatever it means.
    private static string Expected(string name, int declared, string kind)
    {
        bool Is(int place) => (declared & (1 << place)) != 0;
        if ((Is(0) || Is(1)) && (Is(2) || Is(3)))
        {
            return "refused";
        }

        for (int place = 0; place < Order.Length; place++)
        {
            if (Is(place) && (kind == "EntityOrCommon" || kind.Equals(Order[place].Kind, StringComparison.OrdinalIgnoreCase)))
            {
                return $"{Order[place].Where} {Order[place].Kind}";
            }
        }

        // An entity type of the empty namespace takes the short name away from Cedar.
        return name == "decimal" && kind != "Entity" && !(Is(3) && kind == "Common") ? "built in" : "refused";
    }

    private static string MeaningIn(Func<Schema> parse)
    {
        try
        {
            return parse().EntityTypes["N::E"].Attributes.Attributes["a"].Type switch
            {
                StringSchemaType => "N common",
                LongSchemaType => " common",
                EntitySchemaType { Name: var name } => name.StartsWith("N::", StringComparison.Ordinal) ? "N entity" : " entity",
                ExtensionSchemaType => "built in",
                var other => other.ToString(),
            };
        }
        catch (SchemaException)
        {
            return "refused";
        }
    }

    private static string Text(string name, int declared) =>
        $"{(declared & 4) switch { 0 => "", _ => $"type {name} = Long; " }}{(declared & 8) switch { 0 => "", _ => $"entity {name}; " }}"
        + $"namespace N {{ {(declared & 1) switch { 0 => "", _ => $"type {name} = String; " }}{(declared & 2) switch { 0 => "", _ => $"entity {name}; " }}entity E {{ a: {name} }}; }}";

    private static JsonObject Json(string name, int declared, string kind)
    {
        JsonObject Common(bool isDeclared, string type) => isDeclared ? new JsonObject { [name] = new JsonObject { ["type"] = type } } : [];
        JsonObject Entities(bool isDeclared) => isDeclared ? new JsonObject { [name] = new JsonObject() } : [];
        JsonObject here = Entities((declared & 2) != 0);
        JsonObject asked = kind == "Common" ? new JsonObject { ["type"] = name } : new JsonObject { ["type"] = kind, ["name"] = name };
        here["E"] = new JsonObject { ["shape"] = new JsonObject { ["type"] = "Record", ["attributes"] = new JsonObject { ["a"] = asked } } };
        return new JsonObject
        {
            [""] = new JsonObject { ["commonTypes"] = Common((declared & 4) != 0, "Long"), ["entityTypes"] = Entities((declared & 8) != 0), ["actions"] = new JsonObject() },
            ["N"] = new JsonObject { ["commonTypes"] = Common((declared & 1) != 0, "String"), ["entityTypes"] = here, ["actions"] = new JsonObject() },
        };
    }
}
