using System.Text;

namespace AccessGov.Cedar.Tests.Hostile;

/// <summary>Values and types that a program builds itself, a level at a time: no reader stands in front of the constructors.</summary>
public sealed class DeepValueTests
{
    private const int Levels = 100_000;

    [Fact]
    public void Sets_and_records_nest_as_deep_as_the_bound_says_and_no_deeper()
    {
        SmallStack.Run(() =>
        {
            Value sets = Value.Of(1);
            Value records = Value.Of(1);
            for (int level = 0; level < Value.DepthMax; level++)
            {
                sets = new SetValue(sets);
                records = RecordValue.Of(("a", records));
            }

            Should.Throw<ArgumentException>(() => new SetValue(sets)).Message.ShouldContain("deeper than 250");
            Should.Throw<ArgumentException>(() => new SetValue([Value.Of(1), records])).Message.ShouldContain("deeper than 250");
            Should.Throw<ArgumentException>(() => RecordValue.Of(("b", Value.Of(1)), ("a", sets))).Message.ShouldContain("deeper than 250");
            Should.Throw<ArgumentException>(() => new RecordValue([KeyValuePair.Create("a", records)])).Message.ShouldContain("deeper than 250");
            ThroughEveryDoor(sets);
            ThroughEveryDoor(records);
        });
    }

    [Fact]
    public void A_hundred_thousand_levels_are_refused_at_the_level_that_is_too_many()
    {
        Value value = Value.Of(1);
        int reached = 0;

        Should.Throw<ArgumentException>(() =>
        {
            for (; reached < Levels; reached++)
            {
                value = reached % 2 == 0 ? new SetValue(value) : RecordValue.Of(("a", value));
            }
        });

        reached.ShouldBe(Value.DepthMax);
    }

    [Theory]
    [InlineData("sets")]
    [InlineData("records")]
    public void Types_nest_to_a_bound_too_and_what_is_within_can_be_compared_and_written(string kind)
    {
        SmallStack.Run(() =>
        {
            SchemaType one = SchemaType.Long;
            SchemaType other = SchemaType.Long;
            for (int level = 0; level < SchemaType.DepthMax; level++)
            {
                (one, other) = (Around(one), Around(other));
            }

            one.ShouldBe(other);
            one.GetHashCode().ShouldBe(other.GetHashCode());
            one.ToString().ShouldNotBeEmpty();
            Should.Throw<ArgumentException>(() => Around(one)).Message.ShouldContain("deeper than 500");
        });

        SchemaType Around(SchemaType type) => kind == "sets"
            ? new SetSchemaType(type)
            : new RecordSchemaType(new Dictionary<string, SchemaAttribute>(StringComparer.Ordinal) { ["a"] = new(type, IsRequired: true) });
    }

    [Fact]
    public void An_expression_that_makes_a_value_too_deep_ends_in_an_error_and_not_the_process()
    {
        Value deep = Value.Of(1);
        for (int level = 0; level < Value.DepthMax; level++)
        {
            deep = new SetValue(deep);
        }

        RecordValue context = RecordValue.Of(("deep", ((SetValue)deep).Members[0]));
        SmallStack.Run(() =>
        {
            Cedar.Outcome("[context.deep] == [context.deep]", context: context).ShouldBe("true");
            Cedar.Outcome("[[context.deep]] == [[context.deep]]", context: context).ShouldBe(nameof(EvaluationErrorKind.RecursionLimit));
            Cedar.Outcome("{a: [context.deep]} == {a: [context.deep]}", context: context).ShouldBe(nameof(EvaluationErrorKind.RecursionLimit));
        });
    }

    [Fact]
    public void A_value_that_an_expression_nests_too_deeply_is_an_error_that_names_the_bound()
    {
        RecordValue context = ValueJson.ParseRecord($"{{\"deep\":{new string('[', 60)}{new string(']', 60)}}}");

        Cedar.Outcome($"{new string('[', 190)}context.deep{new string(']', 190)} == 1", context: context).ShouldBe("false");
        foreach ((string open, string close) in new[] { ("[", "]"), ("{a:", "}") })
        {
            string condition = $"{string.Concat(Enumerable.Repeat(open, 191))}context.deep{string.Concat(Enumerable.Repeat(close, 191))} == 1";
            EvaluationError error = Cedar.Evaluate($"permit(principal, action, resource) when {{ {condition} }};", context: context).Errors.ShouldHaveSingleItem().Error;

            error.Kind.ShouldBe(EvaluationErrorKind.RecursionLimit);
            error.Message.ShouldBe("a value is nested too deeply: sets and records nest at most 250 levels");
        }
    }

