using AccessGov.Cedar.Tests.Validation;

namespace AccessGov.Cedar.Tests.Entities;

/// <summary>Stores, overlays, slices, schemas and validators are snapshots: nobody changes them, and many threads ask them at once.</summary>
public sealed class SharedStoreTests
{
    private const int Threads = 8;

    [Fact]
    public void What_was_given_to_an_entity_may_change_afterwards_without_changing_it()
    {
        var parents = new List<EntityUid> { Uid("p") };
        var attributes = new List<KeyValuePair<string, Value>> { KeyValuePair.Create("x", (Value)Value.Of(1)) };
        var entity = new Entity(Uid("a"), new RecordValue(attributes), parents);

        parents.Add(Uid("q"));
        attributes.Clear();

        entity.Parents.ShouldBe([Uid("p")]);
        entity.Attributes.Find("x").ShouldBe(Value.Of(1));
    }

    [Fact]
    public void What_was_given_to_a_store_may_change_afterwards_without_changing_it()
    {
        var entities = new List<Entity> { new(Uid("a"), null, [Uid("b")]), new(Uid("b"), null, [Uid("c")]) };
        var store = EntityStore.Create(entities);
        Entity[] over = [new(Uid("c"), null, [Uid("d")])];
        var overlay = new EntityOverlay(store, over);

        entities.Clear();
        over[0] = new Entity(Uid("c"), null, [Uid("e")]);

        store.Count.ShouldBe(2);
        store.Entities.Select(entity => entity.Uid).ShouldBe([Uid("a"), Uid("b")], ignoreOrder: true);
        store.AncestorsOf(Uid("a")).ShouldBe([Uid("b"), Uid("c")], ignoreOrder: true);
        overlay.AncestorsOf(Uid("a")).ShouldBe([Uid("b"), Uid("c"), Uid("d")], ignoreOrder: true);
        overlay.Find(Uid("c"))!.Parents.ShouldBe([Uid("d")]);
    }

    [Fact]
    public void An_overlay_and_a_slice_leave_the_store_below_as_it_was()
    {
        var store = EntityStore.Create([new Entity(Uid("a"), RecordValue.Of(("n", Uid("b"))), [Uid("b")]), new Entity(Uid("b"), null, [Uid("c")])]);
        Entity before = store.Find(Uid("a"))!;

        var overlay = new EntityOverlay(store, new Entity(Uid("a")), new Entity(Uid("z")));
        EntityStore slice = EntitySlice.AtLevel(store, new Request(Uid("a"), Uid("action"), Uid("r"), RecordValue.Empty), 1);

        overlay.Find(Uid("a")).ShouldNotBeSameAs(before);
        slice.Find(Uid("a"))!.Parents.Count.ShouldBe(2);
        store.Find(Uid("a")).ShouldBeSameAs(before);
        before.Parents.ShouldBe([Uid("b")]);
        store.Find(Uid("z")).ShouldBeNull();
        store.IsDescendant(Uid("a"), Uid("c")).ShouldBeTrue();
    }

    [Fact]
    public void The_first_of_two_overlaid_entities_with_one_uid_counts()
    {
        var overlay = new EntityOverlay(EntityStore.Empty, new Entity(Uid("a"), null, [Uid("x")]), new Entity(Uid("a"), null, [Uid("y")]));

        overlay.Find(Uid("a"))!.Parents.ShouldBe([Uid("x")]);
        overlay.AncestorsOf(Uid("a")).ShouldBe([Uid("x")]);
        overlay.IsDescendant(Uid("a"), Uid("y")).ShouldBeFalse();
    }

    [Fact]
    public void An_overlay_lies_over_an_overlay()
    {
        var store = EntityStore.Create([new Entity(Uid("a"), null, [Uid("b")]), new Entity(Uid("b"), null, [Uid("c")])]);
        var lower = new EntityOverlay(store, new Entity(Uid("b"), null, [Uid("d")]));
        var upper = new EntityOverlay(lower, new Entity(Uid("d"), null, [Uid("e")]));

        upper.AncestorsOf(Uid("a")).ShouldBe([Uid("b"), Uid("d"), Uid("e")], ignoreOrder: true);
        upper.IsDescendant(Uid("a"), Uid("c")).ShouldBeFalse();
        lower.IsDescendant(Uid("a"), Uid("e")).ShouldBeFalse();
        Should.Throw<EntityDataException>(() => new EntityOverlay(lower, new Entity(Uid("d"), null, [Uid("a")]))).Message
            .ShouldBe("The hierarchy has a cycle: N::\"d\" is its own ancestor.");
    }

