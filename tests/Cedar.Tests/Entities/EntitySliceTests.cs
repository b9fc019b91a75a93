using System.Globalization;
using AccessGov.Cedar.Tests.Policies;

namespace AccessGov.Cedar.Tests.Entities;

public sealed class EntitySliceTests
{
    private static readonly EntityUid Bob = new("User", "bob");
    private static readonly EntityUid Carol = new("User", "carol");
    private static readonly EntityUid Dave = new("User", "dave");
    private static readonly EntityUid Staff = new("Group", "staff");
    private static readonly EntityUid All = new("Group", "all");

    private static readonly EntityStore Store = EntityStore.Create(
    [
        new Entity(Cedar.Alice, RecordValue.Of(("boss", Bob)), [Staff]),
        new Entity(Bob, RecordValue.Of(("deep", RecordValue.Of(("er", RecordValue.Of(("friend", Carol)))))), [All]),
        new Entity(Carol, RecordValue.Of(("friends", new SetValue(Dave)))),
        new Entity(Dave),
        new Entity(Staff, null, [All]),
        new Entity(All),
        new Entity(Cedar.View),
        new Entity(Cedar.Photo, null, null, RecordValue.Of(("taken-by", Dave))),
    ]);

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "Action::view Photo::sea User::alice")]
    [InlineData(2, "Action::view Photo::sea User::alice User::bob User::dave")]
    [InlineData(3, "Action::view Photo::sea User::alice User::bob User::carol User::dave")]
    [InlineData(4, "Action::view Photo::sea User::alice User::bob User::carol User::dave")]
    [InlineData(int.MaxValue, "Action::view Photo::sea User::alice User::bob User::carol User::dave")]
    public void Each_level_adds_what_attributes_and_tags_of_the_level_before_name(int level, string expected) =>
        Uids(Slice(level)).ShouldBe(expected);

    [Fact]
    public void The_context_is_a_root_as_the_request_is()
    {
        RecordValue context = RecordValue.Of(("on", RecordValue.Of(("behalf", Bob))), ("others", new SetValue(Carol)));

        Uids(Slice(1, context)).ShouldBe("Action::view Photo::sea User::alice User::bob");
    }

    [Fact]
    public void An_entity_of_a_set_is_no_way_to_go_on()
    {
        EntityStore store = EntityStore.Create([new Entity(Cedar.Alice, RecordValue.Of(("friends", new SetValue(Bob)))), new Entity(Bob)]);

        Uids(EntitySlice.AtLevel(store, new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Empty), 5)).ShouldBe("User::alice");
    }

    [Fact]
    public void An_entity_keeps_all_ancestors_though_they_are_not_in_the_slice()
    {
        EntityStore slice = Slice(1);

        slice.Find(Staff).ShouldBeNull();
        slice.IsDescendant(Cedar.Alice, Staff).ShouldBeTrue();
        slice.IsDescendant(Cedar.Alice, All).ShouldBeTrue();
        slice.IsDescendant(Staff, All).ShouldBeFalse();
        slice.Find(Cedar.Alice)!.Parents.ShouldBe([Staff, All], ignoreOrder: true);
        slice.Find(Cedar.Alice)!.Attributes.ShouldBe(Store.Find(Cedar.Alice)!.Attributes);
    }

    [Fact]
    public void A_level_is_not_negative() =>
        Should.Throw<ArgumentOutOfRangeException>(() => Slice(-1)).ParamName.ShouldBe("level");

    [Fact]
    public void Policies_of_a_level_cannot_tell_the_slice_from_everything()
    {
        int tooShallow = 0;
        for (int seed = 0; seed < 3_000; seed++)
        {
            var random = new RandomLeveledPolicies(seed);
            CompiledPolicySet compiled = PolicySet.Parse(random.Policies).Compile();
            for (int i = 0; i < 5; i++)
            {
                Request request = random.Request();
                string everything = Describe(compiled.Evaluate(request, random.Store));

                EntityStore slice = EntitySlice.AtLevel(random.Store, request, random.Level);

                Describe(compiled.Evaluate(request, slice))
                    .ShouldBe(everything, $"seed {seed}, level {random.Level}, {request}, policies:\n{random.Policies}");
                EntityStore less = EntitySlice.AtLevel(random.Store, request, random.Level - 1);
                tooShallow += Describe(compiled.Evaluate(request, less)) == everything ? 0 : 1;
            }
        }

        // One level less is told apart often, so the policies do go as deep as they may.
        tooShallow.ShouldBeGreaterThan(2_000);
    }

    [Theory]
    [InlineData(1, "principal.n > 1")]
    [InlineData(1, "principal in Group::\"g1\" && resource.n > principal.n")]
    [InlineData(1, "context.who.n < 2 || context.who in Group::\"g0\"")]
    [InlineData(2, "principal.boss.n == resource.n")]
    [InlineData(2, "principal.r.boss in Group::\"g0\"")]
    [InlineData(2, "resource.hasTag(\"t\") && resource.getTag(\"t\") in principal.groups")]
    [InlineData(3, "principal.boss.r.boss.n > 0 && context.who == resource.boss.boss")]
    [InlineData(4, "principal.boss.boss.boss in resource.groups || resource.boss.boss.boss.n > 1")]
    public void Policies_that_validate_at_a_level_answer_alike_over_its_slice(int level, string condition)
    {
        var schema = Schema.Parse(
            """
            entity Group;
            entity User in Group = { n: Long, boss: User, r: { boss: User }, groups: Set<Group> } tags User;
            action view appliesTo { principal: User, resource: User, context: { who: User } };
            """);
        PolicySet policies = PolicySet.Parse($"permit(principal, action, resource) when {{ {condition} }};");
        new Validator(schema).Validate(policies, level).Errors.ShouldBeEmpty();
        new Validator(schema).Validate(policies, level - 1).Errors.ShouldAllBe(error => error.Kind == ValidationErrorKind.EntityDerefLevelViolation);
        new Validator(schema).Validate(policies, level - 1).Errors.ShouldNotBeEmpty();

        CompiledPolicySet compiled = policies.Compile();
        int allowed = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            EntityUid User() => new("User", $"u{random.Next(8)}");
            EntityUid Group() => new("Group", $"g{random.Next(3)}");
            EntityStore store = EntityStore.Create(Enumerable.Range(0, 8).Select(i => new Entity(
                new EntityUid("User", $"u{i}"),
                RecordValue.Of(
                    ("n", Value.Of(random.Next(4))), ("boss", User()), ("r", RecordValue.Of(("boss", User()))), ("groups", new SetValue(Group(), Group()))),
                [Group()], random.Next(2) == 0 ? null : RecordValue.Of(("t", User())))));
            var request = new Request(User(), Cedar.View, User(), RecordValue.Of(("who", User())));
            Response everything = compiled.Evaluate(request, store);
            allowed += everything.Decision == Decision.Allow ? 1 : 0;

            Describe(compiled.Evaluate(request, EntitySlice.AtLevel(store, request, level))).ShouldBe(Describe(everything), $"seed {seed}, {request}");
        }

        allowed.ShouldBeInRange(1, 299);
    }

    [Fact]
    public void A_slice_written_as_JSON_is_read_as_the_same_slice()
    {
        EntityStore slice = Slice(2);
        using var buffer = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(buffer))
        {
            EntitiesJson.Write(writer, slice.Entities);
        }

        EntityStore read = EntitiesJson.Parse(buffer.ToArray());

        read.Entities.ShouldAllBe(entity => slice.Find(entity.Uid)!.IsSameAs(entity));
        read.Count.ShouldBe(slice.Count);
    }

    private static EntityStore Slice(int level, RecordValue? context = null) =>
        EntitySlice.AtLevel(Store, new Request(Cedar.Alice, Cedar.View, Cedar.Photo, context ?? RecordValue.Empty), level);

    private static string Uids(EntityStore store) => string.Join(
        ' ', store.Entities.Select(entity => $"{entity.Uid.Type}::{entity.Uid.Id}").Order(StringComparer.Ordinal));

    private static string Describe(Response response) => IndexTests.Describe(response)
        + string.Concat(response.Errors.Select(error => string.Create(CultureInfo.InvariantCulture, $" {error.Error.Message}")));

    /// <summary>
    /// Policies that look at entities in at most so many steps, by construction: an expression of an entity spends one step for each
    /// attribute or tag it reads from an entity, and <c>in</c>, <c>has</c> and <c>hasTag</c> spend one.
    /// </summary>
    private sealed class RandomLeveledPolicies
    {
        private const int Names = 8;
        private readonly Random random;

        public RandomLeveledPolicies(int seed)
        {
            random = new Random(seed);
            Level = random.Next(1, 5);
            Policies = string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => Policy()));
            Store = EntityStore.Create(Enumerable.Range(0, Names).Where(_ => random.Next(10) > 0).Select(place => new Entity(
                UidOf(place), Record(4), [.. Enumerable.Range(0, place).Where(_ => random.Next(3) == 0).Select(UidOf)], Record(2))));
        }

        public int Level { get; }

        public string Policies { get; }

        public EntityStore Store { get; }

        public Request Request() => new(Uid(), Uid(), Uid(), Record(6));

        private static EntityUid UidOf(int place) => new("T", $"e{place}");

        private EntityUid Uid() => UidOf(random.Next(Names));

        private RecordValue Record(int odds)
        {
            var attributes = new List<(string, Value)>();
            if (random.Next(odds) > 0)
            {
                attributes.Add(("a", Uid()));
            }

            if (random.Next(odds) > 0)
            {
                attributes.Add(("r", RecordValue.Of(("a", Uid()), ("n", Value.Of(random.Next(3))))));
            }

            attributes.Add(("n", Value.Of(random.Next(3))));
            attributes.Add(("s", new SetValue(Uid(), Uid())));
            return RecordValue.Of([.. attributes]);
        }

        private string Policy() =>
            $"{(random.Next(3) == 0 ? "forbid" : "permit")}({Scope("principal")}, action, {Scope("resource")}) when {{ {Test()} }};\n";

        // A scope looks at the hierarchy above a variable, which is one step.
        private string Scope(string variable) => random.Next(3) == 0 ? $"{variable} in {Uid()}" : variable;

        private string Test() => random.Next(9) switch
        {
            0 => $"{Entity(Level - 1)} in {Uid()}",
            1 => $"{Entity(Level)} == {Entity(Level)}",
            2 => $"{Entity(Level - 1)}.n > 1",
            3 => $"{Entity(Level - 1)} has r.a",
            4 => $"{Entity(Level - 1)}.hasTag(\"a\")",
            5 => $"{Entity(Level - 1)}.s.contains({Entity(Level)})",
            6 => $"{Entity(Level - 1)} in {Entity(Level - 1)}.s",
            7 => $"({Test()}) || ({Test()})",
            _ => $"!({Test()})",
        };

        private string Entity(int steps) => steps == 0 || random.Next(6) == 0
            ? (random.Next(5) switch { 0 => "principal", 1 => "resource", 2 => "action", 3 => "context.a", _ => "context.r.a" })
            : random.Next(3) switch
            {
                0 => $"{Entity(steps - 1)}.r.a",
                1 => $"{Entity(steps - 1)}.getTag(\"a\")",
                _ => $"{Entity(steps - 1)}.a",
            };
    }
}
