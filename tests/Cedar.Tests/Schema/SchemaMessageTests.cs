namespace AccessGov.Cedar.Tests.Schemas;

/// <summary>The whole sentence: what is wrong, where, and what would be right, as whoever wrote the schema reads it.</summary>
public sealed class SchemaMessageTests
{
    [Theory]
    [InlineData("entity A\nentity B;", "s:2:1: Unexpected `entity`; expected `in`, attributes in braces, `tags` or `;`, in this order.")]
    [InlineData("entity A {\n  a Long\n};", "s:2:5: Unexpected `Long`; expected `:`, or `?:` for an optional attribute.")]
    [InlineData("entity A { a?? : Long };", "s:1:14: Unexpected `?`; expected `:`.")]
    [InlineData("entity A { 1: Long };", "s:1:12: Unexpected `1`; expected the name of an attribute.")]
    [InlineData("entity A { a: 1 };", "s:1:15: Unexpected `1`; expected a type: a name, Set<...> or attributes in braces.")]
    [InlineData("entity A { a: \"Long\" };", "s:1:15: Unexpected `\"Long\"`; expected a type: a name, Set<...> or attributes in braces.")]
    [InlineData("entity A { a: if };", "s:1:15: `if` is reserved and cannot be used here; expected a type: a name, Set<...> or attributes in braces.")]
    [InlineData("entity A { a: A::if };", "s:1:18: `if` is reserved and cannot be used here; expected an identifier.")]
    [InlineData("entity A { a: A:: };", "s:1:19: Unexpected `}`; expected an identifier.")]
    [InlineData("entity A { true: Long };", "s:1:12: `true` is reserved and cannot be used here; expected the name of an attribute.")]
    [InlineData("entity A in { x: Long };", "s:1:13: Unexpected `{`; expected the name of an entity type.")]
    [InlineData("entity A in [B C];", "s:1:16: Unexpected `C`; expected `,` or `]`.")]
    [InlineData("entity A in [B, ];", "s:1:17: Unexpected `]`; expected another item: a list of names has no comma behind the last.")]
    [InlineData("entity A in B, C;", "s:1:14: Unexpected `,`; expected `in`, attributes in braces, `tags` or `;`, in this order.")]
    [InlineData("entity A enum \"x\";", "s:1:15: Unexpected `\"x\"`; expected `[` and the ids.")]
    [InlineData("entity A enum [\"x\" \"y\"];", "s:1:20: Unexpected `\"y\"`; expected `,` or `]`.")]
    [InlineData("entity A enum [\"x\"] in B;", "s:1:21: Unexpected `in`; expected `;`: an enumerated entity type has nothing but its ids.")]
    [InlineData("entity A in B enum [\"x\"];", "s:1:15: Unexpected `enum`; expected `in`, attributes in braces, `tags` or `;`, in this order.")]
    [InlineData("entity A tags Long tags Long;", "s:1:20: Unexpected `tags`; expected `in`, attributes in braces, `tags` or `;`, in this order.")]
    [InlineData("entity A { a: Set<Long>> };", "s:1:24: Unexpected `>`; expected `,` or `}`.")]
    [InlineData("entity A { a: Set<Long, Long> };", "s:1:23: Unexpected `,`; expected `>`.")]
    [InlineData("entity A { a: Long", "s:1:19: The text ends too early; expected `,` or `}`.")]
    [InlineData("entity A { \"a", "s:1:12: This string has no closing quotation mark; expected the name of an attribute.")]
    [InlineData("action a b;", "s:1:10: Unexpected `b`; expected `in`, `appliesTo` or `;`, in this order.")]
    [InlineData("action 1;", "s:1:8: Unexpected `1`; expected the name of the action.")]
    [InlineData("action if;", "s:1:8: `if` is reserved and cannot be used here; expected the name of the action.")]
    [InlineData("action a in b, c;", "s:1:14: Unexpected `,`; expected `in`, `appliesTo` or `;`, in this order.")]
    [InlineData("action a in A::b;", "s:1:13: `A::b` is not an action; expected an action, such as view, \"view\" or Action::\"view\".")]
    [InlineData("action a in;", "s:1:12: Unexpected `;`; expected an action, such as view, \"view\" or Action::\"view\".")]
    [InlineData("action a appliesTo principal;", "s:1:20: Unexpected `principal`; expected `{`.")]
    [InlineData("action a appliesTo { principals: A };", "s:1:22: Unexpected `principals`; expected `principal:`, `resource:` or `context:`, each at most once.")]
    [InlineData("action a appliesTo { principal A };", "s:1:32: Unexpected `A`; expected `:`.")]
    [InlineData("action a appliesTo { principal: A resource: B };", "s:1:35: Unexpected `resource`; expected `,` or `}`.")]
    [InlineData("action a appliesTo { principal: A, resource: B, resource: C };", "s:1:49: Unexpected `resource`; expected `principal:`, `resource:` or `context:`, each at most once.")]
    [InlineData("action \"a\\\"b\" appliesTo { resource: B };", "s:1:1: The action \"a\\\"b\" says `appliesTo`, so it needs both `principal` and `resource`.")]
    [InlineData("action a appliesTo { principal: A, resource: [] };", "s:1:46: `resource` needs at least one entity type; an action that applies to nothing has no `appliesTo`.")]
    [InlineData("action a appliesTo { principal: A, resource: B, context: 1 };", "s:1:58: Unexpected `1`; expected the attributes of the context in braces, or the name of a common type.")]
    [InlineData("action a attributes { b: Long };", "s:1:23: Unexpected `b`; expected `}`: actions have no attributes.")]
    [InlineData("type A Long;", "s:1:8: Unexpected `Long`; expected `=` and the type.")]
    [InlineData("type __cedar = Long;", "s:1:6: `__cedar` is reserved; choose another name.")]
    [InlineData("namespace A { entity B; };", "s:1:26: Unexpected `;`; expected `namespace`, `entity`, `action` or `type`.")]
    [InlineData("namespace A { B; }", "s:1:15: Unexpected `B`; expected `entity`, `action`, `type` or `}`.")]
    [InlineData("namespace A entity B;", "s:1:13: Unexpected `entity`; expected `{`.")]
    [InlineData("namespace A { namespace B {} }", "s:1:15: Unexpected `namespace`; expected `entity`, `action`, `type` or `}`: namespaces do not nest, write `namespace A::B` instead.")]
    [InlineData("namespace A { entity B; ", "s:1:25: The text ends too early; expected `}`, the end of the namespace `A`.")]
    [InlineData("namespace A::__cedar { }", "s:1:11: `__cedar` is reserved; choose another name for the namespace.")]
    [InlineData("namespace A { } namespace B { } namespace A { }", "s:1:43: The namespace `A` is opened twice in this text; put its declarations together.")]
    [InlineData("@ entity A;\n", "s:1:10: Unexpected `A`; expected `namespace`, `entity`, `action` or `type`.")]
    [InlineData("@a(1) entity A;", "s:1:4: Unexpected `1`; expected a string.")]
    [InlineData("@a() entity A;", "s:1:4: Unexpected `)`; expected a string.")]
    [InlineData("@a @b @a entity A;", "s:1:8: The annotation @a occurs twice in one place.")]
    [InlineData("@a", "s:1:3: The text ends too early; expected `namespace`, `entity`, `action` or `type`.")]
    [InlineData("entity A { a: Long, \"a\": Long };", "s:1:21: The attribute \"a\" is declared twice in one record.")]
    [InlineData("entity A /* old */ ;", "s:1:10: The only comments are `// ...`; expected `in`, attributes in braces, `tags` or `;`, in this order.")]
    [InlineData("entity Ä;", "s:1:8: Unexpected `Ä`; expected the name of the entity type.")]
    public void A_text_that_breaks_the_grammar_is_answered_with_a_sentence(string text, string message) =>
        Should.Throw<SchemaException>(() => SchemaFragment.Parse(text, "s")).Errors[0].ToString().ShouldBe(message);

