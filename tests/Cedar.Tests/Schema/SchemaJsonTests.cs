using System.Text;

namespace AccessGov.Cedar.Tests.Schemas;

public sealed class SchemaJsonTests
{
    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"":{"entityTypes":{},"actions":{}}}""", "")]
    [InlineData("""{"N::M":{"entityTypes":{"A":{}},"actions":{},"commonTypes":{}}}""", "namespace N::M { entity A; }")]
    [InlineData("""{"":{"entityTypes":{"A":{"memberOfTypes":["B"],"shape":{"type":"Record","attributes":{"a":{"type":"Long"},"b":{"type":"String","required":false},"c":{"type":"Boolean","required":true}}},"tags":{"type":"Set","element":{"type":"Long"}}},"B":{"enum":["x","y"]}},"actions":{}}}""", "entity A in B { a: Long, b?: String, c: Bool } tags Set<Long>; entity B enum [\"x\", \"y\"];")]
    [InlineData("""{"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Entity","name":"A"},"b":{"type":"EntityOrCommon","name":"A"},"c":{"type":"EntityOrCommon","name":"Bool"},"d":{"type":"Extension","name":"ipaddr"},"e":{"type":"Bool"},"f":{"type":"T"},"g":{"type":"datetime"},"h":{"type":"__cedar::Long"}}}}},"actions":{},"commonTypes":{"T":{"type":"Long","annotations":{"a":"b"}}}}}""", "type T = Long; entity A { a: A, b: A, c: Bool, d: ipaddr, e: Bool, f: T, g: datetime, h: Long };")]
    [InlineData("""{"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{},"additionalAttributes":false}}},"actions":{}}}""", "entity A;")]
    [InlineData("""{"":{"entityTypes":{"A":{"shape":{"type":"T"}}},"actions":{},"commonTypes":{"T":{"type":"Record","attributes":{"a":{"type":"Long"}}}}}}""", "entity A { a: Long };")]
    [InlineData("""{"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":["A"],"context":{"type":"Record","attributes":{"x":{"type":"Long"}}}},"memberOf":[{"id":"b"},{"id":"c","type":"Action"}]},"b":{},"c":{"appliesTo":null,"memberOf":null,"attributes":null}}}}""", "entity A; action b, c; action a in [b, c] appliesTo { principal: A, resource: A, context: { x: Long } };")]
    [InlineData("""{"":{"entityTypes":{"A":{}},"actions":{"a":{"appliesTo":{"principalTypes":["A"],"resourceTypes":[]}},"b":{"appliesTo":{"principalTypes":[],"resourceTypes":["A"],"context":{"type":"Record","attributes":{"a":{"type":"Long"}}}}}}}}""", "entity A; action a, b;")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"memberOf":[{"id":"b","type":"M::Action"}]}}},"M":{"entityTypes":{},"actions":{"b":{"annotations":{"in":null}}},"annotations":{"x":"y"}}}""", "namespace N { action a in M::Action::\"b\"; } namespace M { action b; }")]
    public void A_good_schema_says_the_same_as_the_text(string json, string text) => Schema.ParseJson(json).ShouldBeEqualTo(Schema.Parse(text));

    [Theory]
    [InlineData("[]", "", "A schema is an object, found an array.")]
    [InlineData("""{"entityTypes":{},"actions":{}}""", "/entityTypes", "put `entityTypes` into one, into \"\" for the empty namespace")]
    [InlineData("""{"N N":{"entityTypes":{},"actions":{}}}""", "/N N", "is not a namespace")]
    [InlineData("""{"__cedar":{"entityTypes":{},"actions":{}}}""", "/__cedar", "is not a namespace")]
    [InlineData("""{"N":{"entityTypes":{}}}""", "/N", "needs `actions`")]
    [InlineData("""{"N":{"actions":{}}}""", "/N", "needs `entityTypes`")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{},"x":1}}""", "/N/x", "has no key \"x\"; expected entityTypes, actions, commonTypes, annotations")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{},"actions":{}}}""", "/N/actions", "occurs twice")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{}},"N":{"entityTypes":{},"actions":{}}}""", "/N", "occurs twice")]
    [InlineData("""{"":{"entityTypes":{},"actions":{},"annotations":{"a":"b"}}}""", "//annotations", "The empty namespace has no annotations")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{},"annotations":{"a b":"c"}}}""", "/N/annotations/a b", "cannot name an annotation")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{},"annotations":{"a":1}}}""", "/N/annotations/a", "The value of an annotation is a string, found a number.")]
    [InlineData("""{"N":{"entityTypes":{"A::B":{}},"actions":{}}}""", "/N/entityTypes/A::B", "cannot name a type")]
    [InlineData("""{"N":{"entityTypes":{"if":{}},"actions":{}}}""", "/N/entityTypes/if", "cannot name a type")]
    [InlineData("""{"N":{"entityTypes":{"A/~B":{}},"actions":{}}}""", "/N/entityTypes/A~1~0B", "cannot name a type")]
    [InlineData("""{"N":{"entityTypes":{"A":{"x":1}},"actions":{}}}""", "/N/entityTypes/A/x", "An entity type has no key \"x\"")]
    [InlineData("""{"N":{"entityTypes":{"A":null},"actions":{}}}""", "/N/entityTypes/A", "An entity type is an object, found null.")]
    [InlineData("""{"N":{"entityTypes":{"A":{"memberOfTypes":"B"}},"actions":{}}}""", "/N/entityTypes/A/memberOfTypes", "is an array, found a string")]
    [InlineData("""{"N":{"entityTypes":{"A":{"memberOfTypes":["B C"]}},"actions":{}}}""", "/N/entityTypes/A/memberOfTypes/0", "is not the name of a type")]
    [InlineData("""{"N":{"entityTypes":{"A":{"memberOfTypes":[true]}},"actions":{}}}""", "/N/entityTypes/A/memberOfTypes/0", "is a string, found true or false")]
    [InlineData("""{"N":{"entityTypes":{"A":{"enum":[]}},"actions":{}}}""", "/N/entityTypes/A/enum", "at least one id")]
    [InlineData("""{"N":{"entityTypes":{"A":{"enum":["a"],"memberOfTypes":[]}},"actions":{}}}""", "/N/entityTypes/A/memberOfTypes", "nothing but its ids")]
    [InlineData("""{"N":{"entityTypes":{"A":{"enum":["a"],"tags":{"type":"Long"}}},"actions":{}}}""", "/N/entityTypes/A/tags", "nothing but its ids")]
    [InlineData("""{"N":{"entityTypes":{"A":{"shape":{}}},"actions":{}}}""", "/N/entityTypes/A/shape", "needs the key `type`")]
    [InlineData("""{"N":{"entityTypes":{"A":{"shape":{"type":"Record"}}},"actions":{}}}""", "/N/entityTypes/A/shape", "needs `attributes`")]
    [InlineData("""{"N":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{},"name":"x"}}},"actions":{}}}""", "/N/entityTypes/A/shape/name", "has no `name`")]
    [InlineData("""{"N":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{},"additionalAttributes":true}}},"actions":{}}}""", "/N/entityTypes/A/shape/additionalAttributes", "exactly the attributes declared")]
    [InlineData("""{"N":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{},"additionalAttributes":0}}},"actions":{}}}""", "/N/entityTypes/A/shape/additionalAttributes", "is true or false, found a number")]
    [InlineData("""{"N":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{},"required":true}}},"actions":{}}}""", "/N/entityTypes/A/shape/required", "has no key \"required\"")]
    [InlineData("""{"N":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Long","required":1}}}}},"actions":{}}}""", "/N/entityTypes/A/shape/attributes/a/required", "is true or false")]
    [InlineData("""{"N":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"a":{"type":"Long"},"a":{"type":"Long"}}}}},"actions":{}}}""", "/N/entityTypes/A/shape/attributes/a", "occurs twice")]
    [InlineData("""{"N":{"entityTypes":{"A":{"tags":{"type":"Set"}}},"actions":{}}}""", "/N/entityTypes/A/tags", "needs `element`")]
    [InlineData("""{"N":{"entityTypes":{"A":{"tags":{"type":"Long","element":{"type":"Long"}}}},"actions":{}}}""", "/N/entityTypes/A/tags/element", "of the kind Long has no `element`")]
    [InlineData("""{"N":{"entityTypes":{"A":{"tags":{"type":"Entity"}}},"actions":{}}}""", "/N/entityTypes/A/tags", "needs `name`")]
    [InlineData("""{"N":{"entityTypes":{"A":{"tags":{"type":"Extension","name":"ip"}}},"actions":{}}}""", "/N/entityTypes/A/tags", "`ip` is not an extension type; there are ipaddr")]
    [InlineData("""{"N":{"entityTypes":{"A":{"tags":{"type":"a b"}}},"actions":{}}}""", "/N/entityTypes/A/tags/type", "is not the name of a type")]
    [InlineData("""{"N":{"entityTypes":{"A":{"tags":{"type":"A"}}},"actions":{}}}""", "/N/entityTypes/A/tags", "there is no common type `N::A` or `A`")]
    [InlineData("""{"N":{"entityTypes":{"A":{"shape":{"type":"Long"}}},"actions":{}}}""", "/N/entityTypes/A/shape", "The shape of `N::A` must be a record")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{},"commonTypes":{"Set":{"type":"Long"}}}}""", "/N/commonTypes/Set", "`Set` is reserved")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{},"commonTypes":{"T":{"type":"Long","x":1}}}}""", "/N/commonTypes/T/x", "has no key \"x\"")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"x":1}}}}""", "/N/actions/a/x", "An action has no key \"x\"")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"attributes":{}}}}}""", "/N/actions/a/attributes", "Actions have no attributes")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"memberOf":[{}]}}}}""", "/N/actions/a/memberOf/0", "needs its `id`")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"memberOf":[{"id":"b"}]}}}}""", "/N/actions/a/memberOf/0", "There is no action N::Action::\"b\" nor Action::\"b\"")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"appliesTo":{"resourceTypes":[]}}}}}""", "/N/actions/a/appliesTo", "needs `principalTypes`")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"appliesTo":{"principalTypes":[]}}}}}""", "/N/actions/a/appliesTo", "needs `resourceTypes`")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"appliesTo":{"principalTypes":["B"],"resourceTypes":[]}}}}}""", "/N/actions/a/appliesTo/principalTypes/0", "there is no entity type `N::B` or `B`")]
    [InlineData("""{"N":{"entityTypes":{"A\ud800":{}},"actions":{}}}""", "/N/entityTypes", "not valid Unicode")]
    [InlineData("""{"N":{"entityTypes":{"A":{"enum":["\ud800"]}},"actions":{}}}""", "/N/entityTypes/A/enum/0", "not valid Unicode")]
    public void A_bad_schema_is_refused_where_it_is_bad_with_what_would_be_right(string json, string pointer, string complaint)
    {
        SchemaError error = Should.Throw<SchemaException>(() => Schema.ParseJson(json, "s.json")).Errors[0];

        error.Message.ShouldContain(complaint);
        (error.Pointer, error.File, error.Position).ShouldBe((pointer, "s.json", null));
        error.ToString().ShouldStartWith($"s.json#{pointer}: ");
    }

    [Fact]
    public void Each_bad_declaration_is_reported() => Should.Throw<SchemaException>(() => Schema.ParseJson(
            """{"N":{"entityTypes":{"A":{"x":1},"B":{"y":1}},"actions":{"a":{"z":1}}},"M":1}"""))
        .Errors.Select(error => error.Pointer).ShouldBe(["/N/entityTypes/A/x", "/N/entityTypes/B/y", "/N/actions/a/z", "/M"]);

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("{", 1, 2)]
    [InlineData("{\n \"ä\":,}", 2, 6)]
    [InlineData("{} {}", 1, 4)]
    public void What_is_no_JSON_is_refused_with_line_and_column(string json, int line, int column)
    {
        SchemaError error = Should.Throw<SchemaException>(() => Schema.ParseJson(Encoding.UTF8.GetBytes(json), "s.json")).Errors.ShouldHaveSingleItem();

        error.Message.ShouldContain("not valid JSON");
        (error.Line, error.Column, error.Pointer).ShouldBe((line, column, null));
    }
}