    [Fact]
    public void Two_entities_are_the_same_when_every_part_is_whatever_the_order()
    {
        Entity Make(string id = "a", long x = 1, string parent = "p", long tag = 1) => new(
            Uid(id), RecordValue.Of(("x", Value.Of(x)), ("y", new SetValue(Value.Of(1), Value.Of(2)))), [Uid("q"), Uid(parent)], RecordValue.Of(("t", Value.Of(tag))));
        var turned = new Entity(
            Uid("a"), RecordValue.Of(("y", new SetValue(Value.Of(2), Value.Of(1), Value.Of(2))), ("x", Value.Of(1))), [Uid("p"), Uid("q"), Uid("p")],
            RecordValue.Of(("t", Value.Of(1))));

        Make().IsSameAs(turned).ShouldBeTrue();
        turned.IsSameAs(Make()).ShouldBeTrue();
        turned.Parents.Count.ShouldBe(2);
        Entity[] others = [Make(id: "b"), Make(x: 2), Make(parent: "r"), Make(tag: 2), new Entity(Uid("a"))];
        others.Where(other => Make().IsSameAs(other) || other.IsSameAs(Make())).ShouldBeEmpty();
        turned.ToString().ShouldBe("N::\"a\"");
    }

    [Fact]
    public void However_many_parents_an_entity_is_given_each_is_one()
    {
        foreach (int count in (int[])[0, 1, 2, 16, 17, 40])
        {
            EntityUid[] parents = [.. Enumerable.Range(0, count).Select(i => Uid($"{i}"))];
            var entity = new Entity(Uid("a"), null, [.. parents, .. parents.Reverse()]);

            entity.Parents.ShouldBe(parents);
        }
    }

    [Fact]
    public void Many_threads_ask_one_store_one_schema_and_one_validator_and_get_the_answers_of_one_thread()
    {
        var world = new TypedWorld(7);
        var policies = new TypedPolicies(world, 7, mistakes: true);
        PolicySet set = PolicySet.Parse(string.Join('\n', Enumerable.Range(0, 30).Select(_ => policies.Next())));
        CompiledPolicySet compiled = set.Compile();
        var validator = new Validator(world.Schema);
        Request[] requests = [.. Enumerable.Range(0, 40).Select(_ => world.Request())];
        string Ask() => string.Join('\n', requests.Select(request =>
        {
            EntityStore slice = EntitySlice.AtLevel(world.Store, request, 2);
            Response response = compiled.Evaluate(request, new EntityOverlay(world.Store, new Entity(new EntityUid("Extra", "e"))));
            return $"{response.Decision} {response.Errors.Count} {slice.Count} {world.Schema.Check(request).Count} {world.Store.AncestorsOf(request.Principal).Count}";
        })) + string.Join('\n', validator.Validate(set, level: 1).Errors);
        string alone = Ask();

        var answers = new string[Threads];
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, i => answers[i] = Ask());

        answers.ShouldAllBe(answer => answer == alone);
    }

    [Fact]
    public void The_empty_store_knows_nobody()
    {
        EntityStore.Empty.Count.ShouldBe(0);
        EntityStore.Empty.Find(Uid("a")).ShouldBeNull();
        EntityStore.Empty.IsDescendant(Uid("a"), Uid("a")).ShouldBeFalse();
        EntityStore.Empty.AncestorsOf(Uid("a")).ShouldBeEmpty();
        EntitySlice.AtLevel(EntityStore.Empty, new Request(Uid("a"), Uid("b"), Uid("c"), RecordValue.Of(("x", Uid("d")))), 3).Count.ShouldBe(0);
    }

    private static EntityUid Uid(string id) => new("N", id);
}
