using System.Text.Json;

namespace AccessGov.Cedar.Tests.Explaining;

/// <summary>The bounds of an explanation, templates and links in it, and its two written forms.</summary>
public sealed class OptionTests
{
    private static readonly RecordValue Context = RecordValue.Of([.. Enumerable.Range(0, 8).Select(i => ($"a{i}", (Value)Value.Of(0)))]);

    // Three data in two permits, two in a third: counterfactuals of one, two and three changes.
    private static readonly PolicySet Policies = PolicySet.Parse(
        """
        permit(principal, action, resource) when { context.a0 == 1 };
        permit(principal, action, resource) when { context.a1 == 1 && context.a2 == 1 };
        permit(principal, action, resource) when { context.a3 == 1 && context.a4 == 1 && context.a5 == 1 };
        permit(principal == User::"root", action, resource);
        permit(principal, action == Action::"delete", resource);
        """);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [InlineData(int.MaxValue, 3)]
    public void No_more_counterfactuals_than_asked_for(int max, int expected) =>
        Explain(new() { CounterfactualsMax = max }).Counterfactuals.Count.ShouldBe(expected);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    public void No_counterfactual_with_more_changes_than_asked_for(int max, int expected)
    {
        Explanation explanation = Explain(new() { ChangesMax = max });

        explanation.Counterfactuals.Count.ShouldBe(expected);
        explanation.Counterfactuals.ShouldAllBe(one => one.Changes.Count <= max);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(50)]
    public void No_more_evaluations_than_asked_for_and_a_search_that_was_cut_short_says_so(int max)
    {
        Explanation explanation = Explain(new() { EvaluationsMax = max });

        explanation.Evaluations.ShouldBeLessThanOrEqualTo(max);
        explanation.EvaluationsBoundReached.ShouldBe(max is 1 or 2 or 3 && explanation.Evaluations == max);
        explanation.Counterfactuals.Count.ShouldBeLessThanOrEqualTo(max);
        explanation.ToText().Contains("there may be more", StringComparison.Ordinal).ShouldBe(explanation.EvaluationsBoundReached);
        explanation.ToJson().GetProperty("evaluationsBoundReached").GetBoolean().ShouldBe(explanation.EvaluationsBoundReached);
        explanation.ToJson().GetProperty("evaluations").GetInt32().ShouldBe(explanation.Evaluations);
    }

    [Theory]
    [InlineData(0, "", 0)]
    [InlineData(1, "policy0", 1)]
    [InlineData(2, "policy0 policy1", 2)]
    [InlineData(4, "policy0 policy1 policy2 policy3", 3)]
    [InlineData(9, "policy0 policy1 policy2 policy3", 3)]
    public void The_nearest_permits_are_cut_and_with_them_what_counterfactuals_come_from(int max, string listed, int counterfactuals)
    {
        Explanation explanation = Explain(new() { NearestMax = max });

        string.Join(' ', explanation.NearestPermits.Select(near => near.Policy.Id)).ShouldBe(listed);
        explanation.Counterfactuals.Count.ShouldBe(counterfactuals);
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(1, 1, true)]
    [InlineData(2, 2, true)]
    [InlineData(3, 3, false)]
    [InlineData(4, 3, false)]
    public void Leaves_are_cut_and_the_cut_is_said(int max, int listed, bool cut)
    {
        Explanation explanation = Explain(new() { LeavesMax = max });
        Explanation forbidden = Explainer.Explain(
            PolicySet.Parse("forbid(principal, action, resource) when { context.a0 == 0 && context.a1 == 0 && context.a2 == 0 };"),
            Hospital.Ask(Hospital.Ada, "view", Context), Hospital.Entities, new ExplanationOptions { LeavesMax = max });

        NearPermit third = explanation.NearestPermits.Single(near => near.Policy.Id == "policy2");
        (third.Failing.Count, third.IsCut, third.DataToChange).ShouldBe((listed, cut, 3));
        SatisfiedForbid forbid = forbidden.SatisfiedForbids.ShouldHaveSingleItem();
        (forbid.Causes.Count, forbid.IsCut).ShouldBe((listed, cut));
        forbidden.ToText().Contains("  …", StringComparison.Ordinal).ShouldBe(cut);
        forbidden.ToJson().GetProperty("satisfiedForbids")[0].GetProperty("cut").GetBoolean().ShouldBe(cut);
    }

