namespace AccessGov.Cedar.Tests.Policies;

public sealed class PolicySetTests
{
    private const string Text = "// who sees photos\n@id(\"see\")\n@reason\npermit(principal, action, resource);\n\n  forbid(principal, action, resource)\nwhen { false };";

    [Fact]
    public void Policies_are_numbered_in_order_and_know_where_they_stand()
    {
        PolicySet set = PolicySet.Parse(Text, "photos.cedar");

        set.Policies.Select(policy => (policy.Id, policy.Effect)).ShouldBe([("policy0", Effect.Permit), ("policy1", Effect.Forbid)]);
        set.Policies[0].Position.ShouldBe(new SourcePosition("photos.cedar", 19, 2, 1));
        set.Policies[1].Position.ToString().ShouldBe("photos.cedar:6:3");
        set.Policies[1].Text.ShouldBe("forbid(principal, action, resource)\nwhen { false };");
    }

    [Fact]
    public void Annotations_are_kept_and_one_without_a_value_is_empty()
    {
        IReadOnlyDictionary<string, string> annotations = PolicySet.Parse(Text).Policies[0].Annotations;

        annotations.ShouldBe(new Dictionary<string, string>(StringComparer.Ordinal) { ["id"] = "see", ["reason"] = "" }, ignoreOrder: true);
    }

    [Fact]
    public void The_caller_may_choose_the_ids()
    {
        PolicySet set = PolicySet.Parse(Text, chooseId: policy => policy.Annotations.GetValueOrDefault("id", policy.Id));

        set.Policies.Select(policy => policy.Id).ShouldBe(["see", "policy1"]);
    }

    [Fact]
    public void Two_policies_with_one_id_are_refused()
    {
        PolicySyntaxException refused = Should.Throw<PolicySyntaxException>(() => PolicySet.Parse(Text, "photos.cedar", _ => "same"));

        refused.Errors.ShouldHaveSingleItem().ToString().ShouldBe("photos.cedar:6:3: policy `same`: Another policy has the id `same` already; give this one an id of its own.");
        Should.Throw<ArgumentException>(() => PolicySet.Combine([PolicySet.Parse(Text), PolicySet.Parse(Text)]));
    }

    [Fact]
    public void Several_files_make_one_set_and_each_error_names_its_file()
    {
        PolicySet.Parse([("a.cedar", Text), ("b.cedar", Text)]).Policies.Select(policy => $"{policy.Id} {policy.Position}")
            .ShouldBe(["policy0 a.cedar:2:1", "policy1 a.cedar:6:3", "policy2 b.cedar:2:1", "policy3 b.cedar:6:3"]);

        PolicySyntaxException refused = Should.Throw<PolicySyntaxException>(() => PolicySet.Parse([("a.cedar", "permit"), ("b.cedar", "\n\n forbid")]));
        refused.Errors.Select(error => (error.File, error.Line)).ShouldBe([("a.cedar", 1), ("b.cedar", 3)]);
    }

    [Fact]
    public void Sets_with_different_ids_combine()
    {
        PolicySet other = PolicySet.Parse("permit(principal, action, resource);", chooseId: _ => "more");

        PolicySet.Combine([PolicySet.Parse(Text), other]).Policies.Select(policy => policy.Id).ShouldBe(["policy0", "policy1", "more"]);
        PolicySet.Combine([]).Policies.ShouldBeEmpty();
    }
}
