using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Templates;

/// <summary>Where a slot may stand, what it makes of a policy, and what filling it gives, place by place.</summary>
public sealed class SlotTests
{
    private static readonly EntityUid Team = new("Team", "a \"b\"");

    [Theory]
    [InlineData("principal == ?principal, action, resource", true, false)]
    [InlineData("principal in ?principal, action, resource", true, false)]
    [InlineData("principal is User in ?principal, action, resource", true, false)]
    [InlineData("principal, action, resource == ?resource", false, true)]
    [InlineData("principal, action, resource in ?resource", false, true)]
    [InlineData("principal, action, resource is A::B in ?resource", false, true)]
    [InlineData("principal == ?principal, action in [], resource in ?resource,", true, true)]
    [InlineData("principal == (?principal), action, resource is User in ((?resource))", true, true)]
    [InlineData("principal in User::\"?principal\", action, resource", false, false)]
    [InlineData("principal, action == Action::\"?resource\", resource", false, false)]
    public void A_policy_with_a_slot_in_its_scope_is_a_template(string scope, bool principal, bool resource)
    {
        Policy policy = PolicySet.Parse($"permit({scope}) when {{ \"?principal\" == \"?resource\" }};").Policies[0];

        policy.IsTemplate.ShouldBe(principal || resource);
        (policy.Tree.Principal.HasSlot, policy.Tree.Resource.HasSlot).ShouldBe((principal, resource));
        TreeText.Of(PolicySet.Parse(PolicyFormatter.Print(policy)).Policies[0].Tree).ShouldBe(TreeText.Of(policy.Tree));
        TreeText.Of(PolicyJson.Parse(PolicyJson.Write(policy)).Tree).ShouldBe(TreeText.Of(policy.Tree));
    }

    [Theory]
    [InlineData("permit(principal == ?resource, action, resource);", "Unexpected `?resource`; expected an entity uid or the slot ?principal.")]
    [InlineData("permit(principal in ?resource, action, resource);", "Unexpected `?resource`; expected an entity uid or the slot ?principal.")]
    [InlineData("permit(principal is User in ?resource, action, resource);", "Unexpected `?resource`; expected an entity uid or the slot ?principal.")]
    [InlineData("permit(principal, action, resource == ?principal);", "Unexpected `?principal`; expected an entity uid or the slot ?resource.")]
    [InlineData("permit(principal is ?principal, action, resource);", "Unexpected `?principal`; expected an entity type.")]
    [InlineData("permit(?principal, action, resource);", "Unexpected `?principal`; expected `principal`.")]
    [InlineData("permit(principal == (?resource), action, resource);", "Unexpected `?resource`; expected an entity uid or the slot ?principal.")]
    [InlineData("permit(principal == (?principal, action, resource);", "Unexpected `,`; expected `)`.")]
    [InlineData("permit(principal == ?Principal, action, resource);", "`?Principal` is not a template slot; there are ?principal and ?resource; expected an entity uid or the slot ?principal.")]
    [InlineData("permit(principal == ?action, action, resource);", "`?action` is not a template slot; there are ?principal and ?resource; expected an entity uid or the slot ?principal.")]
    [InlineData("permit(principal == ? principal, action, resource);", "Unexpected `?`; expected an entity uid such as User::\"alice\".")]
    [InlineData("permit(principal, action == ?principal, resource);", "The action takes no template slot; expected an entity uid such as Action::\"view\".")]
    [InlineData("permit(principal, action in ?resource, resource);", "The action takes no template slot; expected an entity uid such as Action::\"view\".")]
    [InlineData("permit(principal, action in [Action::\"a\", ?resource], resource);", "The action takes no template slot; expected an entity uid such as Action::\"view\".")]
    [InlineData("permit(principal, action, resource) when { principal == ?principal };", "The slot `?principal` may stand in the scope of a policy only, not in `when` or `unless`.")]
    [InlineData("permit(principal == ?principal, action, resource) unless { resource in ?resource };", "The slot `?resource` may stand in the scope of a policy only, not in `when` or `unless`.")]
    [InlineData("permit(principal, action, resource) when { [?principal].contains(principal) };", "The slot `?principal` may stand in the scope of a policy only, not in `when` or `unless`.")]
    [InlineData("permit(principal, action, resource) when { principal == ?other };", "`?other` is not a template slot; there are ?principal and ?resource; expected an expression.")]
    [InlineData("@id(?principal) permit(principal, action, resource);", "Unexpected `?principal`; expected a string.")]
    public void A_slot_anywhere_else_is_refused(string policy, string message) => Cedar.Errors(policy).ShouldHaveSingleItem().Problem.ShouldBe(message);

