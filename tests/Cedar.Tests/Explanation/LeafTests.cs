namespace AccessGov.Cedar.Tests.Explaining;

public sealed class LeafTests
{
    private static readonly RecordValue Evening = RecordValue.Of(("timeOfDay", Hospital.Time(20, 4)));

    [Fact]
    public void A_failing_leaf_is_data()
    {
        NearPermit near = Explainer.Explain(Hospital.Set, Hospital.Ask(Hospital.Bob, "metadata", Evening), Hospital.Entities).NearestPermits[0];

        near.Policy.Id.ShouldBe("billing-metadata");
        near.DataToChange.ShouldBe(1);
        near.Fixed.ShouldBe(0);
        ExplanationLeaf leaf = near.Failing.ShouldHaveSingleItem();
        leaf.Operator.ShouldBe("<");
        leaf.Wanted.ShouldBeTrue();
        leaf.Outcome.ShouldBe(NodeOutcome.False);
        leaf.Left!.Text.ShouldBe("context.timeOfDay");
        leaf.Left.Value.ShouldBe(Hospital.Time(20, 4));
        leaf.Left.Place!.Root.ShouldBe(PlaceRoot.Context);
        leaf.Left.Place.Path.ShouldBe(["timeOfDay"]);
        leaf.Right!.Value.ShouldBe(Hospital.Time(19, 0));
        leaf.ToString().ShouldBe("context.timeOfDay < duration(\"19h\") was false: context.timeOfDay = duration(\"20h4m\")");
    }

    [Fact]
    public void The_permit_with_the_fewest_data_to_change_comes_first()
    {
        Explanation explanation = Explainer.Explain(
            PolicySet.Parse(
                """
                permit(principal == User::"root", action, resource);
                permit(principal, action, resource) when { context.a == 1 && context.b == 2 && context.c == 3 };
                permit(principal, action, resource) when { context.a == 1 };
                permit(principal is Machine, action, resource);
                permit(principal, action == Action::"delete", resource);
                permit(principal, action, resource) when { context.b == 2 || (context.a == 1 && context.c == 3) };
                permit(principal, action, resource) when { false };
                """),
            Hospital.Ask(Hospital.Ada, "view", RecordValue.Of(("a", Value.Of(0)), ("b", Value.Of(0)), ("c", Value.Of(0)))), Hospital.Entities);

        // Other types and other actions are not near at all; what nothing can change comes last, in the order of the set.
        explanation.NearestPermits.Select(near => (near.Policy.Id, near.DataToChange, near.Fixed)).ShouldBe(
        [
            ("policy2", 1, 0), ("policy5", 1, 0), ("policy1", 3, 0), ("policy0", 0, 1), ("policy6", 0, 1),
        ]);
    }

    [Fact]
    public void What_was_not_reached_counts_and_says_so()
    {
        NearPermit near = Near(Hospital.Of("context.a == 1 && context.b == 2", RecordValue.Of(("a", Value.Of(0)), ("b", Value.Of(0)))));

        near.Failing.Select(leaf => leaf.IsReached).ShouldBe([true, false]);
        near.Failing[1].Node.Outcome.ShouldBe(NodeOutcome.NotReached);
        near.Failing[1].Outcome.ShouldBe(NodeOutcome.False);
        near.Failing[1].ToString().ShouldBe("context.b == 2 was false: context.b = 0 (not reached)");
    }

    [Fact]
    public void A_has_and_the_comparison_behind_it_are_one_datum()
    {
        NearPermit near = Near(Hospital.Of("context has level && context.level > 3"));

        near.DataToChange.ShouldBe(1);
        near.Failing.Count.ShouldBe(2);
        near.Failing[0].ToString().ShouldBe("context has level was false");
        near.Failing[1].Outcome.ShouldBe(NodeOutcome.Error);
        near.Failing[1].Left!.Error!.Kind.ShouldBe(EvaluationErrorKind.RecordAttributeDoesNotExist);
        near.Failing[1].ToString().ShouldStartWith("context.level > 3 was in error (record does not have the attribute `level`)");
    }

