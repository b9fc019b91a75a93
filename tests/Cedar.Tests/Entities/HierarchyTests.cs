namespace AccessGov.Cedar.Tests.Entities;

/// <summary>The transitive closure against the plain definition of it, on random hierarchies; and the stores and overlays that have it.</summary>
public sealed class HierarchyTests
{
    private const int Rounds = 400;

    [Fact]
    public void Ancestors_are_what_one_reaches_by_parents_however_many_there_are()
    {
        for (int seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            Entity[] entities = Acyclic(random, count: 1 + random.Next(40), oneIn: 1 + random.Next(8));
            Dictionary<EntityUid, HashSet<EntityUid>> expected = Closure(entities);
            random.Shuffle(entities);

            var store = EntityStore.Create(entities);

            foreach (EntityUid uid in Everybody(entities))
            {
                HashSet<EntityUid> ancestors = expected.GetValueOrDefault(uid, []);
                IReadOnlyList<EntityUid> found = store.AncestorsOf(uid);
                found.ToHashSet().SetEquals(ancestors).ShouldBeTrue($"seed {seed}: {uid}");
                found.Count.ShouldBe(ancestors.Count, $"seed {seed}: {uid} has an ancestor twice");
                foreach (EntityUid other in Everybody(entities))
                {
                    store.IsDescendant(uid, other).ShouldBe(ancestors.Contains(other), $"seed {seed}: {uid} in {other}");
                }
            }
        }
    }

    [Fact]
    public void A_hierarchy_is_refused_exactly_when_somebody_would_be_their_own_ancestor()
    {
        int refused = 0;
        for (int seed = 0; seed < 2 * Rounds; seed++)
        {
            var random = new Random(seed);
            int count = 2 + random.Next(8);
            Entity[] entities = [.. Enumerable.Range(0, count).Select(i => new Entity(
                Uid(i), null, [.. Enumerable.Range(0, count + 2).Where(_ => random.Next(count) == 0).Select(Uid)]))];
            bool hasCycle = Closure(entities).Any(pair => pair.Value.Contains(pair.Key));

            if (hasCycle)
            {
                refused++;
                Should.Throw<EntityDataException>(() => EntityStore.Create(entities), $"seed {seed}").Message.ShouldStartWith("The hierarchy has a cycle");
            }
            else
            {
                EntityStore.Create(entities).Count.ShouldBe(count, $"seed {seed}");
            }
        }

        refused.ShouldBeInRange(Rounds / 4, Rounds * 7 / 4);
    }

    [Fact]
    public void An_overlay_answers_like_a_store_in_which_the_entities_are_replaced()
    {
        int refused = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            Entity[] below = Acyclic(random, count: 12, oneIn: 3);
            Entity[] over = [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => random.Next(14)).Distinct().Select(i => new Entity(
                Uid(i), RecordValue.Of(("n", Value.Of(seed))), [.. Enumerable.Range(0, 14).Where(_ => random.Next(6) == 0).Select(Uid)]))];
            Entity[] together = [.. over, .. below.Where(entity => over.All(other => other.Uid != entity.Uid))];
            if (Closure(together).Any(pair => pair.Value.Contains(pair.Key)))
            {
                refused++;
                Should.Throw<EntityDataException>(() => new EntityOverlay(EntityStore.Create(below), over), $"seed {seed}").Message
                    .ShouldEndWith("is its own ancestor.");
                continue;
            }

            var overlay = new EntityOverlay(EntityStore.Create(below), over);
            var replaced = EntityStore.Create(together);