    [Fact]
    public void A_chain_of_parents_is_bounded_however_the_entities_are_made()
    {
        IEnumerable<Entity> Chain(int length) =>
            Enumerable.Range(0, length).Select(i => new Entity(Group(i), parents: i == length - 1 ? [] : [Group(i + 1)]));

        SmallStack.Run(() =>
        {
            EntityStore.Create(Chain(EntityStore.HierarchyDepthMax)).IsDescendant(Group(0), Group(EntityStore.HierarchyDepthMax - 1)).ShouldBeTrue();
            Should.Throw<EntityDataException>(() => EntityStore.Create(Chain(Levels))).Message.ShouldContain("deeper than 1000");
            Should.Throw<EntityDataException>(() => EntityStore.Create(Chain(Levels).Append(new Entity(Group(Levels - 1), parents: [Group(0)]))));
        });
    }

    [Fact]
    public void Entities_that_share_all_ancestors_of_a_group_are_bounded_together()
    {
        // Half a megabyte of members of one group, and half a megabyte of groups that it is in: gigabytes of ancestors.
        Entity group = new(Group(-1), parents: Enumerable.Range(0, 15_000).Select(Group));
        IEnumerable<Entity> members = Enumerable.Range(0, 9_000).Select(i => new Entity(new EntityUid("User", $"{i}"), parents: [group.Uid]));

        string message = Should.Throw<EntityDataException>(() => EntityStore.Create(members.Prepend(group))).Message;

        message.ShouldContain("more than 10000000 ancestors");
        EntityStore.Create(members.Take(100).Prepend(group)).AncestorsOf(new EntityUid("User", "7")).Count.ShouldBe(15_001);
    }

    [Fact]
    public void Ways_that_lead_to_the_same_ancestors_count_each()
    {
        // A ladder: from every step two ways lead to the next, and all of them to the thousand groups at the top.
        Entity top = new(Group(-1), parents: Enumerable.Range(0, 1_000).Select(Group));
        IEnumerable<Entity> wide = Enumerable.Range(0, 200).Select(i => new Entity(new EntityUid("Team", $"{i}"), parents: [top.Uid]));
        IEnumerable<Entity> users = Enumerable.Range(0, 100).Select(
            i => new Entity(new EntityUid("User", $"{i}"), parents: Enumerable.Range(0, 200).Select(team => new EntityUid("Team", $"{team}"))));

        Should.Throw<EntityDataException>(() => EntityStore.Create([top, .. wide, .. users])).Message.ShouldContain("more than 10000000 ancestors");
    }

    private static EntityUid Group(int number) => new("Group", $"{number}");

    private static void ThroughEveryDoor(Value value)
    {
        value.Equals(Json.Write(value).Length == 0 ? null : value).ShouldBeTrue();
        value.GetHashCode().ShouldBe(value.GetHashCode());
        value.ToString().Length.ShouldBeGreaterThan(2 * Value.DepthMax);
        RecordValue? context = value as RecordValue;
        var entity = new Entity(Cedar.Alice, RecordValue.Of(), tags: context);
        var request = new Request(Cedar.Alice, Cedar.View, Cedar.Photo, context ?? RecordValue.Empty);
        EntityStore store = EntityStore.Create([entity, new Entity(Cedar.Alice, RecordValue.Of(), tags: context)]);
        EntitySlice.AtLevel(store, in request, 3).Count.ShouldBe(1);
        CompiledPolicySet policies = PolicySet.Parse("permit(principal, action, resource) when { context == {\"a\": 1} };").Compile();
        policies.Evaluate(in request, store).Decision.ShouldBe(Decision.Deny);
        Explanation explanation = Explainer.Explain(policies, in request, store);
        explanation.ToText().ShouldNotBeEmpty();
        explanation.Counterfactuals.Count.ShouldBeGreaterThanOrEqualTo(0);
        using var buffer = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(buffer))
        {
            explanation.WriteJson(writer);
        }

        Encoding.UTF8.GetString(buffer.ToArray()).ShouldContain("decision");
    }
}
