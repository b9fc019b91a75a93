using System.Text.Json;

namespace AccessGov.Cedar.Tests.Explaining;

public sealed class RedactionTests
{
    private const string Secret = "90000";

    [Theory]
    [InlineData("principal.salary < 5")]
    [InlineData("principal.salary + 1 < 5")]
    [InlineData("context.limit > principal.salary")]
    [InlineData("context.limit == principal.salary + 1")]
    [InlineData("[principal.salary].contains(context.limit)")]
    [InlineData("principal.salary * 9223372036854775807 == 1")]
    [InlineData("{pay: principal.salary} == context.record")]
    [InlineData("if principal.salary == 5 then true else context.limit > principal.salary")]
    [InlineData("principal.salary")]
    [InlineData("duration(principal.word) == duration(\"1s\")")]
    public void A_hidden_value_is_nowhere_in_the_explanation(string condition)
    {
        EntityStore entities = EntityStore.Create(
            [new Entity(Hospital.Ada, RecordValue.Of(("salary", Value.Of(90_000)), ("word", Value.Of("90000"))))]);
        var context = RecordValue.Of(("limit", Value.Of(1)), ("record", RecordValue.Empty));
        Explanation shown = Hospital.Of(condition, context, entities);
        Explanation hidden = Hospital.Of(condition, context, entities, Hiding("principal.salary", "principal.word"));

        (shown.ToJson().ToString() + shown.ToText()).ShouldContain("9000");
        hidden.ToJson().ToString().ShouldNotContain("9000");
        hidden.ToText().ShouldNotContain("9000");
        hidden.ToText().ShouldContain(ExplanationNode.HiddenMarker);
        hidden.Counterfactuals.Count.ShouldBe(shown.Counterfactuals.Count);
        foreach (Change change in hidden.Counterfactuals.SelectMany(one => one.Changes))
        {
            (change.From?.ToString() ?? "").ShouldNotContain(Secret[..4]);
            (change.To?.ToString() ?? "").ShouldNotContain(Secret[..4]);
        }
    }

    [Fact]
    public void Hiding_a_value_leaves_the_structure_and_the_outcomes()
    {
        const string Condition = "context.limit > 0 && principal.salary < 5 && context.limit < 0";
        var context = RecordValue.Of(("limit", Value.Of(1)));

        ExplanationNode shown = Hospital.Of(Condition, context).Policies[0].Conditions[0];
        ExplanationNode hidden = Hospital.Of(Condition, context, options: Hiding("principal.salary")).Policies[0].Conditions[0];

        Shape(hidden).ShouldBe(Shape(shown));
        ExplanationNode salary = hidden.Children[0].Children[1].Children[0];
        salary.IsHidden.ShouldBeTrue();
        salary.Value.ShouldBeNull();
        salary.Outcome.ShouldBe(NodeOutcome.Value);
        salary.Place!.ToString().ShouldBe("principal.salary");
    }

    [Fact]
    public void A_hidden_entity_hides_what_is_read_through_it_and_where()
    {
        EntityStore entities = EntityStore.Create(
        [
            new Entity(Hospital.Study, RecordValue.Of(("owner", new EntityUid("User", "secret-owner")))),
            new Entity(new EntityUid("User", "secret-owner"), RecordValue.Of(("level", Value.Of(42)), ("boss", Hospital.Bob))),
        ]);
        const string Condition =
            "resource.owner.level == 1 || resource.owner.missing == 1 || resource.owner in Role::\"r\" || resource.owner has boss.x"
            + " || resource.owner.hasTag(\"k\") || resource has owner.boss.name || context has x";

        Explanation explanation = Hospital.Of(Condition.Replace("resource.owner.missing == 1 || ", "", StringComparison.Ordinal), null, entities, Hiding("resource.owner"));
        Explanation failing = Hospital.Of(Condition, null, entities, Hiding("resource.owner"));

        foreach (string text in new[] { explanation.ToJson().ToString() + explanation.ToText(), failing.ToJson().ToString() + failing.ToText() })
        {
            text.ShouldNotContain("secret-owner");
            text.ShouldNotContain("42");
        }

        // What could be changed about the hidden owner is not told; what else would do is.
        explanation.Counterfactuals.Texts().ShouldBe(["context.x = true, for example (was missing)"]);
        failing.Policies[0].Error!.Message.ShouldBe(ExplanationNode.HiddenMarker);
        failing.Policies[0].Error!.Kind.ShouldBe(EvaluationErrorKind.EntityAttributeDoesNotExist);
    }

    [Fact]
    public void A_record_is_hidden_when_something_in_it_is()
    {
        var context = RecordValue.Of(("person", RecordValue.Of(("name", Value.Of("Ada")), ("diagnosis", Value.Of("secret")))));
        ExplanationOptions options = Hiding("context.person.diagnosis");

        Explanation whole = Hospital.Of("context.person == {}", context, options: options);
        Explanation part = Hospital.Of("context.person.name == \"Bob\"", context, options: options);

        (whole.ToText() + whole.ToJson()).ShouldNotContain("secret");
        part.ToText().ShouldContain("context.person.name = \"Ada\"");
    }

    [Fact]
    public void Whoever_may_not_see_a_record_sees_nothing_in_it() =>
        Hospital.Of("context.person.name == \"Bob\"", RecordValue.Of(("person", RecordValue.Of(("name", Value.Of("Eve"))))), options: Hiding("context.person"))
            .ToText().ShouldNotContain("Eve");

    [Fact]
    public void A_hidden_Boolean_that_is_a_condition_shows_as_a_hidden_value()
    {
        Explanation explanation = Hospital.Of("context.flag", RecordValue.Of(("flag", Value.Of(false))), options: Hiding("context.flag"));

        explanation.Policies[0].Conditions[0].Children[0].Outcome.ShouldBe(NodeOutcome.Value);
        explanation.NearestPermits[0].Failing[0].ToString().ShouldBe("context.flag was (hidden)");
        JsonElement leaf = explanation.ToJson().GetProperty("nearestPermits")[0].GetProperty("failing")[0];
        leaf.GetProperty("outcome").GetString().ShouldBe("value");
        explanation.Counterfactuals.Texts().ShouldBe(["context.flag = true (was (hidden))"]);
    }

    private static string Shape(ExplanationNode node) => $"{node.Kind}:{node.Outcome}({string.Join(',', node.Children.Select(Shape))})";

    private static ExplanationOptions Hiding(params string[] places) => new() { MayShow = place => !places.Contains(place.ToString()) };
}
