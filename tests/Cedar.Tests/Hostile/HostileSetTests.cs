using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Hostile;

/// <summary>Policy sets that multiply: many links of a large template, many policies to explain, many roles and actions, one giant id.</summary>
public sealed class HostileSetTests
{
    private static readonly Validator Validator = new(Schema.Parse(
        "entity User in [User] { a?: User, n?: Long }; entity Photo { a?: Photo }; action view appliesTo { principal: User, resource: Photo, context: { text?: String } };"));

    private static readonly Request Asked = new(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Of(("text", Value.Of("aaa"))));

    /// <summary>What is nested, so that each level asks for the level below twice: twice as long a level, until nobody lives to see the end.</summary>
    [Theory]
    [InlineData("if (", "context.missing == 1", ") then true else false")]
    [InlineData("if (", "context.missing == 1", ") then context.missing == 2 else false")]
    [InlineData("if !(", "context.missing == 1", ") then false else true")]
    [InlineData("(if ", "principal is User in User::\"x\"", " then principal else principal) is User in User::\"x\"")]
    [InlineData("(if ", "resource has a", " then resource else resource) has a")]
    [InlineData("(if ", "principal has a", " then principal else principal.a) has a")]
    [InlineData("(if ", "principal in User::\"x\"", " then principal else principal.a) in User::\"x\"")]
    [InlineData("({a: (if ", "principal has a", " then principal else principal)}.a) has a")]
    [InlineData("[(if ", "principal has a", " then principal else principal)].contains(principal)")]
    public void Nesting_costs_a_step_for_each_level_and_not_twice_what_is_below(string open, string middle, string close)
    {
        int levels = open.StartsWith("({", StringComparison.Ordinal) ? 45 : 60;
        string condition = $"{Repeat(open, levels)}{middle}{Repeat(close, levels)}";
        PolicySet policies = PolicySet.Parse($"permit(principal, action, resource) when {{ {condition} }};");
        SmallStack.Run(
            () =>
            {
                Validator.Validate(policies);
                Validator.Validate(policies, level: 2);
                Explanation explanation = Explainer.Explain(policies, in Asked, EntityStore.Empty);
                explanation.Policies.ShouldHaveSingleItem().Outcome.ShouldBe(OutcomeOf(explanation.Response));
                explanation.ToText().ShouldContain("policy0");
                NeverApplies.Find(policies).Count.ShouldBeInRange(0, 1);
                TreeText.Of(PolicyJson.Parse(PolicyJson.Write(policies.Policies[0])).Tree).ShouldBe(TreeText.Of(policies.Policies[0].Tree));
            },
            condition[..40]);
    }

    [Fact]
    public void Links_of_a_large_template_share_what_is_compiled()
    {
        string condition = string.Join(" || ", Enumerable.Range(0, 5_000).Select(i => $"context.text == \"{i}\""));
        PolicySet template = PolicySet.Parse($"permit(principal == ?principal, action, resource) when {{ context has text && ({condition}) }};");

        SmallStack.GrowsGently("links", 20_000, count =>
        {
            PolicySet linked = template.Link(Enumerable.Range(0, count).Select(i => new TemplateLink("policy0", $"link{i}", new EntityUid("User", $"{i}"))));
            CompiledPolicySet compiled = linked.Compile();
            Request last = Asked with { Principal = new EntityUid("User", $"{count - 1}"), Context = RecordValue.Of(("text", Value.Of("4999"))) };
            compiled.Evaluate(in last, EntityStore.Empty).Reasons.ShouldHaveSingleItem().Id.ShouldBe($"link{count - 1}");
            compiled.Evaluate(in Asked, EntityStore.Empty).Decision.ShouldBe(Decision.Deny);
        });
    }

    [Fact]
    public void A_megabyte_of_links_is_read_and_written_in_time_that_grows_gently() => SmallStack.GrowsGently("links in JSON", 1_000_000, size =>
    {
        string links = string.Join(',', Enumerable.Range(0, size / 80).Select(i =>
            $"{{\"templateId\":\"t\",\"newId\":\"{i}\",\"values\":{{\"?principal\":{{\"type\":\"User\",\"id\":\"{i}\"}}}}}}"));
        const string Template = "{\"effect\":\"permit\",\"principal\":{\"op\":\"==\",\"slot\":\"?principal\"},\"action\":{\"op\":\"All\"},\"resource\":{\"op\":\"All\"},\"conditions\":[]}";
        PolicySet set = PolicySetJson.Parse($"{{\"staticPolicies\":{{}},\"templates\":{{\"t\":{Template}}},\"templateLinks\":[{links}]}}");
        set.Policies.Count.ShouldBe((size / 80) + 1);
        PolicySetJson.Parse(PolicySetJson.Write(set)).Policies.Count.ShouldBe(set.Policies.Count);
        Validator.Validate(set).Errors.ShouldBeEmpty();
        Should.Throw<PolicyJsonException>(() => PolicySetJson.Parse($"{{\"templates\":{{}},\"templateLinks\":[{links}]}}")).Message.Length.ShouldBeLessThan(1_000);
    });

