using System.Numerics;

namespace AccessGov.Cedar.Tests.Explaining;

/// <summary>
/// Worlds so small that every change of them can be tried: what the search reports is compared with all that there is. A datum is one of
/// a few members of the context, attributes of the principal or groups of the principal; a world is a value for each.
/// </summary>
public sealed class SmallWorldTests
{
    private const int ChangesMax = 3;

    private static readonly EntityUid Someone = new("User", "someone");
    private static readonly EntityUid[] Groups = [new("Group", "g0"), new("Group", "g1"), new("Group", "g2"), new("Group", "g3"), new("Group", "g4")];

    private static readonly ExplanationOptions Everything = new()
    {
        CounterfactualsMax = 1_000, EvaluationsMax = 100_000, NearestMax = 1_000, ChangesMax = ChangesMax,
    };

    [Fact]
    public void Every_smallest_set_of_Booleans_is_found_and_nothing_else() => Compare(Enumerable.Range(0, 400), new Booleans());

    [Fact]
    public void Every_smallest_set_of_groups_is_found_and_nothing_else() => Compare(Enumerable.Range(0, 250), new Memberships());

    [Fact]
    public void Every_smallest_set_of_tags_that_are_there_or_not_is_found_and_nothing_else() => Compare(Enumerable.Range(0, 250), new Tags());

    [Fact]
    public void A_permit_that_asks_each_datum_once_is_as_far_away_as_the_nearest_world_in_which_it_is_true()
    {
        int compared = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var kind = new Booleans();
            int[] order = [0, 1, 2, 3, 4];
            random.Shuffle(order);
            string formula = ReadOnce(kind, random, order);
            CompiledPolicySet policies = PolicySet.Parse($"permit(principal, action, resource) when {{ {formula} }};").Compile();
            int world = random.Next(1 << kind.Count);
            if (Allows(policies, kind, world))
            {
                continue;
            }

            compared++;
            int nearest = Enumerable.Range(0, 1 << kind.Count).Where(other => Allows(policies, kind, other))
                .Min(other => BitOperations.PopCount((uint)(other ^ world)));
            NearPermit near = Explain(policies, kind, world).NearestPermits.ShouldHaveSingleItem();
            (near.DataToChange, near.Fixed).ShouldBe((nearest, 0), $"seed {seed}, world {world}: {formula}");
        }