    [Theory]
    [InlineData("entity A { a: Strin };", "s:1:15: `Strin` is not declared: there is no entity type or common type `Strin`.")]
    [InlineData("entity A { a: long };", "s:1:15: `long` is not declared: there is no entity type or common type `long`. Is `Long` meant?")]
    [InlineData("entity A { a: IpAddr };", "s:1:15: `IpAddr` is not declared: there is no entity type or common type `IpAddr`. Is `ipaddr` meant?")]
    [InlineData("entity A { a: Boolean };", "s:1:15: `Boolean` is not declared: there is no entity type or common type `Boolean`. The Boolean type is called Bool.")]
    [InlineData("entity A { a: Set };", "s:1:15: `Set` is not declared: there is no entity type or common type `Set`. A set needs the type of its elements: Set<String>.")]
    [InlineData("entity A { a: Record };", "s:1:15: `Record` is not declared: there is no entity type or common type `Record`. The type of a record is its attributes in braces.")]
    [InlineData("namespace N { entity A in [a]; }", "s:1:28: `a` is not declared: there is no entity type `N::a` or `a`. Is `N::A` meant?")]
    [InlineData("type T = Long; entity A in [T];", "s:1:29: `T` is not declared: there is no entity type `T`.")]
    [InlineData("entity A; action a appliesTo { principal: A, resource: A, context: A };", "s:1:68: `A` is not declared: there is no common type `A`.")]
    [InlineData("entity A; type T = Set<Long>; action a appliesTo { principal: A, resource: A, context: T };", "s:1:88: The context of Action::\"a\" must be a record: attributes, or the name of a common type that stands for a record.")]
    [InlineData("entity A; entity B; entity A;", "s:1:28: The entity type `A` is declared twice; remove or rename one.")]
    [InlineData("namespace N { type T = Long; type T = Long; }", "s:1:35: The type `N::T` is declared twice; remove or rename one.")]
    [InlineData("namespace N { action a; action b, a; }", "s:1:35: The action N::Action::\"a\" is declared twice; remove or rename one.")]
    [InlineData("action a in [b, c]; action b;", "s:1:17: There is no action Action::\"c\"; declare it, as a group it needs no `appliesTo`.")]
    [InlineData("namespace N { action a in b; }", "s:1:27: There is no action N::Action::\"b\" nor Action::\"b\"; declare it, as a group it needs no `appliesTo`.")]
    [InlineData("action a in b; action b in a;", "s:1:8: The action Action::\"a\" is in a group that is in Action::\"a\": groups of actions may not form a cycle.")]
    [InlineData("type A = B; type B = C; type C = B;", "s:1:18: Common types may not refer to themselves: `B`, `C`. An attribute can hold an entity instead.")]
    [InlineData("entity X; namespace N { entity X; }", "s:1:32: `N::X` shadows `X` of the empty namespace; rename one of them.")]
    [InlineData("action x; namespace N { action x; }", "s:1:32: N::Action::\"x\" shadows Action::\"x\" of the empty namespace; rename one of them.")]
    [InlineData("action x; entity A in Action;", "s:1:23: `Action` is the type of actions; expected a declared entity type here.")]
    [InlineData("entity Action;", "s:1:8: `Action` is the type of actions and cannot be declared; choose another name.")]
    [InlineData("type Set = Long;", "s:1:6: `Set` is reserved and cannot name a common type; choose another name.")]
    public void A_schema_that_breaks_a_rule_is_answered_with_a_sentence(string text, string message) =>
        Should.Throw<SchemaException>(() => Schema.Parse(text, "s")).Errors[0].ToString().ShouldBe(message);

