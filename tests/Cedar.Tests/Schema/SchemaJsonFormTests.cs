namespace AccessGov.Cedar.Tests.Schemas;

/// <summary>The forms of a schema's JSON: what is written back, what a text makes of it, and the whole sentence for what is refused.</summary>
public sealed class SchemaJsonFormTests
{
    [Theory]
    [InlineData("""{"type":"Long"}""", "Long")]
    [InlineData("""{"type":"String"}""", "String")]
    [InlineData("""{"type":"Boolean"}""", "Bool")]
    [InlineData("""{"type":"Bool"}""", "Bool")]
    [InlineData("""{"type":"Extension","name":"ipaddr"}""", "ipaddr")]
    [InlineData("""{"type":"Extension","name":"datetime"}""", "datetime")]
    [InlineData("""{"type":"Entity","name":"E"}""", "E")]
    [InlineData("""{"type":"Entity","name":"N::E"}""", "N::E")]
    [InlineData("""{"type":"EntityOrCommon","name":"E"}""", "E")]
    [InlineData("""{"type":"C"}""", "C")]
    [InlineData("""{"type":"N::C"}""", "N::C")]
    [InlineData("""{"type":"__cedar::Long"}""", "__cedar::Long")]
    [InlineData("""{"type":"Set","element":{"type":"Set","element":{"type":"C"}}}""", "Set<Set<C>>")]
    [InlineData("""{"type":"Record","attributes":{}}""", "{}")]
    [InlineData("""{"type":"Record","attributes":{"in":{"type":"Long","required":false}}}""", "{\n  \"in\"?: Long,\n}")]
    public void A_type_is_written_back_as_JSON_and_as_text(string json, string text)
    {
        SchemaFragment fragment = SchemaFragment.ParseJson("""{"":{"commonTypes":{"X":TYPE},"entityTypes":{},"actions":{}}}""".Replace("TYPE", json, StringComparison.Ordinal));

        fragment.ToJson().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal).ShouldBe("""{"":{"commonTypes":{"X":TYPE},"entityTypes":{},"actions":{}}}""".Replace("TYPE", json, StringComparison.Ordinal));
        fragment.ToText().ShouldBe($"type X = {text};\n");
    }

    [Theory]
    [InlineData("""{"N":1}""", "/N", "A namespace is an object, found a number.")]
    [InlineData("""{"N":{"entityTypes":[],"actions":{}}}""", "/N/entityTypes", "`entityTypes` is an object, found an array.")]
    [InlineData("""{"N":{"entityTypes":{},"actions":"x"}}""", "/N/actions", "`actions` is an object, found a string.")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{},"commonTypes":true}}""", "/N/commonTypes", "`commonTypes` is an object, found true or false.")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{},"annotations":[]}}""", "/N/annotations", "`annotations` is an object, found an array.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"memberOfTypes":{}}},"actions":{}}}""", "/N/entityTypes/E/memberOfTypes", "`memberOfTypes` is an array, found an object.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"memberOfTypes":[{}]}},"actions":{}}}""", "/N/entityTypes/E/memberOfTypes/0", "The name of an entity type is a string, found an object.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"memberOfTypes":["A","","B"]}},"actions":{}}}""", "/N/entityTypes/E/memberOfTypes/1", "\"\" is not the name of a type, such as User or Hospital::User.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"memberOfTypes":["A::"]}},"actions":{}}}""", "/N/entityTypes/E/memberOfTypes/0", "\"A::\" is not the name of a type, such as User or Hospital::User.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"memberOfTypes":["A :: B"]}},"actions":{}}}""", "/N/entityTypes/E/memberOfTypes/0", "\"A :: B\" is not the name of a type, such as User or Hospital::User.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"enum":"x"}},"actions":{}}}""", "/N/entityTypes/E/enum", "`enum` is an array, found a string.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"enum":[1]}},"actions":{}}}""", "/N/entityTypes/E/enum/0", "An id is a string, found a number.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"enum":["x"],"shape":{"type":"Record","attributes":{}}}},"actions":{}}}""", "/N/entityTypes/E/shape", "An enumerated entity type has nothing but its ids, so no `shape`.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"shape":[]}},"actions":{}}}""", "/N/entityTypes/E/shape", "A type is an object, found an array.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"shape":{"type":1}}},"actions":{}}}""", "/N/entityTypes/E/shape/type", "`type` is a string, found a number.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"tags":{"type":"Set","element":{"type":"Entity"}}}},"actions":{}}}""", "/N/entityTypes/E/tags/element", "A type of the kind Entity needs `name`.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"tags":{"type":"Set","element":{"type":"Long"},"attributes":{}}}},"actions":{}}}""", "/N/entityTypes/E/tags/attributes", "A type of the kind Set has no `attributes`.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"tags":{"type":"Record","attributes":{},"element":{"type":"Long"}}}},"actions":{}}}""", "/N/entityTypes/E/tags/element", "A type of the kind Record has no `element`.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"tags":{"type":"C","name":"x"}}},"actions":{}}}""", "/N/entityTypes/E/tags/name", "A type of the kind C has no `name`.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"tags":{"type":"Extension"}}},"actions":{}}}""", "/N/entityTypes/E/tags", "A type of the kind Extension needs `name`.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"tags":{"type":"EntityOrCommon"}}},"actions":{}}}""", "/N/entityTypes/E/tags", "A type of the kind EntityOrCommon needs `name`.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"shape":{"type":"Record","attributes":[]}}},"actions":{}}}""", "/N/entityTypes/E/shape/attributes", "`attributes` is an object, found an array.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"shape":{"type":"Record","attributes":{"a/b":{"typ":"Long"}}}}},"actions":{}}}""", "/N/entityTypes/E/shape/attributes/a~1b/typ", "A type has no key \"typ\"; expected type, element, attributes, additionalAttributes, name, required, annotations.")]
    [InlineData("""{"N":{"entityTypes":{"E":{"shape":{"type":"Record","attributes":{"a":{"type":"Long","annotations":{"b":[]}}}}}},"actions":{}}}""", "/N/entityTypes/E/shape/attributes/a/annotations/b", "The value of an annotation is a string, found an array.")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":[]}}}""", "/N/actions/a", "An action is an object, found an array.")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"memberOf":{}}}}}""", "/N/actions/a/memberOf", "`memberOf` is an array, found an object.")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"memberOf":["b"]}}}}""", "/N/actions/a/memberOf/0", "A group of actions is an object, found a string.")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"memberOf":[{"id":"b","name":"c"}]}}}}""", "/N/actions/a/memberOf/0/name", "A group of actions has no key \"name\"; expected id, type.")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"memberOf":[{"id":"b","type":"x y"}]}}}}""", "/N/actions/a/memberOf/0/type", "\"x y\" is not the name of a type, such as User or Hospital::User.")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"appliesTo":[]}}}}""", "/N/actions/a/appliesTo", "`appliesTo` is an object, found an array.")]
    [InlineData("""{"N":{"entityTypes":{},"actions":{"a":{"appliesTo":{"principalTypes":null,"resourceTypes":[]}}}}}""", "/N/actions/a/appliesTo/principalTypes", "`principalTypes` is an array, found null.")]
    public void What_is_refused_is_answered_with_its_place_and_a_sentence(string json, string pointer, string message)
    {
        SchemaError error = Should.Throw<SchemaException>(() => SchemaFragment.ParseJson(json)).Errors.ShouldHaveSingleItem();

        (error.Pointer, error.Message).ShouldBe((pointer, message));
    }

    [Theory]
    [InlineData("""{"type":"Set","element":{"type":"Long"}}""")]
    [InlineData("""{"type":"Long"}""")]
    [InlineData("""{"type":"Extension","name":"ipaddr"}""")]
    [InlineData("""{"type":"Entity","name":"E"}""")]
    public void A_context_that_is_no_record_has_no_words_in_a_text(string context)
    {
        SchemaFragment fragment = SchemaFragment.ParseJson(
            """{"":{"entityTypes":{"E":{}},"actions":{"a":{"appliesTo":{"principalTypes":["E"],"resourceTypes":["E"],"context":TYPE}}}}}"""
                .Replace("TYPE", context, StringComparison.Ordinal));

        Should.Throw<SchemaException>(() => fragment.ToText()).Errors.ShouldHaveSingleItem().Message.ShouldBe("A text can only give a context attributes or the name of a common type.");
        Should.Throw<SchemaException>(() => Schema.Create([fragment])).Errors.ShouldHaveSingleItem().Message.ShouldStartWith("The context of Action::\"a\" must be a record");
    }

    [Fact]
    public void Types_are_equal_by_what_they_are_and_equal_ones_have_one_hash_code()
    {
        Schema Parse(string shape) => Schema.Parse($"entity E {{ t: {shape} }};");
        SchemaType Of(string shape) => Parse(shape).EntityTypes["E"].Attributes.Attributes["t"].Type;
        string[] shapes = ["Long", "String", "Bool", "ipaddr", "decimal", "E", "Set<Long>", "Set<Set<Long>>", "{}", "{ a: Long }", "{ a?: Long }", "{ a: Bool }", "{ b: Long }", "{ a: Long, b: Long }"];

        foreach (string one in shapes)
        {
            foreach (string other in shapes)
            {
                Of(one).Equals(Of(other)).ShouldBe(one == other, $"{one} and {other}");
            }

            Of(one).GetHashCode().ShouldBe(Of(one).GetHashCode(), one);
        }

        Of("{ a: Long, b?: Set<E> }").ShouldBe(Of("{ b?: Set<E>, a: Long }"));
        Of("{ a: Long, b?: Set<E> }").GetHashCode().ShouldBe(Of("{ b?: Set<E>, a: Long }").GetHashCode());
    }
}
