namespace AccessGov.Cedar.Tests.Schemas;

public sealed class SchemaResolutionTests
{
    [Fact]
    public void A_schema_is_resolved_to_complete_names_and_real_types()
    {
        var schema = Schema.Parse(
            """
            type Name = String;
            entity Org;
            namespace N {
              type Address = { street: Name, zip?: Long };
              entity Team in [Org];
              entity User in Team { address: Address, teams: Set<Team>, ip: ipaddr } tags Set<Address>;
              entity Colour enum ["red", "blue", "red"];
              action read, "write" in all appliesTo { principal: [User, User], resource: [Org, Colour], context: Address };
              action all;
            }
            """);

        schema.EntityTypes.Keys.ShouldBe(["Org", "N::Team", "N::User", "N::Colour"], ignoreOrder: true);
        SchemaEntityType user = schema.EntityTypes["N::User"];
        user.Name.ShouldBe("N::User");
        user.Parents.ShouldBe(["N::Team"]);
        user.Ancestors.ShouldBe(["N::Team", "Org"], ignoreOrder: true);
        user.Attributes.Attributes["address"].Type.ShouldBe(Record(("street", SchemaType.String, true), ("zip", SchemaType.Long, false)));
        user.Attributes.Attributes["teams"].ShouldBe(new SchemaAttribute(new SetSchemaType(new EntitySchemaType("N::Team")), true));
        user.Attributes.Attributes["ip"].Type.ShouldBe(new ExtensionSchemaType("ipaddr"));
        user.Tags.ShouldBe(new SetSchemaType(user.Attributes.Attributes["address"].Type));
        user.Choices.ShouldBeNull();
        user.Allows("anybody").ShouldBeTrue();
        SchemaEntityType colour = schema.EntityTypes["N::Colour"];
        colour.Choices.ShouldBe(["red", "blue"]);
        (colour.Allows("red"), colour.Allows("Red")).ShouldBe((true, false));
        SchemaAction write = schema.Actions[new EntityUid("N::Action", "write")];
        write.PrincipalTypes.ShouldBe(["N::User"]);
        write.ResourceTypes.ShouldBe(["Org", "N::Colour"]);
        write.Context.ShouldBe(user.Attributes.Attributes["address"].Type);
        write.Ancestors.ShouldBe([new EntityUid("N::Action", "all")]);
        schema.Actions[new EntityUid("N::Action", "all")].PrincipalTypes.ShouldBeEmpty();
        schema.ActionEntities.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("entity X; namespace N { entity E { a: X }; }", "X")]
    [InlineData("namespace N { entity X; entity E { a: X }; }", "N::X")]
    [InlineData("namespace M { entity X; } namespace N { entity X; entity E { a: X }; }", "N::X")]
    [InlineData("namespace M { entity X; } namespace N { entity X; entity E { a: M::X }; }", "M::X")]
    [InlineData("namespace N { entity X; type X = Long; entity E { a: X }; }", "Long")]
    [InlineData("namespace N { entity Long; entity E { a: Long }; }", "N::Long")]
    [InlineData("namespace N { entity Long; entity E { a: __cedar::Long }; }", "Long")]
    [InlineData("entity Long; namespace N { entity E { a: Long }; }", "Long as an entity")]
    [InlineData("namespace N { entity E { a: Long }; }", "Long")]
    [InlineData("type T = Long; namespace N { entity E { a: T }; }", "Long")]
    [InlineData("namespace N { type decimal = Long; entity E { a: decimal }; }", "Long")]
    [InlineData("namespace N { action x; entity E { a: Action }; }", "N::Action")]
    [InlineData("action x; namespace N { entity E { a: Action }; }", "Action")]
    public void A_name_means_its_own_namespace_before_the_empty_one_and_a_common_type_before_an_entity_before_what_is_built_in(string text, string meaning)
    {
        SchemaType type = Schema.Parse(text).EntityTypes["N::E"].Attributes.Attributes["a"].Type;

        type.ShouldBe(meaning switch
        {
            "Long" => SchemaType.Long,
            "Long as an entity" => new EntitySchemaType("Long"),
            _ => new EntitySchemaType(meaning),
        });
    }