    [Fact]
    public void A_schema_without_a_file_has_errors_with_line_and_column_alone()
    {
        SchemaError error = Should.Throw<SchemaException>(() => Schema.Parse("\n entity 1;")).Errors.ShouldHaveSingleItem();

        (error.File, error.Line, error.Column).ShouldBe((null, 2, 9));
        error.ToString().ShouldBe("2:9: Unexpected `1`; expected the name of the entity type.");
        Should.Throw<SchemaException>(() => Schema.ParseJson("[]")).Errors.ShouldHaveSingleItem().ToString().ShouldBe("#: A schema is an object, found an array.");
    }

    [Fact]
    public void A_message_does_not_repeat_a_long_word()
    {
        string word = new('x', 1_000);

        Should.Throw<SchemaException>(() => Schema.Parse($"entity A {word};")).Errors[0].Message.Length.ShouldBeLessThan(200);
    }

    [Fact]
    public void The_message_of_the_exception_has_one_line_an_error()
    {
        SchemaException refused = Should.Throw<SchemaException>(() => Schema.Parse("entity 1; action 2; type 3;", "s"));

        refused.Message.ReplaceLineEndings("\n").ShouldBe(string.Join('\n', refused.Errors));
        refused.Errors.Select(error => error.Column).ShouldBe([8, 18, 26]);
    }

    [Fact]
    public void After_an_error_inside_a_namespace_the_rest_of_it_still_belongs_to_it()
    {
        SchemaException refused = Should.Throw<SchemaException>(() => Schema.Parse("namespace N { entity 1; entity A; } entity 2;", "s"));

        refused.Errors.Select(error => error.Column).ShouldBe([22, 44]);
    }
}
