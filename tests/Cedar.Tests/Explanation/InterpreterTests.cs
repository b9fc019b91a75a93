using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Explaining;

public sealed class InterpreterTests
{
    private const int Seeds = 200;

    [Fact]
    public void The_interpreter_ends_every_random_policy_as_the_compiled_code_does()
    {
        var options = new ExplanationOptions { IncludeUnmatched = true, NearestMax = 0, CounterfactualsMax = 0 };
        var ends = new Dictionary<PolicyOutcome, int>();
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            PolicySet policies = Policies(random);
            CompiledPolicySet compiled = policies.Compile();
            var world = new RandomWorld(random);
            EntityStore entities = world.Entities();
            for (int i = 0; i < 4; i++)
            {
                Explanation explanation = Explainer.Explain(compiled, world.Request(), entities, options);

                Differences(explanation).ShouldBeEmpty($"seed {seed}, request {i}: {explanation.Request}");
                foreach (PolicyExplanation policy in explanation.Policies)
                {
                    ends[policy.Outcome] = ends.GetValueOrDefault(policy.Outcome) + 1;
                }
            }
        }

        // Agreement says nothing about an outcome that never came up.
        ends.Keys.Order().ShouldBe(Enum.GetValues<PolicyOutcome>());
        ends.Values.ShouldAllBe(count => count > 100);
    }

    // Half of them for everybody: a random scope seldom matches a random request.
    internal static PolicySet Policies(Random random)
    {
        var policies = new RandomPolicies(random);
        var any = new EntityScope(0, ScopeOperator.Any, null, null, HasSlot: false);
        var anyAction = new ActionScope(0, ScopeOperator.Any, [], IsList: false);
        return PolicySet.Parse(string.Join('\n', Enumerable.Range(0, 12).Select(i => PolicyPrinter.Print(
            i % 2 == 0 ? policies.Tree(depth: 4) : policies.Tree(depth: 4) with { Principal = any, Action = anyAction, Resource = any }))));
    }

    /// <summary>What the trees say of each policy against what the compiled set says.</summary>
    internal static IEnumerable<string> Differences(Explanation explanation)
    {
        Response response = explanation.Response;
        var considered = response.Considered.ToHashSet();
        foreach (PolicyExplanation policy in explanation.Policies)
        {
            PolicyError? error = response.Errors.FirstOrDefault(error => error.Policy == policy.Policy);
            PolicyOutcome expected = !considered.Contains(policy.Policy) ? PolicyOutcome.ScopeFailed
                : error is not null ? PolicyOutcome.Error
                : response.SatisfiedPermits.Contains(policy.Policy) || response.SatisfiedForbids.Contains(policy.Policy) ? PolicyOutcome.True
                : PolicyOutcome.False;
            if (policy.Outcome != expected || policy.Error != error?.Error)
            {
                yield return $"{policy.Policy.Id}: compiled {expected} {error?.Error}, interpreted {policy.Outcome} {policy.Error}\n{policy.Policy.Text}";
            }
        }
    }

    [Theory]
    [InlineData("context.a || context.b", "✓ context.a || context.b¦✓ context.a¦· context.b")]
    [InlineData("context.b && context.a", "✗ context.b && context.a¦✗ context.b¦· context.a")]
    [InlineData("context.b || context.n > 2", "✓ context.b || context.n > 2¦✗ context.b¦✓ context.n > 2¦= context.n = 3")]
    [InlineData("if context.a then context.b else context.c", "✗ if context.a then context.b else context.c¦✓ context.a¦✗ context.b¦· context.c")]
    [InlineData("context.missing == 1 || true", "! context.missing == 1 || true: *¦! context.missing == 1: *¦! context.missing: *")]
    [InlineData("!(context.n + 1 < 3)", "✓ !(context.n + 1 < 3)¦✗ context.n + 1 < 3¦= context.n + 1 = 4¦= context.n = 3")]
    [InlineData("principal in Role::\"physician\"", "✓ principal in Role::\"physician\"")]
    [InlineData("context.r.x == 1 && context has r.x", "✓ context.r.x == 1 && context has r.x¦✓ context.r.x == 1¦= context.r.x = 1¦✓ context has r.x")]
    [InlineData("[context.n, 4].contains(4)", "✓ [context.n, 4].contains(4)¦= [context.n, 4] = [3, 4]¦= context.n = 3")]
    [InlineData("context.missing is User in Role::\"r\"", "! context.missing is User in Role::\"r\": *¦! context.missing: *")]
    public void A_tree_shows_what_was_true_false_in_error_or_not_reached(string condition, string expected)
    {
        var context = RecordValue.Of(
            ("a", Value.Of(true)), ("b", Value.Of(false)), ("c", Value.Of(true)), ("n", Value.Of(3)), ("r", RecordValue.Of(("x", Value.Of(1)))));

        Explanation explanation = Hospital.Of(condition, context, options: new ExplanationOptions { NearestMax = 0 });

        // Decision, policy, three constraints and the `when` line come first.
        string[] lines = [.. explanation.ToText().Split('\n').Skip(6).TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line.Trim())];
        string[] wanted = expected.Split('¦');
        lines.Length.ShouldBe(wanted.Length, string.Join('\n', lines));
        for (int i = 0; i < lines.Length; i++)
        {
            if (wanted[i].EndsWith('*'))
            {
                lines[i].ShouldStartWith(wanted[i][..^1]);
            }
            else
            {
                lines[i].ShouldBe(wanted[i]);
            }
        }
    }

    [Fact]
    public void Each_constraint_of_the_scope_is_true_or_false_on_its_own()
    {
        Explanation explanation = Explainer.Explain(
            Hospital.Set, Hospital.Ask(Hospital.Bob, "view"), Hospital.Entities, new ExplanationOptions { IncludeUnmatched = true });

        PolicyExplanation billing = explanation.Policies.Single(policy => policy.Policy.Id == "billing-metadata");
        billing.Outcome.ShouldBe(PolicyOutcome.ScopeFailed);
        billing.Principal.Outcome.ShouldBe(NodeOutcome.True);
        billing.Action.Outcome.ShouldBe(NodeOutcome.False);
        billing.Resource.Outcome.ShouldBe(NodeOutcome.True);
        billing.Conditions.ShouldHaveSingleItem().Outcome.ShouldBe(NodeOutcome.NotReached);
        billing.Principal.Text.ShouldBe("principal is User in Role::\"billing\"");
        billing.Principal.Kind.ShouldBe("principal");
        explanation.Policies.Count.ShouldBe(5);
    }

    [Fact]
    public void Without_being_asked_only_policies_whose_scope_matched_are_explained()
    {
        Explanation explanation = Explainer.Explain(Hospital.Set, Hospital.Ask(Hospital.Ada, "view"), Hospital.Entities);

        explanation.Policies.Select(policy => policy.Policy.Id).ShouldBe(["care-team-read", "own-study"]);
    }

    [Fact]
    public void A_node_knows_its_place_in_the_text_and_in_the_data()
    {
        Explanation explanation = Explainer.Explain(Hospital.Set, Hospital.Ask(Hospital.Ada, "view"), Hospital.Entities);

        ExplanationNode membership = explanation.Policies[0].Conditions[0].Children.ShouldHaveSingleItem();
        membership.Kind.ShouldBe("in");
        membership.Position.ToString().ShouldBe("hospital.cedar:3:8");
        ExplanationNode team = membership.Children.ShouldHaveSingleItem();
        team.Kind.ShouldBe("attribute");
        team.Value.ShouldBe(Hospital.Team);
        team.Place!.ToString().ShouldBe("resource.careTeam");
        team.Place.Root.ShouldBe(PlaceRoot.Resource);
        team.Place.Entity.ShouldBe(Hospital.Study);
        team.ToString().ShouldBe("resource.careTeam: Value");
    }

    [Fact]
    public void A_template_is_not_explained_and_a_policy_linked_from_it_is()
    {
        PolicySet policies = PolicySet.Parse("permit(principal == ?principal, action, resource);").Link("policy0", "link", Hospital.Ada);

        Explanation explanation = Explainer.Explain(
            policies, Hospital.Ask(Hospital.Ada, "view"), Hospital.Entities, new ExplanationOptions { IncludeUnmatched = true });

        explanation.Policies.ShouldHaveSingleItem().Policy.Id.ShouldBe("link");
        explanation.Policies[0].Principal.Text.ShouldBe("principal == User::\"ada\"");
        explanation.Policies[0].Outcome.ShouldBe(PolicyOutcome.True);
    }

    [Theory]
    [InlineData("(", ")", 240)]
    [InlineData("!(", ")", 120)]
    [InlineData("1 + (", ") > 0", 1)]
    public void The_deepest_policies_that_parse_are_explained(string before, string after, int times)
    {
        string condition = string.Concat(Enumerable.Repeat(before, times)) + (times == 1 ? "1" : "context.a") + string.Concat(Enumerable.Repeat(after, times));

        Explanation explanation = Hospital.Of(condition, RecordValue.Of(("a", Value.Of(true))));

        explanation.Response.Decision.ShouldBe(Decision.Allow);
        explanation.ToJson().GetProperty("decision").GetString().ShouldBe("allow");
        explanation.ToText().ShouldStartWith("Allow");
    }

    [Fact]
    public void A_tree_of_the_greatest_height_is_cut_in_json_so_that_readers_accept_it()
    {
        string deep = string.Concat(Enumerable.Range(0, 240).Select(_ => "if true then (")) + "context.a" + string.Concat(Enumerable.Range(0, 240).Select(_ => ") else false"));
        Should.Throw<PolicySyntaxException>(() => Hospital.Of(deep));
        string sum = "context.n" + string.Concat(Enumerable.Repeat(" + context.n", 245)) + " == 0";

        Explanation explanation = Hospital.Of(sum, RecordValue.Of(("n", Value.Of(1))));

        explanation.ToJson().ToString().ShouldContain("\"cut\":true");
        explanation.Response.Decision.ShouldBe(Decision.Deny);
        explanation.Policies[0].Conditions[0].Text.ShouldEndWith("…");
    }

    [Fact]
    public void A_chain_of_ten_thousand_links_is_explained()
    {
        string chain = string.Join(" || ", Enumerable.Range(0, 10_000).Select(i => $"context.n == {i}"));

        Explanation explanation = Hospital.Of(chain, RecordValue.Of(("n", Value.Of(-1))));

        NearPermit near = explanation.NearestPermits.ShouldHaveSingleItem();
        near.DataToChange.ShouldBe(1);
        near.Failing.Count.ShouldBe(50);
        near.IsCut.ShouldBeTrue();
        explanation.Counterfactuals.Count.ShouldBe(10);
    }
}