    [Theory]
    [InlineData("entity A { a: B };", "`B` is not declared: there is no entity type or common type `B`.")]
    [InlineData("namespace N { entity A { a: B }; }", "there is no entity type or common type `N::B` or `B`.")]
    [InlineData("entity A { a: string };", "Is `String` meant?")]
    [InlineData("namespace N { entity User; } entity A { a: User };", "Is `N::User` meant?")]
    [InlineData("entity A { a: Boolean };", "The Boolean type is called Bool.")]
    [InlineData("entity A { a: Set };", "A set needs the type of its elements")]
    [InlineData("entity A { a: Record };", "attributes in braces")]
    [InlineData("entity A { a: __cedar::X };", "`__cedar::X` is not declared")]
    [InlineData("entity A tags B;", "`B` is not declared")]
    [InlineData("entity A in B;", "there is no entity type `B`")]
    [InlineData("type T = {}; entity A in T;", "there is no entity type `T`")]
    [InlineData("action x; entity A in [Action];", "`Action` is the type of actions")]
    [InlineData("action x; entity A; action a appliesTo { principal: Action, resource: A };", "`Action` is the type of actions")]
    [InlineData("entity A; action a appliesTo { principal: A, resource: B };", "there is no entity type `B`")]
    [InlineData("entity A; action a appliesTo { principal: A, resource: A, context: A };", "there is no common type `A`")]
    [InlineData("entity A; type T = Long; action a appliesTo { principal: A, resource: A, context: T };", "The context of Action::\"a\" must be a record")]
    [InlineData("action a in b;", "There is no action Action::\"b\"")]
    [InlineData("namespace N { action a in b; }", "There is no action N::Action::\"b\" nor Action::\"b\"")]
    [InlineData("namespace N { action b; } action a in b;", "There is no action Action::\"b\"")]
    [InlineData("action a in A::\"b\"; action b;", "There is no action A::\"b\"")]
    [InlineData("action a in a;", "may not form a cycle")]
    [InlineData("action a in b; action b in c; action c in a;", "may not form a cycle")]
    [InlineData("type T = T;", "Common types may not refer to themselves: `T`.")]
    [InlineData("type A = { b?: Set<B> }; type B = { a?: A };", "Common types may not refer to themselves: `A`, `B`.")]
    [InlineData("entity A; entity A;", "The entity type `A` is declared twice")]
    [InlineData("entity A, A;", "The entity type `A` is declared twice")]
    [InlineData("type A = Long; type A = Long;", "The type `A` is declared twice")]
    [InlineData("action a, a;", "The action Action::\"a\" is declared twice")]
    [InlineData("entity Action;", "`Action` is the type of actions and cannot be declared")]
    [InlineData("namespace N { entity Action; }", "`Action` is the type of actions and cannot be declared")]
    [InlineData("type Bool = Long;", "`Bool` is reserved")]
    [InlineData("type Boolean = Long;", "`Boolean` is reserved")]
    [InlineData("type Entity = Long;", "`Entity` is reserved")]
    [InlineData("type Extension = Long;", "`Extension` is reserved")]
    [InlineData("type Long = String;", "`Long` is reserved")]
    [InlineData("type Record = {};", "`Record` is reserved")]
    [InlineData("type Set = Long;", "`Set` is reserved")]
    [InlineData("type String = Long;", "`String` is reserved")]
    [InlineData("entity X; namespace N { entity X; }", "`N::X` shadows `X` of the empty namespace")]
    [InlineData("type X = Long; namespace N::M { entity X; }", "`N::M::X` shadows `X`")]
    [InlineData("entity X; namespace N { type X = Long; }", "`N::X` shadows `X`")]
    [InlineData("action x; namespace N { action x; }", "N::Action::\"x\" shadows Action::\"x\"")]
    public void A_schema_that_contradicts_itself_is_refused_with_what_would_be_right(string text, string complaint) =>
        Should.Throw<SchemaException>(() => Schema.Parse(text)).Errors[0].Message.ShouldContain(complaint);

    [Theory]
    [InlineData("entity A in [A];")]
    [InlineData("entity A in [B]; entity B in [A];")]
    public void Types_of_entities_may_be_in_themselves(string text) => Schema.Parse(text).EntityTypes["A"].Ancestors.ShouldContain("A");

    [Theory]
    [InlineData("namespace N { entity X; type X = Long; }", "N::X")]
    [InlineData("entity X; type X = Long;", "X")]
    [InlineData(
        "namespace N { entity X; } namespace M { entity X; action a; } namespace N::M { entity X; action a; }",
        "M::Action::\"a\" M::X N::M::Action::\"a\" N::M::X N::X")]
    [InlineData("namespace N { type decimal = Long; entity Long; }", "N::Long")]
    public void Names_that_do_not_collide_are_fine(string text, string declared)
    {
        var schema = Schema.Parse(text);

        string.Join(' ', schema.EntityTypes.Keys.Concat(schema.Actions.Keys.Select(action => $"{action}")).Order(StringComparer.Ordinal)).ShouldBe(declared);
    }

    [Fact]
    public void Several_texts_make_one_schema()
    {
        SchemaFragment types = SchemaFragment.Parse("namespace N { type T = { a: Long }; entity A in [B]; }", "types.cedarschema");
        SchemaFragment rest = SchemaFragment.ParseJson(
            """{"N":{"entityTypes":{"B":{"shape":{"type":"T"}}},"actions":{"x":{"memberOf":[{"id":"y"}]}}},"":{"entityTypes":{},"actions":{"y":{}}}}""", "rest.json");

        var schema = Schema.Create([types, rest]);

        schema.EntityTypes["N::A"].Parents.ShouldBe(["N::B"]);
        schema.EntityTypes["N::B"].Attributes.Attributes.Keys.ShouldBe(["a"]);
        schema.Actions[new EntityUid("N::Action", "x")].Parents.ShouldBe([new EntityUid("Action", "y")]);
    }

    [Fact]
    public void What_two_texts_both_declare_is_refused_with_the_file_of_the_second()
    {
        SchemaFragment first = SchemaFragment.Parse("namespace N { entity A; type T = Long; action a; }", "first");
        SchemaFragment second = SchemaFragment.Parse("namespace N {\n entity A;\n type T = Long;\n action a; }", "second");

        SchemaException refused = Should.Throw<SchemaException>(() => Schema.Create([first, second]));

        refused.Errors.Select(error => (error.File, error.Line)).ShouldBe([("second", 3), ("second", 2), ("second", 4)]);
    }

    [Fact]
    public void Many_errors_are_cut_off()
    {
        string many = string.Concat(Enumerable.Range(0, 100).Select(i => $"entity E{i} {{ a: Nothing{i} }};"));

        Should.Throw<SchemaException>(() => Schema.Parse(many)).Errors.Count.ShouldBe(SchemaException.ErrorsMax);
    }

    private static RecordSchemaType Record(params (string Name, SchemaType Type, bool IsRequired)[] attributes) =>
        new(attributes.ToDictionary(attribute => attribute.Name, attribute => new SchemaAttribute(attribute.Type, attribute.IsRequired)));
}