    [Fact]
    public void Policies_whose_scope_did_not_match_are_told_when_asked_for()
    {
        Explain(new()).Policies.Select(policy => policy.Policy.Id).ShouldBe(["policy0", "policy1", "policy2"]);
        Explanation all = Explain(new() { IncludeUnmatched = true });

        all.Policies.Select(policy => (policy.Policy.Id, policy.Outcome)).ShouldBe(
        [
            ("policy0", PolicyOutcome.False), ("policy1", PolicyOutcome.False), ("policy2", PolicyOutcome.False), ("policy3", PolicyOutcome.ScopeFailed),
            ("policy4", PolicyOutcome.ScopeFailed),
        ]);
        all.Policies[3].Principal.Outcome.ShouldBe(NodeOutcome.False);
        (all.Policies[4].Principal.Outcome, all.Policies[4].Action.Outcome, all.Policies[4].Resource.Outcome).ShouldBe((NodeOutcome.True, NodeOutcome.False, NodeOutcome.True));
        all.ToText().ShouldContain("· permit policy4 at 5:1");
        all.ToJson().GetProperty("policies")[3].GetProperty("outcome").GetString().ShouldBe("scopeFailed");
    }

    [Fact]
    public void Of_counterfactuals_the_smallest_come_first_and_of_those_the_ones_without_examples()
    {
        Explanation explanation = Hospital.Of("context has x || context.a0 == 1 || (context.a1 != 0 && context.a2 == 1)", Context);

        explanation.Counterfactuals.Texts().ShouldBe(
        [
            "context.a0 = 1 (was 0)", "context.x = true, for example (was missing)", "context.a1 = 1, for example (was 0) and context.a2 = 1 (was 0)",
        ]);
    }

    [Fact]
    public void A_linked_policy_is_explained_as_what_it_says_and_stands_where_its_template_does()
    {
        PolicySet policies = PolicySet
            .Parse("permit(\n  principal in ?principal, action, resource == ?resource)\nwhen { context.a0 == 1 };", "shares.cedar")
            .Link("policy0", "physicians", Hospital.Physician, Hospital.Study)
            .Link("policy0", "billing", Hospital.Billing, Hospital.Study);

        Explanation explanation = Explainer.Explain(
            policies, Hospital.Ask(Hospital.Ada, "view", Context), Hospital.Entities, new ExplanationOptions { IncludeUnmatched = true });

        explanation.Policies.Select(policy => (policy.Policy.Id, policy.Outcome)).ShouldBe([("physicians", PolicyOutcome.False), ("billing", PolicyOutcome.ScopeFailed)]);
        explanation.Policies[0].Principal.Text.ShouldBe("principal in Role::\"physician\"");
        explanation.Policies[0].Principal.Position.ToString().ShouldBe("shares.cedar:2:3");
        explanation.Policies[1].Resource.Text.ShouldBe("resource == Study::\"s1\"");
        explanation.NearestPermits.Select(near => (near.Policy.Id, near.DataToChange, near.Fixed)).ShouldBe([("physicians", 1, 0), ("billing", 2, 0)]);
        explanation.Counterfactuals.Texts().ShouldBe(
            ["context.a0 = 1 (was 0)"]);
    }

    [Fact]
    public void A_template_alone_denies_and_has_nothing_to_tell()
    {
        Explanation explanation = Explainer.Explain(
            PolicySet.Parse("permit(principal == ?principal, action, resource);"), Hospital.Ask(Hospital.Ada, "view"), Hospital.Entities,
            new ExplanationOptions { IncludeUnmatched = true });

        explanation.Response.Decision.ShouldBe(Decision.Deny);
        (explanation.Policies.Count, explanation.NearestPermits.Count, explanation.Counterfactuals.Count, explanation.Evaluations).ShouldBe((0, 0, 0, 0));
    }

    [Fact]
    public void No_policies_at_all_deny_with_one_line()
    {
        Explanation explanation = Explainer.Explain(PolicySet.Empty, Hospital.Ask(Hospital.Ada, "view"), EntityStore.Empty);

        explanation.ToText().ShouldBe("Deny: User::\"ada\", Action::\"view\", Study::\"s1\"\n");
        explanation.Request.Principal.ShouldBe(Hospital.Ada);
    }

