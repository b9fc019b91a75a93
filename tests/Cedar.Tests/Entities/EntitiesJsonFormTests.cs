using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar.Tests.Entities;

/// <summary>Entities as JSON without a schema: every form that is read, what it means, and the whole sentence for every form that is not.</summary>
public sealed class EntitiesJsonFormTests
{
    [Theory]
    [InlineData("""{"type":"N::User","id":"a"}""", "N::User::\"a\"")]
    [InlineData("""{"id":"a","type":"User"}""", "User::\"a\"")]
    [InlineData("""{"__entity":{"type":"User","id":"a"}}""", "User::\"a\"")]
    [InlineData("""{"__entity":{"id":"a","type":"User"}}""", "User::\"a\"")]
    [InlineData("""{"type":"User","id":""}""", "User::\"\"")]
    [InlineData("""{"type":"User","id":"\u0041\"\n"}""", "User::\"A\\\"\\n\"")]
    [InlineData("""{"type":"User","id":"\ud83d\ude00"}""", "User::\"😀\"")]
    public void A_uid_has_these_forms(string json, string uid)
    {
        EntityUid expected = EntityUid.Parse(uid);

        EntityStore store = EntitiesJson.Parse($$$"""[{"uid":{{{json}}},"attrs":{"self":{"__entity":{{{(json.Contains("__entity", StringComparison.Ordinal) ? json[12..^1] : json)}}}}},"parents":[]},{"uid":{"type":"X","id":"x"},"attrs":{},"parents":[{{{json}}}]}]""");

        store.Find(expected)!.Uid.ShouldBe(expected);
        store.Find(expected)!.Attributes.Find("self").ShouldBe(expected);
        store.IsDescendant(new EntityUid("X", "x"), expected).ShouldBeTrue();
    }

    [Theory]
    [InlineData("true", "true")]
    [InlineData("0", "0")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("\"a\\u0000b\"", "\"a\\0b\"")]
    [InlineData("[]", "[]")]
    [InlineData("[1,[2],{}]", "[1, [2], {}]")]
    [InlineData("{}", "{}")]
    [InlineData("""{"a":{"b":[true]}}""", "{\"a\": {\"b\": [true]}}")]
    [InlineData("""{"type":"User","id":"a"}""", "{\"id\": \"a\", \"type\": \"User\"}")]
    [InlineData("""{"fn":"ip","arg":"::1"}""", "{\"arg\": \"::1\", \"fn\": \"ip\"}")]
    [InlineData("""{"__entity":{"type":"User","id":"a"}}""", "User::\"a\"")]
    [InlineData("""{"__extn":{"fn":"ip","arg":"10.0.0.0/8"}}""", "ip(\"10.0.0.0/8\")")]
    [InlineData("""{"__extn":{"fn":"decimal","arg":"1.50"}}""", "decimal(\"1.5\")")]
    [InlineData("""{"__extn":{"fn":"duration","arg":"-1h"}}""", "duration(\"-3600000ms\")")]
    [InlineData("""{"__extn":{"fn":"datetime","arg":"2025-01-01"}}""", "datetime(\"2025-01-01T00:00:00.000Z\")")]
    [InlineData("""{"__extn":{"fn":"offset","args":[{"__extn":{"fn":"datetime","arg":"2025-01-01"}},{"__extn":{"fn":"duration","arg":"1d"}}]}}""", "datetime(\"2025-01-02T00:00:00.000Z\")")]
    [InlineData("""{"__extn":{"fn":"ip","args":["::1"]}}""", "ip(\"::1\")")]
    public void A_value_has_these_forms(string json, string value)
    {
        EntityStore store = EntitiesJson.Parse($$$"""[{"uid":{"type":"U","id":"u"},"attrs":{"v":{{{json}}}},"parents":[],"tags":{"t":{{{json}}}}}]""");

        Entity entity = store.Find(new EntityUid("U", "u"))!;
        Sorted(entity.Attributes.Find("v")!).ShouldBe(value);
        entity.Tags.Find("t").ShouldBe(entity.Attributes.Find("v"));
    }