        compared.ShouldBeGreaterThan(150);
    }

    private static void Compare(IEnumerable<int> seeds, WorldKind kind)
    {
        int denied = 0;
        int sets = 0;
        int large = 0;
        foreach (int seed in seeds)
        {
            var random = new Random(seed);
            string text = Policies(kind, random);
            CompiledPolicySet policies = PolicySet.Parse(text).Compile();
            for (int i = 0; i < 4; i++)
            {
                int world = random.Next(1 << kind.Count);
                Explanation explanation = Explain(policies, kind, world);
                int[] found = [.. explanation.Counterfactuals.Select(one => one.Changes.Sum(change => 1 << kind.DatumOf(change))).Order()];
                int[] expected = Allows(policies, kind, world) ? [] : Smallest(policies, kind, world);

                found.ShouldBe(expected, $"seed {seed}, world {world}, {kind.GetType().Name}\n{text}\n{string.Join('\n', explanation.Counterfactuals)}");
                explanation.EvaluationsBoundReached.ShouldBeFalse();
                denied += expected.Length > 0 ? 1 : 0;
                sets += expected.Length;
                large += expected.Count(set => BitOperations.PopCount((uint)set) > 1);
            }
        }

        // Agreement about nothing says nothing.
        (denied, sets, large).ShouldSatisfyAllConditions(
            counts => counts.denied.ShouldBeGreaterThan(100), counts => counts.sets.ShouldBeGreaterThan(300), counts => counts.large.ShouldBeGreaterThan(100));
    }

    /// <summary>Every set of at most so many data whose flipping allows, no part of which allows.</summary>
    private static int[] Smallest(CompiledPolicySet policies, WorldKind kind, int world)
    {
        var smallest = new List<int>();
        foreach (int flips in Enumerable.Range(1, (1 << kind.Count) - 1).Where(set => BitOperations.PopCount((uint)set) <= ChangesMax).OrderBy(set => BitOperations.PopCount((uint)set)))
        {
            if (!smallest.Exists(set => (set & flips) == set) && Allows(policies, kind, world ^ flips))
            {
                smallest.Add(flips);
            }
        }

        return [.. smallest.Order()];
    }

    private static bool Allows(CompiledPolicySet policies, WorldKind kind, int world)
    {
        (Request request, EntityStore entities) = kind.Build(world);
        return policies.Evaluate(in request, entities).Decision == Decision.Allow;
    }

    private static Explanation Explain(CompiledPolicySet policies, WorldKind kind, int world)
    {
        (Request request, EntityStore entities) = kind.Build(world);
        return Explainer.Explain(policies, in request, entities, Everything);
    }

    private static string Policies(WorldKind kind, Random random) => string.Join('\n', Enumerable.Range(0, 1 + random.Next(4)).Select(i =>
        $"{(i > 0 && random.Next(2) == 0 ? "forbid" : "permit")}(principal, action, resource) {(random.Next(4) == 0 ? "unless" : "when")} {{ {Formula(kind, random, 2)} }};"));

    private static string Formula(WorldKind kind, Random random, int depth) => depth == 0 ? kind.Question(random.Next(kind.Count)) : random.Next(6) switch
    {
        0 => $"!({Formula(kind, random, depth - 1)})",
        1 => $"(if {Formula(kind, random, depth - 1)} then {Formula(kind, random, depth - 1)} else {Formula(kind, random, depth - 1)})",
        2 or 3 => $"({Formula(kind, random, depth - 1)} && {Formula(kind, random, depth - 1)})",
        _ => $"({Formula(kind, random, depth - 1)} || {Formula(kind, random, depth - 1)} || {Formula(kind, random, depth - 1)})",
    };

    private static string ReadOnce(WorldKind kind, Random random, ReadOnlySpan<int> data)
    {
        if (data.Length == 1)
        {
            return random.Next(2) == 0 ? kind.Question(data[0]) : $"!{kind.Question(data[0])}";
        }

        int middle = 1 + random.Next(data.Length - 1);
        string symbol = random.Next(2) == 0 ? "&&" : "||";
        return $"{(random.Next(4) == 0 ? "!" : "")}({ReadOnce(kind, random, data[..middle])} {symbol} {ReadOnce(kind, random, data[middle..])})";
    }

    /// <summary>What the bits of a world stand for.</summary>
    private abstract class WorldKind
    {
        public int Count => 5;

        public abstract string Question(int datum);

        public abstract (Request Request, EntityStore Entities) Build(int world);

        public abstract int DatumOf(Change change);

        protected static bool Has(int world, int datum) => (world >> datum & 1) == 1;

        protected static Request Ask(RecordValue context) => new(Someone, Cedar.View, Cedar.Photo, context);
    }

    // Three of the caller, two of the data.
    private sealed class Booleans : WorldKind
    {
        public override string Question(int datum) => datum < 3 ? $"context.b{datum}" : $"principal.b{datum}";

        public override (Request Request, EntityStore Entities) Build(int world) => (
            Ask(RecordValue.Of([.. Enumerable.Range(0, 3).Select(i => ($"b{i}", (Value)Value.Of(Has(world, i))))])),
            EntityStore.Create([new Entity(Someone, RecordValue.Of(("b3", Value.Of(Has(world, 3))), ("b4", Value.Of(Has(world, 4)))))]));

        public override int DatumOf(Change change)
        {
            change.Kind.ShouldBe(ChangeKind.Set);
            change.To.ShouldBe(Value.Of(BoolValue.False.Equals(change.From)));
            int datum = change.Place.Path[0][1] - '0';
            change.Place.Root.ShouldBe(datum < 3 ? PlaceRoot.Context : PlaceRoot.Principal);
            return datum;
        }
    }

    private sealed class Memberships : WorldKind
    {
        public override string Question(int datum) => $"principal in {Groups[datum]}";

        public override (Request Request, EntityStore Entities) Build(int world) => (
            Ask(RecordValue.Empty), EntityStore.Create([new Entity(Someone, null, Groups.Where((_, i) => Has(world, i)))]));

        public override int DatumOf(Change change)
        {
            change.Place.Kind.ShouldBe(PlaceKind.Membership);
            return Array.IndexOf(Groups, (EntityUid)change.To!);
        }
    }

    private sealed class Tags : WorldKind
    {
        public override string Question(int datum) => $"principal.hasTag(\"t{datum}\")";

        public override (Request Request, EntityStore Entities) Build(int world) => (
            Ask(RecordValue.Empty),
            EntityStore.Create([new Entity(Someone, tags: RecordValue.Of([.. Enumerable.Range(0, 5).Where(i => Has(world, i)).Select(i => ($"t{i}", (Value)Value.Of(i)))]))]));

        public override int DatumOf(Change change)
        {
            change.Place.Kind.ShouldBe(PlaceKind.Tag);
            change.Kind.ShouldBeOneOf(ChangeKind.Set, ChangeKind.Remove);
            return change.Place.Path[0][1] - '0';
        }
    }
}