    [Fact]
    public void A_policy_from_JSON_is_explained_by_the_text_that_was_printed_for_it()
    {
        Policy policy = PolicyJson.Parse(
            """
            {"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"is","entity_type":"Study"},
             "conditions":[{"kind":"unless","body":{"==":{"left":{".":{"left":{"Var":"context"},"attr":"a0"}},"right":{"Value":0}}}}]}
            """,
            "from-json");

        PolicyExplanation explained = Explainer.Explain(PolicySet.Of([policy]), Hospital.Ask(Hospital.Ada, "view", Context), Hospital.Entities).Policies.ShouldHaveSingleItem();

        explained.Outcome.ShouldBe(PolicyOutcome.False);
        ExplanationNode comparison = explained.Conditions[0].Children[0];
        comparison.Text.ShouldBe("context.a0 == 0");
        policy.Text[(comparison.Position.Offset - policy.Position.Offset)..].ShouldStartWith("context.a0 == 0");
    }

    [Theory]
    [InlineData("context.a0 == 1", "set", "context", "attribute", "context.a0")]
    [InlineData("principal.getTag(\"k\") == 1", "set", "principal", "tag", "principal.getTag(\"k\")")]
    [InlineData("!(context has a0)", "remove", "context", "attribute", "context.a0")]
    [InlineData("principal in Team::\"x\"", "addToGroup", "principal", "membership", "groups of principal")]
    [InlineData("!(principal in Role::\"physician\")", "removeFromGroup", "principal", "membership", "groups of principal")]
    [InlineData("User::\"bob\".x == 1", "set", "entity", "attribute", "User::\"bob\".x")]
    [InlineData("resource.status == \"x\"", "set", "resource", "attribute", "resource.status")]
    public void A_change_is_written_with_kind_and_place(string condition, string kind, string root, string placeKind, string text)
    {
        JsonElement change = Hospital.Of(condition, Context).ToJson().GetProperty("counterfactuals")[0].GetProperty("changes")[0];

        change.GetProperty("kind").GetString().ShouldBe(kind);
        JsonElement place = change.GetProperty("place");
        place.GetProperty("root").GetString().ShouldBe(root);
        place.GetProperty("kind").GetString().ShouldBe(placeKind);
        place.GetProperty("text").GetString().ShouldBe(text);
        place.TryGetProperty("entity", out JsonElement entity).ShouldBe(root != "context");
        if (root == "entity")
        {
            entity.GetProperty("type").GetString().ShouldBe("User");
            entity.GetProperty("id").GetString().ShouldBe("bob");
        }
    }

    [Fact]
    public void Every_leaf_in_JSON_repeats_the_leaf()
    {
        Explanation explanation = Hospital.Of(
            "context.a0 == 1 && principal.missing < 5 && context.a1 && [1].contains(context.a2) && !(context has a3)", Context);
        JsonElement[] written = [.. explanation.ToJson().GetProperty("nearestPermits")[0].GetProperty("failing").EnumerateArray()];

        written.Select(leaf => leaf.GetProperty("sentence").GetString()).ShouldBe(explanation.NearestPermits[0].Failing.Select(leaf => leaf.ToString()));
        written.Select(leaf => leaf.GetProperty("operator").GetString()).ShouldBe(["==", "<", "attribute", "contains", "has"]);
        written.Select(leaf => leaf.GetProperty("outcome").GetString()).ShouldBe(["false", "error", "value", "false", "true"]);
        written.Select(leaf => leaf.GetProperty("wanted").GetBoolean()).ShouldBe([true, true, true, true, false]);
        written.Select(leaf => leaf.GetProperty("reached").GetBoolean()).ShouldBe([true, false, false, false, false]);
        written[0].GetProperty("left").GetProperty("value").GetInt32().ShouldBe(0);
        written[0].GetProperty("right").GetProperty("text").GetString().ShouldBe("1");
        written[1].GetProperty("left").GetProperty("error").GetProperty("kind").GetString().ShouldBe("entityAttributeDoesNotExist");
        written[1].GetProperty("error").GetProperty("message").GetString().ShouldBe("`User::\"ada\"` does not have the attribute `missing`");
        written[2].TryGetProperty("left", out _).ShouldBeFalse();
        written[2].GetProperty("place").GetProperty("text").GetString().ShouldBe("context.a1");
        written[3].GetProperty("right").GetProperty("place").GetProperty("path")[0].GetString().ShouldBe("a2");
        written[4].GetProperty("position").GetProperty("line").GetInt32().ShouldBe(1);
    }

    private static Explanation Explain(ExplanationOptions options) =>
        Explainer.Explain(Policies, Hospital.Ask(Hospital.Ada, "view", Context), Hospital.Entities, options);
}