    [Theory]
    [InlineData("principal == ?principal, action, resource", "principal == Team::\"a \\\"b\\\"\", action, resource")]
    [InlineData("principal in ?principal, action, resource", "principal in Team::\"a \\\"b\\\"\", action, resource")]
    [InlineData("principal is User in ?principal, action, resource", "principal is User in Team::\"a \\\"b\\\"\", action, resource")]
    [InlineData("principal, action, resource == ?resource", "principal, action, resource == Photo::\"sea\"")]
    [InlineData("principal, action, resource in ?resource", "principal, action, resource in Photo::\"sea\"")]
    [InlineData("principal, action, resource is Photo in ?resource", "principal, action, resource is Photo in Photo::\"sea\"")]
    [InlineData("principal in ?principal, action, resource == ?resource", "principal in Team::\"a \\\"b\\\"\", action, resource == Photo::\"sea\"")]
    public void Filling_a_slot_changes_nothing_else(string template, string linked)
    {
        string conditions = "\nwhen { context has a }\nunless { context has b }";
        PolicySet set = PolicySet.Parse($"@id(\"x\") @note forbid({template}){conditions};");
        PolicyTree tree = set.Policies[0].Tree;

        Policy link = set.Link("policy0", "new", tree.Principal.HasSlot ? Team : null, tree.Resource.HasSlot ? Cedar.Photo : null).Find("new")!;

        PolicyFormatter.Print(link).ShouldBe($"@id(\"x\")\n@note\nforbid ({linked}){conditions};");
        link.Effect.ShouldBe(Effect.Forbid);
        link.IsTemplate.ShouldBeFalse();
        link.Tree.Conditions.ShouldBeSameAs(tree.Conditions);
        set.Policies[0].Tree.ShouldBeSameAs(tree);
    }

    [Theory]
    [InlineData("principal == ?principal", "User", "alice", true)]
    [InlineData("principal == ?principal", "User", "bob", false)]
    [InlineData("principal == ?principal", "Group", "staff", false)]
    [InlineData("principal in ?principal", "Group", "staff", true)]
    [InlineData("principal in ?principal", "Group", "all", true)]
    [InlineData("principal in ?principal", "User", "alice", true)]
    [InlineData("principal in ?principal", "Group", "other", false)]
    [InlineData("principal is User in ?principal", "Group", "all", true)]
    [InlineData("principal is User in ?principal", "User", "alice", true)]
    [InlineData("principal is Nurse in ?principal", "Group", "all", false)]
    [InlineData("principal is Nurse in ?principal", "User", "alice", false)]
    public void A_link_matches_as_the_filled_scope_says(string scope, string type, string id, bool matches)
    {
        EntityStore entities = EntityStore.Create(
        [
            new Entity(Cedar.Alice, parents: [new EntityUid("Group", "staff")]),
            new Entity(new EntityUid("Group", "staff"), parents: [new EntityUid("Group", "all")]),
        ]);
        PolicySet set = PolicySet.Parse($"permit({scope}, action, resource);").Link("policy0", "new", new EntityUid(type, id));
        var request = new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Empty);

        Response response = set.Compile().Evaluate(in request, entities);

        response.Decision.ShouldBe(matches ? Decision.Allow : Decision.Deny);
        response.Considered.Select(policy => policy.Id).ShouldBe(matches ? ["new"] : []);
    }

    [Fact]
    public void A_template_alone_neither_permits_nor_forbids_nor_errs()
    {
        PolicySet set = PolicySet.Parse("""
            permit(principal == ?principal, action, resource);
            forbid(principal, action, resource in ?resource);
            permit(principal is User in ?principal, action, resource) when { 1 };
            permit(principal, action, resource);
            """);

        Response response = set.Compile().Evaluate(new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Empty), EntityStore.Empty);

        response.Decision.ShouldBe(Decision.Allow);
        response.Considered.ShouldHaveSingleItem().Id.ShouldBe("policy3");
        response.Errors.ShouldBeEmpty();
        NeverApplies.Find(set).ShouldBeEmpty();
    }

    [Fact]
    public void The_same_template_may_be_linked_many_times_with_one_entity_and_each_link_counts()
    {
        PolicySet set = PolicySet.Parse("permit(principal == ?principal, action, resource);")
            .Link([new("policy0", "a", Cedar.Alice), new("policy0", "b", Cedar.Alice), new("policy0", "", Cedar.Alice)]);

        Response response = set.Compile().Evaluate(new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Empty), EntityStore.Empty);

        response.Reasons.Select(policy => policy.Id).ShouldBe(["a", "b", ""]);
        set.Remove("b").Compile().Evaluate(new Request(Cedar.Alice, Cedar.View, Cedar.Photo, RecordValue.Empty), EntityStore.Empty)
            .Reasons.Select(policy => policy.Id).ShouldBe(["a", ""]);
    }

    [Fact]
    public void Linking_nothing_gives_the_same_policies()
    {
        PolicySet set = PolicySet.Parse("permit(principal == ?principal, action, resource);");

        set.Link([]).Policies.ShouldBe(set.Policies);
    }

    [Fact]
    public void A_long_id_in_a_refused_link_is_cut_in_the_message_and_whole_in_the_link()
    {
        string id = new('x', 100_000);

        TemplateLinkException refused = Should.Throw<TemplateLinkException>(() => PolicySet.Empty.Link(id, "new", Cedar.Alice));

        refused.Message.Length.ShouldBeLessThan(1_000);
        refused.Errors.ShouldHaveSingleItem().Link.TemplateId.ShouldBe(id);
    }
}
