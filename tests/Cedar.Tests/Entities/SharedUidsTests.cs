using System.Collections.Concurrent;

namespace AccessGov.Cedar.Tests.Entities;

/// <summary>Policies and entities that were read apart name the same groups: these are mostly one object, and nothing depends on it.</summary>
public sealed class SharedUidsTests
{
    private const int Groups = 100;

    private readonly UidPool pool = new();

    [Fact]
    public void Equal_uids_become_one_object_and_others_stay_themselves()
    {
        EntityUid first = pool.Share(Fresh("shared", 1));

        pool.Share(Fresh("shared", 1)).ShouldBeSameAs(first);
        EntityUid other = Fresh("shared", 2);
        pool.Share(other).ShouldBeSameAs(other);
        EntityUid otherType = new(string.Concat("Tea", "m"), first.Id);
        pool.Share(otherType).ShouldBeSameAs(otherType);
    }

    [Fact]
    public void Uids_that_fall_on_one_place_take_it_from_each_other()
    {
        EntityUid[] many = [.. Enumerable.Range(0, 200_000).Select(i => Fresh("many", i))];

        foreach (EntityUid uid in many)
        {
            pool.Share(uid).ShouldBeSameAs(uid);
        }

        many.Count(uid => ReferenceEquals(pool.Share(new EntityUid(uid.Type, uid.Id)), uid)).ShouldBeLessThan(many.Length);
    }

    // The pool of the process outlives every store: what it keeps must be little, whoever wrote the data.
    [Fact]
    public void A_long_uid_is_not_kept()
    {
        string longest = new('x', UidPool.LengthMax - "Team".Length);
        EntityUid kept = pool.Share(new EntityUid("Team", longest));
        pool.Share(new EntityUid("Team", longest)).ShouldBeSameAs(kept);

        pool.Share(new EntityUid("Team", longest + "x"));
        EntityUid again = new("Team", longest + "x");
        pool.Share(again).ShouldBeSameAs(again);
    }

    [Fact]
    public void Threads_that_share_at_once_get_what_is_equal_to_what_they_gave()
    {
        var wrong = new ConcurrentBag<EntityUid>();

        Parallel.For(0, 100_000, i =>
        {
            EntityUid given = Fresh("threads", i % 100);
            if (!pool.Share(given).Equals(given))
            {
                wrong.Add(given);
            }
        });

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Groups_that_policies_name_and_entities_are_in_are_mostly_one_object()
    {
        var names = new ScopeNames([.. Enumerable.Range(0, Groups)
            .Select(i => PolicySet.Parse($"permit (principal in Department::\"both-{i}\", action, resource);").Policies[0].Tree.Principal)]);
        EntityStore store = EntityStore.Create([new Entity(new EntityUid("User", "ada"), null, [.. Enumerable.Range(0, Groups).Select(i => Fresh("both", i))])]);

        // Mostly: other tests use the pool of the process at the same time.
        store.AncestorsOf(new EntityUid("User", "ada")).Count(group => ReferenceEquals(names.Shared(group), group)).ShouldBeGreaterThan(Groups / 2);
    }

    private static EntityUid Fresh(string kind, int number) => new("Department", $"{kind}-{number}");
}