    [Theory]
    [InlineData("", "This is not valid JSON: ")]
    [InlineData("null", "Entity 0 (counted from 0): Expected an array of entities.")]
    [InlineData("\"x\"", "Entity 0 (counted from 0): Expected an array of entities.")]
    [InlineData("[null]", "Entity 0 (counted from 0): An entity is an object.")]
    [InlineData("[[]]", "Entity 0 (counted from 0): An entity is an object.")]
    [InlineData("""[GOOD,{"uid":{"type":"U","id":"b"},"attrs":{}}]""", "Entity 1 (counted from 0): An entity needs the keys uid, attrs and parents.")]
    [InlineData("""[GOOD,{"uid":{"type":"U","id":"b"},"parents":[]}]""", "Entity 1 (counted from 0): An entity needs the keys uid, attrs and parents.")]
    [InlineData("""[GOOD,{"attrs":{},"parents":[]}]""", "Entity 1 (counted from 0): An entity needs the keys uid, attrs and parents.")]
    [InlineData("""[GOOD,GOOD,{"UID":{"type":"U","id":"b"},"attrs":{},"parents":[]}]""", "Entity 2 (counted from 0): The key `UID` is unknown or occurs twice; an entity has uid, attrs, parents and tags.")]
    [InlineData("""[{"uid":{"type":"U","id":"b"},"attrs":{},"parents":[],"uid":{"type":"U","id":"b"}}]""", "Entity 0 (counted from 0): The key `uid` is unknown or occurs twice; an entity has uid, attrs, parents and tags.")]
    [InlineData("""[{"uid":{"type":"U","id":"b"},"attrs":{},"parents":[],"parents":[]}]""", "Entity 0 (counted from 0): The key `parents` is unknown or occurs twice; an entity has uid, attrs, parents and tags.")]
    [InlineData("""[{"uid":{"type":"U","id":"b"},"attrs":{},"parents":[],"tags":{},"tags":{}}]""", "Entity 0 (counted from 0): The key `tags` is unknown or occurs twice; an entity has uid, attrs, parents and tags.")]
    [InlineData("""[{"uid":{"type":"U","id":"b"},"attrs":{},"parents":null}]""", "Entity 0 (counted from 0): The parents are an array of entity uids.")]
    [InlineData("""[{"uid":{"type":"U","id":"b"},"attrs":{},"parents":{"type":"U","id":"c"}}]""", "Entity 0 (counted from 0): The parents are an array of entity uids.")]
    [InlineData("""[{"uid":{"\ud800":"U","id":"b"},"attrs":{},"parents":[]}]""", "Entity 0 (counted from 0): A string is not valid Unicode.")]
    [InlineData("""[GOOD,{"uid":{"type":"U","id":"b"},"attrs":{},"parents":[{"type":"U","\ud800":"b"}]}]""", "Entity 1 (counted from 0): A string is not valid Unicode.")]
    [InlineData("""[GOOD,{"uid":{"t\u0079pe":"U","id":"b"},"attrs":{},"\ud800":[]}]""", "Entity 1 (counted from 0): A string is not valid Unicode.")]
    [InlineData("""[GOOD] 1""", "This is not valid JSON: ")]
    [InlineData("""[GOOD,]""", "This is not valid JSON: ")]
    [InlineData("""[GOOD""", "This is not valid JSON: ")]
    [InlineData("""// entities""", "This is not valid JSON: ")]
    public void What_is_no_list_of_entities_is_refused_with_the_number_of_the_entity(string json, string message)
    {
        EntityDataException refused = Should.Throw<EntityDataException>(() => EntitiesJson.Parse(json.Replace("GOOD", Good, StringComparison.Ordinal)));

        refused.Message.ShouldStartWith(message);
        refused.InnerException.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("\"\\ud800\"")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"\ud800":{"type":"U","id":"a"}}""")]
    [InlineData("""{"__entity":{"\ud800":"U","id":"a"}}""")]
    [InlineData("""{"__entity":{"type":"U","\udc00":"a"}}""")]
    [InlineData("""{"__entity":{"type":"U","id":"\ud800"}}""")]
    [InlineData("""{"__extn":{"\ud800":"ip","arg":"::1"}}""")]
    [InlineData("[1,null]")]
    [InlineData("""{"a":{"b":1,"b":2}}""")]
    [InlineData("""{"a":1,"\u0061":1}""")]
    [InlineData("""{"__entity":{"type":"U"}}""")]
    [InlineData("""{"__entity":{"type":"U","id":1}}""")]
    [InlineData("""{"__entity":{"type":"U U","id":"a"}}""")]
    [InlineData("""{"__entity":{"type":"","id":"a"}}""")]
    [InlineData("""{"__entity":{"type":"U","id":"a","x":1}}""")]
    [InlineData("""{"__entity":{"type":"U","id":"a"},"x":1}""")]
    [InlineData("""{"__entity":"U::\"a\""}""")]
    [InlineData("""{"__extn":{"fn":"ip","arg":"nowhere"}}""")]
    [InlineData("""{"__extn":{"fn":"nothing","arg":"x"}}""")]
    [InlineData("""{"__extn":{"fn":"ip"}}""")]
    [InlineData("""{"__extn":{"fn":"ip","arg":1}}""")]
    [InlineData("""{"__extn":{"fn":"ip","arg":"::1","args":["::1"]}}""")]
    [InlineData("""{"__extn":{"fn":"ip","args":[]}}""")]
    [InlineData("""{"__extn":{"fn":"ip","args":["::1","::2"]}}""")]
    [InlineData("""{"__extn":{"fn":"ip","arg":"::1"},"x":1}""")]
    [InlineData("""{"__expr":"ip(\"::1\")"}""")]
    public void What_is_no_value_is_refused_as_attribute_as_tag_and_deep_inside(string json)
    {
        string[] entities =
        [
            $$"""[{{Good}},{"uid":{"type":"U","id":"b"},"attrs":{"v":{{json}}},"parents":[]}]""",
            $$$"""[{{{Good}}},{"uid":{"type":"U","id":"b"},"attrs":{},"parents":[],"tags":{"v":{{{json}}}}}]""",
            $$"""[{{Good}},{"uid":{"type":"U","id":"b"},"attrs":{"v":[{"w":{{json}}}]},"parents":[]}]""",
        ];

        foreach (string text in entities)
        {
            Should.Throw<EntityDataException>(() => EntitiesJson.Parse(text)).Message.ShouldStartWith("Entity 1 (counted from 0): ");
        }
    }

    [Fact]
    public void The_order_of_the_keys_does_not_matter()
    {
        const string One = """[{"uid":{"type":"U","id":"a"},"attrs":{"x":1},"parents":[{"type":"U","id":"b"}],"tags":{"t":2}}]""";
        const string Other = """[{"tags":{"t":2},"parents":[{"type":"U","id":"b"}],"attrs":{"x":1},"uid":{"id":"a","type":"U"}}]""";

        EntitiesJson.Read(Encoding.UTF8.GetBytes(One))[0].IsSameAs(EntitiesJson.Read(Encoding.UTF8.GetBytes(Other))[0]).ShouldBeTrue();
    }

    [Fact]
    public void An_entity_twice_in_the_array_counts_once_when_it_says_the_same_and_else_is_refused()
    {
        EntitiesJson.Parse($"[{Good},{Good}]").Count.ShouldBe(1);
        EntitiesJson.Read(Encoding.UTF8.GetBytes($"[{Good},{Good}]")).Count.ShouldBe(2);
        Should.Throw<EntityDataException>(() => EntitiesJson.Parse($$"""[{{Good}},{"uid":{"type":"U","id":"a"},"attrs":{"x":2},"parents":[]}]"""))
            .Message.ShouldBe("The entity U::\"a\" is given twice with different content.");
        Should.Throw<EntityDataException>(() => EntitiesJson.Parse($$"""[{{Good}},{"uid":{"type":"U","id":"a"},"attrs":{"x":1},"parents":[{"type":"U","id":"b"}]}]"""));
        Should.Throw<EntityDataException>(() => EntitiesJson.Parse($$$"""[{{{Good}}},{"uid":{"type":"U","id":"a"},"attrs":{"x":1},"parents":[],"tags":{"t":1}}]"""));
    }

    [Fact]
    public void An_entity_is_written_with_escapes_and_without_empty_tags()
    {
        var entity = new Entity(
            new EntityUid("N::U", "a\""),
            RecordValue.Of(("boss", new EntityUid("N::U", "b")), ("ip", ExtensionFunction.Find("ip")!.Call([Value.Of("10.0.0.1")])), ("in", new SetValue(Value.Of(1)))),
            [new EntityUid("T", "t")]);

        Write(entity).ShouldBe(
            """{"uid":{"type":"N::U","id":"a\u0022"},"attrs":{"boss":{"__entity":{"type":"N::U","id":"b"}},"ip":{"__extn":{"fn":"ip","arg":"10.0.0.1"}},"in":[1]},"parents":[{"type":"T","id":"t"}]}""");
        Write(new Entity(new EntityUid("U", "a"), tags: RecordValue.Of(("t", Value.Of(true))))).ShouldBe(
            """{"uid":{"type":"U","id":"a"},"attrs":{},"parents":[],"tags":{"t":true}}""");
    }

    private const string Good = """{"uid":{"type":"U","id":"a"},"attrs":{"x":1},"parents":[]}""";

    private static string Write(Entity entity)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            EntitiesJson.Write(writer, entity);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    // A record keeps the order it was written in, which is not part of its value.
    private static string Sorted(Value value) => value is RecordValue record
        ? $"{{{string.Join(", ", Enumerable.Range(0, record.Count).OrderBy(i => record.Names[i], StringComparer.Ordinal).Select(i => $"{Value.Of(record.Names[i])}: {Sorted(record.Values[i])}"))}}}"
        : value.ToString()!;
}
