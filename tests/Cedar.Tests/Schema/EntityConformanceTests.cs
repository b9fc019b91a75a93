using System.Text;

namespace AccessGov.Cedar.Tests.Schemas;

public sealed class EntityConformanceTests
{
    private static readonly Schema Schema = Schema.Parse(
        """
        type Address = { street: String, zip?: Long };
        entity Org;
        entity Colour enum ["red", "blue"];
        entity Plain;
        entity Team in [Org, Colour];
        entity User in [Team] {
          name: String,
          age?: Long,
          admin?: Bool,
          address?: Address,
          boss?: User,
          colours?: Set<Colour>,
          ip?: ipaddr,
          hours?: Set<{ from: duration, to?: duration }>,
          rate?: decimal,
          since?: datetime,
          last?: Action,
          "odd name"?: Long,
        } tags Set<User>;
        action all; action read in [all]; action view in [read];
        """);

    [Theory]
    [InlineData("""{"uid":{"type":"Plain","id":"p"},"attrs":{},"parents":[]}""")]
    [InlineData("""{"uid":{"__entity":{"type":"Plain","id":"p"}},"attrs":{},"parents":[],"tags":{}}""")]
    [InlineData("""{"uid":{"type":"Colour","id":"red"},"attrs":{},"parents":[]}""")]
    [InlineData("""{"uid":{"type":"Team","id":"t"},"attrs":{},"parents":[{"type":"Org","id":"o"},{"type":"Colour","id":"red"}]}""")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u"},"parents":[{"type":"Team","id":"t"},{"type":"Org","id":"o"}]}""")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","age":1,"admin":true,"odd name":2,"address":{"street":"s","zip":1}},"parents":[]}""")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","colours":[]},"parents":[],"tags":{"a":[],"b":[{"type":"User","id":"v"},{"__entity":{"type":"User","id":"w"}}]}}""")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","last":{"type":"Action","id":"read"}},"parents":[]}""")]
    [InlineData("""{"uid":{"type":"Action","id":"all"},"attrs":{},"parents":[]}""")]
    [InlineData("""{"uid":{"type":"Action","id":"view"},"attrs":{},"parents":[{"type":"Action","id":"read"}]}""")]
    [InlineData("""{"uid":{"type":"Action","id":"view"},"attrs":{},"parents":[{"type":"Action","id":"read"},{"type":"Action","id":"all"}]}""")]
    public void An_entity_as_the_schema_declares_it_is_read(string entity)
    {
        EntityStore store = Read(entity);

        foreach (Entity read in store.Entities)
        {
            Schema.Check(read).ShouldBeEmpty();
        }

        store.IsDescendant(new EntityUid("Action", "view"), new EntityUid("Action", "all")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"uid":{"type":"user","id":"u"},"attrs":{},"parents":[]}""", "uid", "`user` is not an entity type of the schema; is `User` meant?")]
    [InlineData("""{"uid":{"type":"N::User","id":"u"},"attrs":{"x":[{"y":1}]},"parents":[]}""", "uid", "`N::User` is not an entity type of the schema.")]
    [InlineData("""{"uid":{"type":"Colour","id":"green"},"attrs":{},"parents":[]}""", "uid", "There is no Colour::\"green\": the ids of `Colour` are \"blue\", \"red\".")]
    [InlineData("""{"uid":{"type":"Colour","id":"red"},"attrs":{"a":1},"parents":[]}""", "attrs.a", "This is not declared; expected no attributes.")]
    [InlineData("""{"uid":{"type":"Colour","id":"red"},"attrs":{},"parents":[{"type":"Org","id":"o"}]}""", "parents", "A `Colour` has no parents, so not Org::\"o\".")]
    [InlineData("""{"uid":{"type":"Colour","id":"red"},"attrs":{},"parents":[],"tags":{"a":1}}""", "tags", "A `Colour` has no tags.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{},"parents":[]}""", "attrs.name", "This is required and missing; expected String.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":1},"parents":[]}""", "attrs.name", "Expected String, found long.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","age":"1"},"parents":[]}""", "attrs.age", "Expected Long, found string.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","admin":0},"parents":[]}""", "attrs.admin", "Expected Bool, found long.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","Age":1},"parents":[]}""", "attrs.Age", "This is not declared; expected address, admin, age, boss, colours, hours, ip, last, name, odd name, ...")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","odd name":"x"},"parents":[]}""", "attrs[\"odd name\"]", "Expected Long, found string.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","address":{}},"parents":[]}""", "attrs.address.street", "This is required and missing; expected String.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","address":{"street":"s","town":"t"}},"parents":[]}""", "attrs.address.town", "This is not declared; expected street, zip.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","address":"s"},"parents":[]}""", "attrs.address", "Expected a record, found string.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","address":{"__entity":{"type":"User","id":"u"}}},"parents":[]}""", "attrs.address", "Expected a record, found (entity of type `User`).")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","boss":"v"},"parents":[]}""", "attrs.boss", "Expected User, found string.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","boss":{"type":"Team","id":"v"}},"parents":[]}""", "attrs.boss", "Expected User, found (entity of type `Team`).")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","boss":{"type":"User"}},"parents":[]}""", "attrs.boss", "exactly `type` and `id`")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","colours":{"type":"Colour","id":"red"}},"parents":[]}""", "attrs.colours", "Expected Set<Colour>, found record.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","colours":[{"type":"Colour","id":"red"},{"type":"Colour","id":"grey"}]},"parents":[]}""", "attrs.colours[]", "There is no Colour::\"grey\"")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","ip":"10.0.0"},"parents":[]}""", "attrs.ip", "Expected ipaddr: \"10.0.0\" is not an IP address")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","ip":1},"parents":[]}""", "attrs.ip", "Expected ipaddr, found long.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","ip":{"__extn":{"fn":"decimal","arg":"1.0"}}},"parents":[]}""", "attrs.ip", "Expected ipaddr, found decimal.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","hours":[{"from":"1h"},{"from":"noon"}]},"parents":[]}""", "attrs.hours[].from", "Expected duration: \"noon\"")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u","last":{"type":"Action","id":"write"}},"parents":[]}""", "attrs.last", "Action::\"write\" is not an action of the schema.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":null},"parents":[]}""", "attrs.name", "Cedar knows no null")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u"},"parents":[{"type":"User","id":"v"}]}""", "parents", "User::\"v\" cannot be a parent of a `User`; expected Colour, Org, Team.")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u"},"parents":[{"type":"Colour","id":"grey"}]}""", "parents", "There is no Colour::\"grey\"")]
    [InlineData("""{"uid":{"type":"User","id":"u"},"attrs":{"name":"u"},"parents":[],"tags":{"k":[1]}}""", "tags[\"k\"][]", "Expected User, found long.")]
    [InlineData("""{"uid":{"type":"Action","id":"write"},"attrs":{},"parents":[]}""", "uid", "not an action of the schema")]
    [InlineData("""{"uid":{"type":"Action","id":"view"},"attrs":{},"parents":[]}""", "uid", "puts it into Action::\"read\", Action::\"all\".")]
    [InlineData("""{"uid":{"type":"Action","id":"all"},"attrs":{},"parents":[{"type":"Action","id":"read"}]}""", "uid", "puts it into no group.")]
    [InlineData("""{"uid":{"type":"Action","id":"read"},"attrs":{},"parents":[{"type":"Team","id":"all"}]}""", "uid", "The action differs from the schema")]
    [InlineData("""{"uid":{"type":"Action","id":"all"},"attrs":{"a":1},"parents":[]}""", "uid", "The action differs from the schema")]
    [InlineData("""{"uid":{"type":"Action","id":"all"},"attrs":{},"parents":[],"tags":{"a":1}}""", "uid", "The action differs from the schema")]
    public void What_the_schema_does_not_declare_is_refused_with_entity_path_and_what_would_be_right(string entity, string path, string complaint)
    {
        ConformanceError error = Should.Throw<ConformanceException>(() => Read(entity)).Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe(path);
        error.Message.ShouldContain(complaint);
        error.Entity.ShouldNotBeNull();
        error.ToString().ShouldStartWith($"{error.Entity} {path}: ");
    }

    [Fact]
    public void Where_the_type_is_known_escapes_may_be_left_out()
    {
        Entity user = Read(
            """
            {"uid":{"type":"User","id":"u"},"parents":[],"attrs":{"name":"10.0.0.1","boss":{"type":"User","id":"b"},"colours":[{"type":"Colour","id":"red"}],
             "ip":"10.0.0.1","hours":[{"from":"1h","to":{"__extn":{"fn":"duration","arg":"2h"}}}],"rate":{"fn":"decimal","arg":"0.5"},
             "since":{"__extn":{"fn":"offset","args":[{"__extn":{"fn":"datetime","arg":"2025-01-01"}},{"__extn":{"fn":"duration","arg":"1d"}}]}}}}
            """).Find(new EntityUid("User", "u"))!;

        Value Attribute(string name) => user.Attributes.Find(name)!;
        Attribute("name").ShouldBe(Value.Of("10.0.0.1"));
        Attribute("boss").ShouldBe(new EntityUid("User", "b"));
        Attribute("colours").ShouldBe(new SetValue([new EntityUid("Colour", "red")]));
        Attribute("ip").ToString().ShouldBe("ip(\"10.0.0.1\")");
        Attribute("hours").ToString().ShouldBe("[{\"from\": duration(\"3600000ms\"), \"to\": duration(\"7200000ms\")}]");
        Attribute("rate").ToString().ShouldBe("decimal(\"0.5\")");
        ((DatetimeValue)Attribute("since")).ShouldBe(Read("""{"uid":{"type":"User","id":"w"},"parents":[],"attrs":{"name":"w","since":"2025-01-02"}}""").Find(new EntityUid("User", "w"))!.Attributes.Find("since"));
    }

    [Fact]
    public void Without_a_schema_the_same_JSON_is_read_as_it_stands() => EntitiesJson
        .Parse("""[{"uid":{"type":"User","id":"u"},"parents":[],"attrs":{"ip":"10.0.0.1","boss":{"type":"User","id":"b"}}}]""")
        .Find(new EntityUid("User", "u"))!.Attributes
        .ShouldBe(RecordValue.Of(("ip", Value.Of("10.0.0.1")), ("boss", RecordValue.Of(("type", Value.Of("User")), ("id", Value.Of("b"))))));

    [Fact]
    public void All_errors_of_all_entities_are_listed_up_to_a_hundred()
    {
        const string Bad = """{"uid":{"type":"User","id":"u"},"attrs":{"name":1,"age":"x","address":{"zip":true}},"parents":[{"type":"Plain","id":"p"}],"tags":{"t":1}}""";
        const string Unreadable = """{"uid":{"type":"User","id":"v"},"attrs":{"ip":"x","since":"y"},"parents":[]}""";

        Should.Throw<ConformanceException>(() => Read($"{Bad},{Unreadable}")).Errors.Select(error => error.Path)
            .ShouldBe(["attrs.name", "attrs.age", "attrs.address.street", "attrs.address.zip", "parents", "tags[\"t\"]", "attrs.ip", "attrs.since"]);
        Should.Throw<ConformanceException>(() => Read(string.Join(',', Enumerable.Repeat(Bad, 50)))).Errors.Count.ShouldBe(ConformanceException.ErrorsMax);
    }

    [Fact]
    public void The_actions_come_from_the_schema_and_only_from_there()
    {
        EntityStore store = Read("""{"uid":{"type":"Action","id":"view"},"attrs":{},"parents":[{"type":"Action","id":"all"},{"type":"Action","id":"read"}]}""");

        store.Count.ShouldBe(3);
        store.Find(new EntityUid("Action", "view"))!.Parents.ShouldBe([new EntityUid("Action", "read")]);
    }

    [Theory]
    [InlineData("{}", "Expected an array of entities")]
    [InlineData("[1]", "Entity 0 (counted from 0): An entity is an object")]
    [InlineData("[{}]", "needs the keys uid, attrs and parents")]
    [InlineData("""[{"uid":{"type":"Plain","id":"p"},"attrs":{},"parents":[]},{"uid":{"type":"Plain","id":"p"},"attrs":{},"parents":{}}]""", "Entity 1 (counted from 0): The parents are an array")]
    [InlineData("""[{"uid":{"type":"Plain","id":"p"},"attrs":[],"parents":[]}]""", "`attrs` is an object")]
    [InlineData("""[{"uid":{"type":"Plain","id":"p"},"attrs":{},"parents":[1]}]""", "Expected an entity uid")]
    [InlineData("""[{"uid":{"type":"Plain","id":"p"},"attrs":{},"attrs":{},"parents":[]}]""", "`attrs` is unknown or occurs twice")]
    [InlineData("""[{"uid":{"type":"Plain","id":"p"},"attrs":{"a":1,"a":1},"parents":[]}]""", "`a` occurs twice")]
    [InlineData("""[{"uid":{"type":"Plain","id":"p"},"attrs":{"\ud800":1},"parents":[]}]""", "not valid Unicode")]
    [InlineData("""[{"uid":{"type":"Plain","id":"p"},"attrs":{},"\ud800":[],"parents":[]}]""", "not valid Unicode")]
    [InlineData("""[{"uid":{"type":"Plain","\ud800":"p"},"attrs":{},"parents":[]}]""", "not valid Unicode")]
    [InlineData("""[{"uid":{"type":"Plain","id":"\ud800"},"attrs":{},"parents":[]}]""", "not valid Unicode")]
    [InlineData("""[{"uid":{"type":"Plain","id":"p"},"attrs":{},"parents":[{"__entity":{"type":"\udfff","id":"p"}}]}]""", "not valid Unicode")]
    [InlineData("""[{"uid":{"type":"Plain","id":"p"},"attrs":{},"parents":[],"tags":{"\ud800":1}}]""", "not valid Unicode")]
    [InlineData("[", "not valid JSON")]
    [InlineData("[] []", "not valid JSON")]
    public void What_is_no_entity_at_all_is_refused_as_without_a_schema(string json, string complaint) =>
        Should.Throw<EntityDataException>(() => EntitiesJson.Parse(Encoding.UTF8.GetBytes(json), Schema)).Message.ShouldContain(complaint);

    [Theory]
    [InlineData("""{"address":{"street":"s","street":"t"},"name":"u"}""", "attrs.address", "`street` occurs twice")]
    [InlineData("""{"ip":{"fn":"ip","arg":"10.0.0.1","x":1},"name":"u"}""", "attrs.ip", "`__extn` holds an object with exactly")]
    [InlineData("""{"ip":{"__expr":"ip(\"10.0.0.1\")"},"name":"u"}""", "attrs.ip", "`__expr` is not supported")]
    [InlineData("""{"name":"\ud800"}""", "attrs.name", "not valid Unicode")]
    [InlineData("""{"name":"u","address":{"\ud800":1}}""", "attrs.address", "not valid Unicode")]
    [InlineData("""{"name":"u","address":{"street":"\ud800"}}""", "attrs.address.street", "not valid Unicode")]
    [InlineData("""{"name":"u","hours":[{"from":"1h","\ud800":{}}]}""", "attrs.hours[]", "not valid Unicode")]
    [InlineData("""{"name":"u","hours":[{"from":"\udc00"}]}""", "attrs.hours[].from", "not valid Unicode")]
    [InlineData("""{"name":"u","ip":{"\ud800":"10.0.0.1"}}""", "attrs.ip", "not valid Unicode")]
    [InlineData("""{"name":"u","ip":{"fn":"ip","\ud800":"10.0.0.1"}}""", "attrs.ip", "not valid Unicode")]
    [InlineData("""{"name":"u","ip":{"fn":"\ud800","arg":"10.0.0.1"}}""", "attrs.ip", "not valid Unicode")]
    [InlineData("""{"name":"u","boss":{"type":"\ud800","id":"b"}}""", "attrs.boss", "not valid Unicode")]
    [InlineData("""{"name":"u","boss":{"\ud800":"User","id":"b"}}""", "attrs.boss", "not valid Unicode")]
    [InlineData("""{"name":"u","boss":{"__entity":{"type":"User","id":"\ud800"}}}""", "attrs.boss", "not valid Unicode")]
    [InlineData("""{"name":"u","unknown":{"a":[{"\ud800":1}]}}""", "attrs.unknown", "not valid Unicode")]
    [InlineData("""{"age":1.5,"name":"u"}""", "attrs.age", "no numbers but 64-bit integers")]
    public void What_is_no_value_is_refused_with_its_path(string attributes, string path, string complaint)
    {
        ConformanceError error = Should.Throw<ConformanceException>(
            () => Read($$"""{"uid":{"type":"User","id":"u"},"parents":[],"attrs":{{attributes}}}""")).Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe(path);
        error.Message.ShouldContain(complaint);
    }

    [Fact]
    public void A_hundred_thousand_wrong_members_are_answered_soon()
    {
        string members = string.Join(',', Enumerable.Range(0, 100_000).Select(i => $$"""{"type":"Colour","id":"{{i}}"}"""));

        Should.Throw<ConformanceException>(() => Read($$$"""{"uid":{"type":"User","id":"u"},"parents":[],"attrs":{"name":"u","colours":[{{{members}}}]}}"""))
            .Errors.Count.ShouldBe(ConformanceException.ErrorsMax);
    }

    private static EntityStore Read(string entities) => EntitiesJson.Parse(Encoding.UTF8.GetBytes($"[{entities}]"), Schema);
}
