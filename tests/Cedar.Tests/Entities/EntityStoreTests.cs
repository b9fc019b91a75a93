using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar.Tests.Entities;

public sealed class EntityStoreTests
{
    [Fact]
    public void Ancestors_are_the_transitive_closure_and_may_be_unknown_as_entities()
    {
        var store = EntityStore.Create([Node("a", "b", "c"), Node("b", "d"), Node("c", "d"), Node("d", "ghost")]);

        store.AncestorsOf(Uid("a")).ShouldBe([Uid("b"), Uid("c"), Uid("d"), Uid("ghost")], ignoreOrder: true);
        store.IsDescendant(Uid("a"), Uid("ghost")).ShouldBeTrue();
        store.IsDescendant(Uid("d"), Uid("a")).ShouldBeFalse();
        store.IsDescendant(Uid("a"), Uid("a")).ShouldBeFalse();
        store.AncestorsOf(Uid("ghost")).ShouldBeEmpty();
        store.Find(Uid("ghost")).ShouldBeNull();
    }

    [Fact]
    public void Many_ancestors_are_found_as_well_as_few()
    {
        string[] groups = [.. Enumerable.Range(0, 100).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        var store = EntityStore.Create([Node("a", groups)]);

        groups.ShouldAllBe(group => store.IsDescendant(Uid("a"), Uid(group)));
        store.IsDescendant(Uid("a"), Uid("100")).ShouldBeFalse();
    }

    [Fact]
    public void A_cycle_is_refused()
    {
        Should.Throw<EntityDataException>(() => EntityStore.Create([Node("a", "a")])).Message.ShouldContain("cycle");
        Should.Throw<EntityDataException>(() => EntityStore.Create([Node("a", "b"), Node("b", "c"), Node("c", "a")]));
    }

    [Fact]
    public void A_hierarchy_of_100000_levels_is_an_error_and_not_a_crash()
    {
        IEnumerable<Entity> chain = Enumerable.Range(0, 100_000)
            .Select(i => Node(i.ToString(CultureInfo.InvariantCulture), (i + 1).ToString(CultureInfo.InvariantCulture)));

        Should.Throw<EntityDataException>(() => EntityStore.Create(chain)).Message.ShouldContain("deeper than 1000");
    }

    [Fact]
    public void An_entity_given_twice_must_be_the_same()
    {
        var entity = new Entity(Uid("a"), RecordValue.Of(("x", Value.Of(1)), ("y", Value.Of(2))), [Uid("b"), Uid("c")]);
        var same = new Entity(Uid("a"), RecordValue.Of(("y", Value.Of(2)), ("x", Value.Of(1))), [Uid("c"), Uid("b")]);
        var other = new Entity(Uid("a"), tags: RecordValue.Of(("x", Value.Of(1))));

        EntityStore.Create([entity, same]).Count.ShouldBe(1);
        Should.Throw<EntityDataException>(() => EntityStore.Create([entity, other])).Message.ShouldContain("N::\"a\" is given twice");
    }

    [Fact]
    public void An_overlay_adds_and_replaces_entities_with_their_parents()
    {
        var store = EntityStore.Create([Node("alice", "staff"), Node("staff", "all"), Node("bob", "staff"), Node("doctors", "medical")]);
        var overlay = new EntityOverlay(store, new Entity(Uid("alice"), RecordValue.Of(("n", Value.Of(1))), [Uid("doctors")]), Node("staff", "crew"));

        overlay.Find(Uid("alice"))!.Attributes.Count.ShouldBe(1);
        overlay.Find(Uid("bob")).ShouldBeSameAs(store.Find(Uid("bob")));
        overlay.IsDescendant(Uid("alice"), Uid("medical")).ShouldBeTrue();
        overlay.IsDescendant(Uid("alice"), Uid("staff")).ShouldBeFalse();
        overlay.IsDescendant(Uid("bob"), Uid("crew")).ShouldBeTrue();
        overlay.IsDescendant(Uid("bob"), Uid("all")).ShouldBeFalse();
        overlay.IsDescendant(Uid("doctors"), Uid("medical")).ShouldBeTrue();
        overlay.AncestorsOf(Uid("bob")).ShouldBe([Uid("staff"), Uid("crew")], ignoreOrder: true);
        Should.Throw<EntityDataException>(() => new EntityOverlay(store, Node("all", "alice")));
    }

    [Fact]
    public void Entities_survive_JSON()
    {
        Entity[] entities =
        [
            new(Uid("a"), RecordValue.Of(("ip", IpAddressValue.FromBytes([10, 0, 0, 0], 8))), [Uid("b")], RecordValue.Of(("t", Uid("b")))),
            new(new EntityUid("A::B", "\"\n😀")),
        ];
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            EntitiesJson.Write(writer, entities);
        }

        IReadOnlyList<Entity> back = EntitiesJson.Read(buffer.ToArray());

        back.Count.ShouldBe(2);
        back.Zip(entities).ShouldAllBe(pair => pair.First.IsSameAs(pair.Second));
    }

