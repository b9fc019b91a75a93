using AccessGov.Cedar.Tests.Generators;
using AccessGov.Cedar.Tests.Language;

namespace AccessGov.Cedar.Tests.Explaining;

/// <summary>Where a node stands in the policy text and where the value it reads lives in the data.</summary>
public sealed class NodePlaceTests
{
    private static readonly ExplanationOptions Trees = new() { CounterfactualsMax = 0, NearestMax = 0, IncludeUnmatched = true };

    [Theory]
    [InlineData("context.n", "context.n", PlaceRoot.Context, PlaceKind.Attribute)]
    [InlineData("context.nope", "context.nope", PlaceRoot.Context, PlaceKind.Attribute)]
    [InlineData("context.rec.a.b.c", "context.rec.a.b.c", PlaceRoot.Context, PlaceKind.Attribute)]
    [InlineData("context.nope.deeper", "context.nope.deeper", PlaceRoot.Context, PlaceKind.Attribute)]
    [InlineData("context[\"two words\"]", "context[\"two words\"]", PlaceRoot.Context, PlaceKind.Attribute)]
    [InlineData("context[\"n\"]", "context.n", PlaceRoot.Context, PlaceKind.Attribute)]
    [InlineData("principal.age", "principal.age", PlaceRoot.Principal, PlaceKind.Attribute)]
    [InlineData("principal.address[\"town\"].zip", "principal.address.town.zip", PlaceRoot.Principal, PlaceKind.Attribute)]
    [InlineData("resource.groups", "resource.groups", PlaceRoot.Resource, PlaceKind.Attribute)]
    [InlineData("action.x", "action.x", PlaceRoot.Action, PlaceKind.Attribute)]
    [InlineData("principal.boss.age", "User::\"bob\".age", PlaceRoot.Entity, PlaceKind.Attribute)]
    [InlineData("principal.boss.boss.age", "User::\"bob\".age", PlaceRoot.Entity, PlaceKind.Attribute)]
    [InlineData("User::\"bob\".age", "User::\"bob\".age", PlaceRoot.Entity, PlaceKind.Attribute)]
    [InlineData("principal.ghost.age", "User::\"nobody\".age", PlaceRoot.Entity, PlaceKind.Attribute)]
    [InlineData("context.who.age", "principal.age", PlaceRoot.Principal, PlaceKind.Attribute)]
    [InlineData("User::\"alice\".age", "principal.age", PlaceRoot.Principal, PlaceKind.Attribute)]
    [InlineData("Photo::\"sea\".groups", "resource.groups", PlaceRoot.Resource, PlaceKind.Attribute)]
    [InlineData("(if context.yes then principal else resource).age", "principal.age", PlaceRoot.Principal, PlaceKind.Attribute)]
    [InlineData("principal.getTag(\"shift\")", "principal.getTag(\"shift\")", PlaceRoot.Principal, PlaceKind.Tag)]
    [InlineData("principal.getTag(\"two words\")", "principal.getTag(\"two words\")", PlaceRoot.Principal, PlaceKind.Tag)]
    [InlineData("principal.boss.getTag(context.s)", "User::\"bob\".getTag(\"text\")", PlaceRoot.Entity, PlaceKind.Tag)]
    public void A_read_knows_which_datum_it_read_or_would_have_read(string read, string text, PlaceRoot root, PlaceKind kind)
    {
        ExplanationNode node = Body($"{read} == 1").Children[0];

        node.Place.ShouldNotBeNull();
        node.Place.ToString().ShouldBe(text);
        (node.Place.Root, node.Place.Kind).ShouldBe((root, kind));
        node.Place.IsChangeable.ShouldBe(root != PlaceRoot.Action);
        (node.Place.Entity is null).ShouldBe(root == PlaceRoot.Context);
        (node.Value is null).ShouldBe(node.Outcome == NodeOutcome.Error);
    }

    [Theory]
    [InlineData("principal has age", "principal.age")]
    [InlineData("principal has nope", "principal.nope")]
    [InlineData("principal has address.town.zip", "principal.address.town.zip")]
    [InlineData("principal has address.village.zip", "principal.address.village.zip")]
    [InlineData("principal has boss.boss.age", "User::\"bob\".age")]
    [InlineData("context has rec.a", "context.rec.a")]
    [InlineData("context has \"two words\"", "context[\"two words\"]")]
    [InlineData("context.ghost has age", "User::\"nobody\".age")]
    [InlineData("principal.hasTag(\"nope\")", "principal.getTag(\"nope\")")]
    public void A_question_whether_there_is_a_datum_knows_which(string question, string text) => Body(question).Place!.ToString().ShouldBe(text);

    [Theory]
    [InlineData("{a: context.n}.a == 5")]
    [InlineData("[context.n] == [5]")]
    [InlineData("context.n + 1 == 6")]
    [InlineData("(if context.yes then context.rec else {a: 1}).a == 1")]
    public void What_was_computed_has_no_place(string expression) => Body(expression).Children[0].Place.ShouldBeNull();