            foreach (EntityUid uid in Everybody(together))
            {
                overlay.Find(uid).ShouldBeSameAs(replaced.Find(uid), $"seed {seed}: {uid}");
                overlay.AncestorsOf(uid).ToHashSet().SetEquals(replaced.AncestorsOf(uid)).ShouldBeTrue($"seed {seed}: {uid}");
                foreach (EntityUid other in Everybody(together))
                {
                    overlay.IsDescendant(uid, other).ShouldBe(replaced.IsDescendant(uid, other), $"seed {seed}: {uid} in {other}");
                }
            }
        }

        refused.ShouldBeInRange(Rounds / 20, Rounds * 3 / 4);
    }

    [Theory]
    [InlineData(EntityStore.HierarchyDepthMax, true)]
    [InlineData(EntityStore.HierarchyDepthMax + 1, false)]
    public void A_hierarchy_may_be_a_thousand_levels_high(int levels, bool accepted)
    {
        // The order of the entities must not matter for how deep they may go.
        Entity[] chain = [.. Enumerable.Range(0, levels).Select(i => new Entity(Uid(i), null, [Uid(i + 1)])), new Entity(Uid(levels))];
        foreach (Entity[] order in (Entity[][])[chain, [.. chain.Reverse()]])
        {
            if (accepted)
            {
                EntityStore.Create(order).AncestorsOf(Uid(0)).Count.ShouldBe(levels);
            }
        }

        if (!accepted)
        {
            Should.Throw<EntityDataException>(() => EntityStore.Create(chain)).Message.ShouldBe($"The hierarchy above {Uid(0)} is deeper than 1000.");
        }
    }

    [Fact]
    public void A_diamond_of_many_layers_is_closed_in_no_time()
    {
        // Two entities a layer, each in both of the next: two to the power of 300 ways up.
        const int Layers = 300;
        Entity[] entities = [.. Enumerable.Range(0, 2 * Layers).Select(i => new Entity(
            Uid(i), null, i / 2 == Layers - 1 ? [] : [Uid(((i / 2) + 1) * 2), Uid((((i / 2) + 1) * 2) + 1)]))];

        var store = EntityStore.Create(entities);

        store.AncestorsOf(Uid(0)).Count.ShouldBe(2 * (Layers - 1));
        store.IsDescendant(Uid(0), Uid((2 * Layers) - 1)).ShouldBeTrue();
        store.IsDescendant(Uid(0), Uid(1)).ShouldBeFalse();
    }

    [Fact]
    public void An_entity_whose_parents_are_missing_has_them_as_ancestors_and_nothing_above_them()
    {
        var store = EntityStore.Create([new Entity(Uid(0), null, [Uid(1), Uid(2)]), new Entity(Uid(2), null, [Uid(3)])]);

        store.AncestorsOf(Uid(0)).ShouldBe([Uid(1), Uid(2), Uid(3)], ignoreOrder: true);
        store.AncestorsOf(Uid(1)).ShouldBeEmpty();
        store.Find(Uid(1)).ShouldBeNull();
        store.IsDescendant(Uid(1), Uid(3)).ShouldBeFalse();
        store.Count.ShouldBe(2);
    }

    [Fact]
    public void Ids_and_types_that_differ_in_case_or_in_form_are_different_entities()
    {
        EntityUid[] uids =
        [
            new("User", "ada"), new("User", "Ada"), new("user", "ada"), new("A::User", "ada"), new("User", "ada "), new("User", ""),
            new("User", "é"), new("User", "e\u0301"), new("User", "\0"),
        ];
        var store = EntityStore.Create(uids.Select((uid, i) => new Entity(uid, RecordValue.Of(("n", Value.Of(i))))));

        store.Count.ShouldBe(uids.Length);
        for (int i = 0; i < uids.Length; i++)
        {
            store.Find(uids[i])!.Attributes.Find("n").ShouldBe(Value.Of(i));
        }
    }

    private static Entity[] Acyclic(Random random, int count, int oneIn) => [.. Enumerable.Range(0, count).Select(i => new Entity(
        Uid(i), null, [.. Enumerable.Range(i + 1, count + 2 - i).Where(_ => random.Next(oneIn) == 0).Select(Uid)]))];

    private static IEnumerable<EntityUid> Everybody(Entity[] entities) => Enumerable.Range(0, entities.Length + 3).Select(Uid);

    /// <summary>The definition: whoever is a parent, or a parent of an ancestor, until nothing is added.</summary>
    private static Dictionary<EntityUid, HashSet<EntityUid>> Closure(Entity[] entities)
    {
        var above = entities.ToDictionary(entity => entity.Uid, entity => entity.Parents.ToHashSet());
        for (bool grown = true; grown;)
        {
            grown = false;
            foreach (HashSet<EntityUid> ancestors in above.Values)
            {
                int before = ancestors.Count;
                ancestors.UnionWith(ancestors.ToArray().SelectMany(ancestor => above.GetValueOrDefault(ancestor, [])));
                grown |= ancestors.Count > before;
            }
        }

        return above;
    }

    private static EntityUid Uid(int number) => new("N", $"{number}");
}
