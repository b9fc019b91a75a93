namespace AccessGov.Cedar.Tests.Schemas;

public sealed class SchemaTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("// nothing but a comment", "")]
    [InlineData("namespace A {}", "")]
    [InlineData("namespace A::B { entity C; } entity D;", "A::B::C D")]
    [InlineData("entity A; entity B in A; entity C in [A, B]; entity D in [];", "A B C D")]
    [InlineData("entity A, B, C { a: Long };", "A B C")]
    [InlineData("entity A = { a: Long, b?: Set<String>, }; entity B {}; entity C = {} tags Long;", "A B C")]
    [InlineData("entity A enum [\"x\"]; entity B enum [\"x\", \"y\"]; entity C in [A];", "A B C")]
    [InlineData("entity A { \"two words\": Long, \"if\"?: Bool, __cedar: Long };", "A")]
    [InlineData("entity A { a: { b: { c: Set<Set<A>> } } };", "A")]
    [InlineData("type T = Long; type U = Set<T>; type V = { t: T }; entity A { u: U, v: V } tags V;", "A")]
    [InlineData("entity A { a: __cedar::Long, b: __cedar::ipaddr, c: datetime, d: duration, e: decimal };", "A")]
    [InlineData("action a, \"b c\", d;", "Action::\"a\" Action::\"b c\" Action::\"d\"")]
    [InlineData("action a in b; action b in [c, \"d\"]; action c in Action::\"d\"; action d;", "Action::\"a\" Action::\"b\" Action::\"c\" Action::\"d\"")]
    [InlineData("namespace N { action a in [Action::\"b\", N::Action::\"b\", b]; action b; }", "N::Action::\"a\" N::Action::\"b\"")]
    [InlineData("action g; namespace N { action a in [g, Action::\"g\"]; }", "Action::\"g\" N::Action::\"a\"")]
    [InlineData("entity A; action a appliesTo { principal: A, resource: [A] };", "A Action::\"a\"")]
    [InlineData("entity A; action a appliesTo { context: {}, resource: A, principal: [A, A], };", "A Action::\"a\"")]
    [InlineData("entity A; type C = {}; action a appliesTo { principal: A, resource: A, context: C };", "A Action::\"a\"")]
    [InlineData("entity A; action a appliesTo { principal: A, resource: A } attributes {}; action b attributes {};", "A Action::\"a\" Action::\"b\"")]
    [InlineData("@doc(\"x\") @if namespace N { @a entity A { @b(\"c\") @true a: Long }; @d action a; @e type T = Long; }", "N::A N::Action::\"a\"")]
    [InlineData("entity entity in [entity] { entity: entity, in_: Long, type: Long } tags String; entity tags tags String; entity type;", "entity tags type")]
    [InlineData(
        "namespace namespace { entity enum enum [\"enum\"]; action action, appliesTo, attributes, context; type type = Long; type principal = type; }",
        "namespace::Action::\"action\" namespace::Action::\"appliesTo\" namespace::Action::\"attributes\" namespace::Action::\"context\" namespace::enum")]
    [InlineData("entity Set; entity A { a: Set, b: Set<Set> };", "A Set")]
    [InlineData("entity Long; entity A { a: Long, b: __cedar::Long };", "A Long")]
    [InlineData("entity\nA// comment ;\n;action a//\n\r\n;", "A Action::\"a\"")]
    [InlineData("namespace A :: B { entity C in [A :: B :: C]; }", "A::B::C")]
    [InlineData("entity A { a: Action, b: Set<N::Action> }; action x; namespace N { action y; entity B { a: Action }; }", "A Action::\"x\" N::Action::\"y\" N::B")]
    public void A_good_schema_is_read(string text, string declared)
    {
        var schema = Schema.Parse(text);

        string.Join(' ', schema.EntityTypes.Keys.Concat(schema.Actions.Keys.Select(action => $"{action}")).Order(StringComparer.Ordinal)).ShouldBe(declared);
    }

    [Theory]
    [InlineData("entity A", 1, 9, "ends too early; expected `in`, attributes in braces, `tags` or `;`")]
    [InlineData("entity;", 1, 7, "expected the name of the entity type")]
    [InlineData("entity A,;", 1, 10, "no comma behind the last")]
    [InlineData("entity A in [A,];", 1, 16, "no comma behind the last")]
    [InlineData("entity A::B;", 1, 9, "Unexpected `::`")]
    [InlineData("entity if;", 1, 8, "`if` is reserved")]
    [InlineData("entity __cedar;", 1, 8, "`__cedar` is reserved")]
    [InlineData("entity \"A\";", 1, 8, "the name of the entity type")]
    [InlineData("entity A { a };", 1, 14, "`?:` for an optional attribute")]
    [InlineData("entity A { a? };", 1, 15, "expected `:`")]
    [InlineData("entity A { a: Long,, };", 1, 20, "the name of an attribute")]
    [InlineData("entity A { , };", 1, 12, "the name of an attribute")]
    [InlineData("entity A { a: Long b: Long };", 1, 20, "expected `,` or `}`")]
    [InlineData("entity A { a: Long, a?: Long };", 1, 21, "declared twice in one record")]
    [InlineData("entity A { in: Long };", 1, 12, "`in` is reserved")]
    [InlineData("entity A { a: Set };entity B { a: Set< };", 1, 40, "expected a type")]
    [InlineData("entity A { a: Set<Long };", 1, 24, "expected `>`")]
    [InlineData("entity A = Long;", 1, 12, "expected `{`")]
    [InlineData("entity A tags;", 1, 14, "expected a type")]
    [InlineData("entity A tags Long in [A];", 1, 20, "in this order")]
    [InlineData("entity A enum [];", 1, 16, "an id, which is a string")]
    [InlineData("entity A enum [\"a\",];", 1, 20, "no comma behind the last")]
    [InlineData("entity A enum [a];", 1, 16, "an id, which is a string")]
    [InlineData("entity A enum [\"a\"] tags Long;", 1, 21, "nothing but its ids")]
    [InlineData("action;", 1, 7, "expected the name of the action")]
    [InlineData("action A::\"a\";", 1, 9, "Unexpected `::`")]
    [InlineData("action a in [];", 1, 14, "expected an action, such as")]
    [InlineData("action a in [b,];", 1, 16, "no comma behind the last")]
    [InlineData("action a in B::C;", 1, 13, "`B::C` is not an action")]
    [InlineData("action a appliesTo {};", 1, 21, "`principal:`, `resource:` or `context:`")]
    [InlineData("action a appliesTo { principal: A };", 1, 1, "needs both `principal` and `resource`")]
    [InlineData("action a appliesTo { context: {} };", 1, 1, "needs both `principal` and `resource`")]
    [InlineData("action a appliesTo { principal: [], resource: A };", 1, 33, "needs at least one entity type")]
    [InlineData("action a appliesTo { principal: A, principal: A };", 1, 36, "at most once")]
    [InlineData("action a appliesTo { principal: A, resource: A, context: Set<A> };", 1, 61, "expected `,` or `}`")]
    [InlineData("action a appliesTo { principal: A, resource: A, };", 1, 33, "there is no entity type `A`")]
    [InlineData("action a attributes { x: Long };", 1, 23, "actions have no attributes")]
    [InlineData("action a attributes {} appliesTo {};", 1, 24, "in this order")]
    [InlineData("type A;", 1, 7, "expected `=`")]
    [InlineData("type A, B = Long;", 1, 7, "expected `=`")]
    [InlineData("type A = ;", 1, 10, "expected a type")]
    [InlineData("type A::B = Long;", 1, 7, "expected `=`")]
    [InlineData("namespace {}", 1, 11, "the name of the namespace")]
    [InlineData("namespace __cedar {}", 1, 11, "`__cedar` is reserved")]
    [InlineData("namespace A::__cedar {}", 1, 11, "`__cedar` is reserved")]
    [InlineData("namespace A { namespace B {} }", 1, 15, "namespaces do not nest")]
    [InlineData("namespace A { entity B;", 1, 24, "the end of the namespace `A`")]
    [InlineData("namespace A {} namespace A {}", 1, 26, "opened twice")]
    [InlineData("permit(principal, action, resource);", 1, 1, "expected `namespace`, `entity`, `action` or `type`")]
    [InlineData("@doc(\"x\") @doc(\"y\") entity A;", 1, 12, "@doc occurs twice")]
    [InlineData("@doc(x) entity A;", 1, 6, "expected a string")]
    [InlineData("@doc(\"x\" entity A;", 1, 10, "expected `)`")]
    [InlineData("@\"doc\" entity A;", 1, 2, "the name of an annotation")]
    [InlineData("entity A { \"\\q\": Long };", 1, 13, "does not start a valid escape")]
    [InlineData("entity A { \"a: Long };", 1, 12, "no closing quotation mark")]
    [InlineData("/* */ entity A;", 1, 1, "comments are `// ...`")]
    [InlineData("entity A;\n\n  entity B ?;", 3, 12, "Unexpected `?`")]
    public void A_bad_schema_is_refused_where_it_is_bad_with_what_would_be_right(string text, int line, int column, string complaint)
    {
        SchemaError error = Should.Throw<SchemaException>(() => Schema.Parse(text, "s.cedarschema")).Errors[0];

        error.Message.ShouldContain(complaint);
        (error.Line, error.Column, error.File, error.Pointer).ShouldBe((line, column, "s.cedarschema", null));
        error.ToString().ShouldStartWith($"s.cedarschema:{line}:{column}: ");
    }

    [Fact]
    public void Each_bad_declaration_is_reported_and_the_reader_goes_on_behind_it()
    {
        SchemaException refused = Should.Throw<SchemaException>(() => Schema.Parse(
            """
            entity A { a: };
            namespace N {
              entity B { b: Set< };
              entity Good;
              action c in [;
            }
            type = Long;
            """));

        refused.Errors.Select(error => error.Line).ShouldBe([1, 3, 5, 7]);
        refused.Message.Split('\n').Length.ShouldBe(4);
    }

    [Fact]
    public void Of_a_namespace_with_a_bad_name_the_declarations_are_read_all_the_same()
    {
        SchemaException refused = Should.Throw<SchemaException>(() => Schema.Parse(
            """
            namespace __cedar { entity A; }
            namespace N { entity A; }
            namespace N { entity B { b: Set< }; action a; }
            type = Long;
            """));

        refused.Errors.Select(error => (error.Line, error.Message[..12])).ShouldBe([(1, "`__cedar` is"), (3, "The namespac"), (3, "Unexpected `"), (4, "Unexpected `")]);
    }

    [Fact]
    public void No_more_than_twenty_errors_are_reported()
    {
        string many = string.Concat(Enumerable.Repeat("entity ;\n", 100));

        Should.Throw<SchemaException>(() => Schema.Parse(many)).Errors.Count.ShouldBe(SchemaException.ErrorsMax);
        Should.Throw<SchemaException>(() => Schema.Parse($"namespace N {{ {many} }}")).Errors.Count.ShouldBe(SchemaException.ErrorsMax);
    }
}