    [Fact]
    public void Two_places_are_equal_when_they_name_one_datum_whatever_they_are_seen_as()
    {
        ValuePlace bySelf = Body("principal.boss.age == 1").Children[0].Place!;
        ValuePlace byName = Body("User::\"bob\".age == 2").Children[0].Place!;
        ValuePlace other = Body("User::\"bob\".boss == 2").Children[0].Place!;
        ValuePlace tag = Body("User::\"bob\".getTag(\"age\") == 2").Children[0].Place!;

        bySelf.ShouldBe(byName);
        bySelf.GetHashCode().ShouldBe(byName.GetHashCode());
        bySelf.Equals((object)byName).ShouldBeTrue();
        bySelf.ShouldNotBe(other);
        bySelf.ShouldNotBe(tag);
        bySelf.Equals((object?)null).ShouldBeFalse();
        bySelf.Equals((object)"User::\"bob\".age").ShouldBeFalse();
        Body("context[\"a.b\"] == 1").Children[0].Place.ShouldNotBe(Body("context.a.b == 1").Children[0].Place);
    }

    [Theory]
    [InlineData("context.n == 5", "1:44 ==;1:44 attribute")]
    [InlineData("context.yes && (context.n < 9)", "1:44 &&;1:44 attribute;1:60 <;1:60 attribute")]
    [InlineData("!context.no", "1:44 !;1:45 attribute")]
    [InlineData("if context.yes then context.no else context.nope", "1:44 if;1:47 attribute;1:64 attribute;1:80 attribute")]
    [InlineData("principal.boss.age == 1", "1:44 ==;1:44 attribute")]
    [InlineData("[1, context.n].contains(context.zero)", "1:44 contains;1:44 set;1:48 attribute;1:68 attribute")]
    [InlineData("{a: context.n}.a == 5", "1:44 ==;1:44 attribute;1:44 record;1:48 attribute")]
    [InlineData("ip(context.s).isIpv4()", "1:44 isIpv4;1:44 ip;1:47 attribute")]
    [InlineData("1 + context.n > 2", "1:44 >;1:44 +;1:48 attribute")]
    [InlineData("\n    context.n\n      == context.zero", "2:5 ==;2:5 attribute;3:10 attribute")]
    [InlineData("\"é😀\" == context.s", "1:44 ==;1:53 attribute")]
    public void A_node_stands_where_its_text_starts(string expression, string expected)
    {
        string places = string.Join(';', AllOf(Body(expression)).Select(node => $"{node.Position.Line}:{node.Position.Column} {node.Kind}"));

        places.ShouldBe(expected);
    }

    [Fact]
    public void Constraints_and_conditions_stand_where_they_are_written()
    {
        const string Text =
            """
            @id("x")
            permit (
              principal is User in Group::"staff",
              action in [Action::"read", Action::"write"],
              resource
            )
            when { true }
            unless { context.no };
            """;

        PolicyExplanation policy = Explain(PolicySet.Parse(Text, "ward.cedar")).Policies.ShouldHaveSingleItem();

        policy.Policy.Position.ToString().ShouldBe("ward.cedar:1:1");
        policy.Principal.Position.ToString().ShouldBe("ward.cedar:3:3");
        policy.Action.Position.ToString().ShouldBe("ward.cedar:4:3");
        policy.Resource.Position.ToString().ShouldBe("ward.cedar:5:3");
        policy.Conditions.Select(condition => condition.Position.ToString()).ShouldBe(["ward.cedar:7:1", "ward.cedar:8:1"]);
        policy.Conditions.Select(condition => condition.Text).ShouldBe(["when { true }", "unless { context.no }"]);
        (policy.Principal.Text, policy.Action.Text, policy.Resource.Text).ShouldBe(
            ("principal is User in Group::\"staff\"", "action in [Action::\"read\", Action::\"write\"]", "resource"));
        (policy.Principal.Kind, policy.Action.Kind, policy.Resource.Kind).ShouldBe(("principal", "action", "resource"));
    }

    [Fact]
    public void The_text_at_the_position_of_every_node_of_a_random_policy_is_the_text_of_the_node()
    {
        int nodes = 0;
        for (int seed = 0; seed < 250; seed++)
        {
            var random = new Random(seed);
            PolicySet policies = new RandomPolicies(random).Set(4, depth: 3);
            var world = new RandomWorld(random);
            Explanation explanation = Explainer.Explain(policies, world.Request(), world.Entities(), Trees);
            foreach (PolicyExplanation policy in explanation.Policies)
            {
                foreach (ExplanationNode node in policy.Conditions.SelectMany(AllOf).Where(node => !node.Text.EndsWith('…')))
                {
                    nodes++;
                    // What starts with a parenthesis stands behind it.
                    policies.Policies[0].Tree.Source.Text[node.Position.Offset..].TrimStart('(')
                        .ShouldStartWith(node.Text.TrimStart('('), Case.Sensitive, $"seed {seed}, {policy.Policy.Id}");
                }
            }
        }

        nodes.ShouldBeGreaterThan(2_000);
    }

    private static ExplanationNode Body(string expression) => Explain(PolicySet.Parse($"permit(principal, action, resource) when {{ {expression} }};"))
        .Policies.ShouldHaveSingleItem().Conditions.ShouldHaveSingleItem().Children.ShouldHaveSingleItem();

    private static Explanation Explain(PolicySet policies) =>
        Explainer.Explain(policies, new Request(Cedar.Alice, Cedar.View, Cedar.Photo, Ward.Context), Ward.Entities, Trees);

    private static IEnumerable<ExplanationNode> AllOf(ExplanationNode node) => node.Children.SelectMany(AllOf).Prepend(node);
}