    [Fact]
    public void Uids_may_carry_the_escape() => EntitiesJson.Parse(
            """
            [{"uid": {"__entity": {"type": "N", "id": "a"}}, "attrs": {}, "parents": [{"__entity": {"type": "N", "id": "b"}}, {"type": "N", "id": "c"}]}]
            """)
        .AncestorsOf(Uid("a")).ShouldBe([Uid("b"), Uid("c")], ignoreOrder: true);

    [Theory]
    [InlineData("{}", "array of entities")]
    [InlineData("[1]", "An entity is an object")]
    [InlineData("[{}]", "needs the keys")]
    [InlineData("[{\"uid\":{\"type\":\"N\",\"id\":\"a\"},\"attrs\":{}}]", "needs the keys")]
    [InlineData("[{\"uid\":{\"type\":\"N\",\"id\":\"a\"},\"attrs\":{},\"parents\":[],\"x\":1}]", "`x` is unknown")]
    [InlineData("[{\"uid\":{\"type\":\"N\",\"id\":\"a\"},\"attrs\":{},\"attrs\":{},\"parents\":[]}]", "`attrs` is unknown or occurs twice")]
    [InlineData("[{\"uid\":{\"type\":\"N\",\"id\":\"a\"},\"attrs\":{\"a\":1,\"a\":1},\"parents\":[]}]", "`a` occurs twice")]
    [InlineData("[{\"uid\":{\"type\":\"N\",\"id\":\"a\"},\"attrs\":{\"a\":null},\"parents\":[]}]", "no null")]
    [InlineData("[{\"uid\":{\"type\":\"N N\",\"id\":\"a\"},\"attrs\":{},\"parents\":[]}]", "not an entity type")]
    [InlineData("[{\"uid\":\"N::a\",\"attrs\":{},\"parents\":[]}]", "entity uid")]
    [InlineData("[{\"uid\":{\"type\":\"N\",\"id\":\"a\"},\"attrs\":[],\"parents\":[]}]", "Expected a record")]
    [InlineData("[{\"uid\":{\"type\":\"N\",\"id\":\"a\"},\"attrs\":{},\"parents\":{}}]", "array of entity uids")]
    [InlineData("[{\"uid\":{\"type\":\"N\",\"id\":\"a\"},\"attrs\":{},\"parents\":[1]}]", "entity uid")]
    [InlineData("[", "not valid JSON")]
    [InlineData("[] []", "not valid JSON")]
    public void What_is_no_entity_is_refused_with_a_reason(string json, string complaint) =>
        Should.Throw<EntityDataException>(() => EntitiesJson.Parse(Encoding.UTF8.GetBytes(json))).Message.ShouldContain(complaint);

    private static EntityUid Uid(string id) => new("N", id);

    private static Entity Node(string id, params string[] parents) => new(Uid(id), null, parents.Select(Uid));
}