    [Theory]
    [InlineData("!context.flag", "context.flag was true")]
    [InlineData("!(context.flag || context.n == 3)", "context.flag was true;context.n == 3 was true: context.n = 3 (not reached)")]
    [InlineData("if context.flag then context.n > 5 else true", "context.n > 5 was false: context.n = 3")]
    [InlineData("if context.missing then true else true", "context.missing was in error (record does not have the attribute `missing`)")]
    [InlineData("principal in Role::\"billing\"", "principal in Role::\"billing\" was false: principal = User::\"ada\"")]
    [InlineData("context.n", "context.n was 3")]
    [InlineData("context.n == 3 && false", "false was false")]
    [InlineData("context.s.isEmpty()", "context.s.isEmpty() was false: context.s = [1]")]
    [InlineData("context.s.contains(context.n)", "context.s.contains(context.n) was false: context.s = [1], context.n = 3")]
    [InlineData("context.text like \"b*\"", "context.text like \"b*\" was false: context.text = \"abc\"")]
    [InlineData("ip(\"10.0.0.1\").isInRange(context.net)", "ip(\"10.0.0.1\").isInRange(context.net) was false: context.net = ip(\"192.168.0.0/16\")")]
    public void Leaves_say_what_failed(string condition, string expected)
    {
        IpAddressValue.TryParse("192.168.0.0/16", out IpAddressValue? net).ShouldBeTrue();
        var context = RecordValue.Of(
            ("flag", Value.Of(true)), ("n", Value.Of(3)), ("s", new SetValue([Value.Of(1)])), ("text", Value.Of("abc")), ("net", net));

        string.Join(';', Near(Hospital.Of(condition, context)).Failing).ShouldBe(expected);
    }

    [Fact]
    public void A_satisfied_forbid_names_the_leaves_that_made_it_true()
    {
        EntityStore entities = EntityStore.Create(
            Hospital.Entities.Entities.Where(entity => entity.Uid != Hospital.Study)
                .Append(new Entity(Hospital.Study, RecordValue.Of(("patient", Hospital.Ada), ("careTeam", Hospital.Ada)))));

        Explanation explanation = Explainer.Explain(Hospital.Set, Hospital.Ask(Hospital.Ada, "view"), entities);

        explanation.Response.SatisfiedPermits.Count.ShouldBe(1);
        explanation.NearestPermits.ShouldBeEmpty();
        SatisfiedForbid forbid = explanation.SatisfiedForbids.ShouldHaveSingleItem();
        forbid.Policy.Id.ShouldBe("own-study");
        forbid.IsCut.ShouldBeFalse();
        forbid.Causes.Select(leaf => leaf.ToString()).ShouldBe(
        [
            "resource is Study was true: resource = Study::\"s1\"",
            "resource has patient was true",
            "resource.patient == principal was true: resource.patient = User::\"ada\", principal = User::\"ada\"",
        ]);
    }

    [Fact]
    public void The_operand_that_decided_a_disjunction_is_the_only_cause()
    {
        Explanation explanation = Explainer.Explain(
            PolicySet.Parse("forbid(principal, action, resource) when { context.a || context.b || context.c } unless { if context.c then context.a else false };"),
            Hospital.Ask(Hospital.Ada, "view", RecordValue.Of(("a", Value.Of(false)), ("b", Value.Of(true)), ("c", Value.Of(false)))),
            Hospital.Entities);

        explanation.SatisfiedForbids[0].Causes.Select(leaf => leaf.ToString()).ShouldBe(["context.b was true", "context.c was false"]);
    }

    [Fact]
    public void An_allowed_request_has_no_nearest_permits_and_no_counterfactuals()
    {
        Explanation explanation = Hospital.Of("true");

        explanation.NearestPermits.ShouldBeEmpty();
        explanation.Counterfactuals.ShouldBeEmpty();
        explanation.Evaluations.ShouldBe(0);
        explanation.ToText().ShouldStartWith("Allow: User::\"ada\", Action::\"view\", Study::\"s1\"\n✓ permit policy0 at rules.cedar:1:1\n");
    }

    private static NearPermit Near(Explanation explanation) => explanation.NearestPermits.ShouldHaveSingleItem();
}