    [Theory]
    [InlineData("permit(principal, action, resource) when { context has text && context.text == \"x#\" && principal in User::\"u#\" };")]
    [InlineData("forbid(principal, action, resource) when { context has text && context.text != \"x#\" && principal != User::\"u#\" };")]
    [InlineData("permit(principal in User::\"g#\", action, resource);")]
    [InlineData("permit(principal, action, resource) unless { context.a# > # || context.b# };")]
    public void Explaining_a_denial_by_a_megabyte_of_policies_ends_and_says_whether_it_looked_everywhere(string policy)
    {
        string text = "permit(principal == User::\"alice\", action, resource) when { false };"
            + string.Concat(Enumerable.Range(0, 1_000_000 / policy.Length).Select(i => policy.Replace("#", $"{i}", StringComparison.Ordinal)));
        CompiledPolicySet policies = PolicySet.Parse(text).Compile();

        SmallStack.Run(
            () =>
            {
                Explanation explanation = Explainer.Explain(policies, in Asked, EntityStore.Empty);

                explanation.Response.Decision.ShouldBe(Decision.Deny);
                explanation.NearestPermits.Count.ShouldBeLessThanOrEqualTo(5);
                explanation.Evaluations.ShouldBeLessThanOrEqualTo(200);
                (explanation.Counterfactuals.Count > 0 || explanation.EvaluationsBoundReached || explanation.NearestPermits.Count == 0).ShouldBeTrue();
            },
            policy);
    }

    [Fact]
    public void A_giant_id_that_ten_thousand_policies_stumble_over_is_not_repeated_in_ten_thousand_messages()
    {
        var giant = new EntityUid("User", new string('a', 1_000_000));
        string text = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"permit(principal, action, resource) when {{ principal.n == {i} }};"))
            + string.Concat(Enumerable.Range(0, 5_000).Select(i => $"permit(principal, action, resource) when {{ principal.getTag(\"k{i}\") == {i} }};"));
        CompiledPolicySet policies = PolicySet.Parse(text).Compile();
        Request request = Asked with { Principal = giant };

        foreach (EntityStore entities in new[] { EntityStore.Empty, EntityStore.Create([new Entity(giant)]) })
        {
            Response response = policies.Evaluate(in request, entities);

            response.Errors.Count.ShouldBe(10_000);
            response.Errors.Sum(error => error.Error.Message.Length).ShouldBeLessThan(20_000_000);
            response.Errors[0].Error.Message.ShouldStartWith(entities.Count == 0 ? "entity `User::\"aaaa" : "`User::\"aaaa");
        }
    }

    [Fact]
    public void A_matrix_of_too_many_cells_or_comparisons_is_refused_by_name()
    {
        PolicySet roles = PolicySet.Parse(string.Concat(Enumerable.Range(0, 2_000).Select(i => $"permit(principal in Role::\"{i}\", action == Action::\"{i}\", resource);")));
        PolicySet everybody = PolicySet.Parse(string.Concat(Enumerable.Range(0, 1_000).Select(
            i => $"permit(principal, action in [{string.Join(',', Enumerable.Range(i, 100).Select(action => $"Action::\"{action % 1_000}\""))}], resource);")));
        EntityUid[] fewRoles = [.. Enumerable.Range(0, 100).Select(i => new EntityUid("Role", $"{i}"))];

        Should.Throw<ArgumentException>(() => RoleMatrix.Of(roles, EntityStore.Empty)).Message.ShouldContain("2000 roles and 2000 actions, more than 1000000 cells");
        Should.Throw<ArgumentException>(() => RoleMatrix.Of(everybody, EntityStore.Empty, new RoleMatrixOptions { Roles = fewRoles }))
            .Message.ShouldContain("more than 100000000 comparisons");
        RoleMatrix.Of(roles, EntityStore.Empty, new RoleMatrixOptions { Roles = fewRoles }).Cells.Count(cell => cell.Verdict == RoleVerdict.Permitted).ShouldBe(100);
    }

    [Fact]
    public void Policies_that_never_apply_are_found_in_time_that_grows_with_policies_and_entities_and_not_their_product() =>
        SmallStack.GrowsGently("policies and entities", 20_000, count =>
        {
            PolicySet policies = PolicySet.Parse(string.Concat(
                Enumerable.Range(0, count).Select(i => $"permit(principal in Group::\"{i}\", action == Action::\"view\", resource is Photo in Album::\"{i}\");")));
            EntityStore entities = EntityStore.Create(
                Enumerable.Range(0, count).Select(i => new Entity(new EntityUid("User", $"{i}"), parents: [new EntityUid("Group", $"{i / 2 * 2}")]))
                    .Append(new Entity(Cedar.View)).Append(new Entity(Cedar.Photo, parents: [new EntityUid("Album", "0")])));

            IReadOnlyList<NeverApplying> found = NeverApplies.Find(policies, entities);

            found.Count.ShouldBe(count - 1);
            found.Count(never => never.Reason == NeverAppliesReason.NoPrincipalInData).ShouldBe(count / 2);
            found.Count(never => never.Reason == NeverAppliesReason.NoResourceInData).ShouldBe((count / 2) - 1);
        });

    private static PolicyOutcome OutcomeOf(Response response) =>
        response.Errors.Count > 0 ? PolicyOutcome.Error : response.Decision == Decision.Allow ? PolicyOutcome.True : PolicyOutcome.False;

    private static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));
}
