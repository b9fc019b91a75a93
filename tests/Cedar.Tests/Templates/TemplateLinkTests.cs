using System.Diagnostics;

namespace AccessGov.Cedar.Tests.Templates;

public sealed class TemplateLinkTests
{
    private const string Texts = """
        permit(principal, action, resource in Album::"open");

        @id("share")
        @reason("shared with you")
        permit(principal == ?principal, action == Action::"view", resource in ?resource) when { context has mfa };
        forbid(principal is User in ?principal, action, resource);
        """;

    private static readonly EntityUid Group = new("Group", "blocked");
    private static readonly EntityUid Album = new("Album", "holidays");

    private static PolicySet Set { get; } = PolicySet.Parse(Texts, "share.cedar");

    private static EntityStore Entities { get; } = EntityStore.Create(
        [new Entity(Cedar.Alice, parents: [Group]), new Entity(Cedar.Photo, parents: [Album])]);

    [Fact]
    public void A_linked_policy_authorises_and_the_response_names_its_id()
    {
        PolicySet linked = Set.Link("policy1", "alice-holidays", Cedar.Alice, Album);

        Evaluate(Set, mfa: true).Decision.ShouldBe(Decision.Deny);
        Response response = Evaluate(linked, mfa: true);
        response.Decision.ShouldBe(Decision.Allow);
        response.Reasons.ShouldHaveSingleItem().Id.ShouldBe("alice-holidays");
        Evaluate(linked, mfa: false).Decision.ShouldBe(Decision.Deny);
        Evaluate(Set.Link("policy1", "bob", new EntityUid("User", "bob"), Album), mfa: true).Decision.ShouldBe(Decision.Deny);
        Evaluate(Set.Link("policy1", "other", Cedar.Alice, new EntityUid("Album", "work")), mfa: true).Decision.ShouldBe(Decision.Deny);
    }

    [Fact]
    public void A_slot_behind_is_and_in_is_filled_and_the_type_stays()
    {
        PolicySet linked = Set.Link("policy1", "allow", Cedar.Alice, Album).Link("policy2", "block", Group);

        Evaluate(linked, mfa: true).Reasons.ShouldHaveSingleItem().Id.ShouldBe("block");
        linked.Compile().Evaluate(new Request(new EntityUid("Machine", "m"), Cedar.View, Cedar.Photo, RecordValue.Empty), Entities)
            .SatisfiedForbids.ShouldBeEmpty();
        PolicyPrinter.Print(linked.Find("block")!.Tree).ShouldBe("forbid (principal is User in Group::\"blocked\", action, resource);");
    }

    [Fact]
    public void An_error_of_a_linked_policy_names_its_id()
    {
        PolicySet set = PolicySet.Parse("forbid(principal, action, resource == ?resource) when { context.missing };")
            .Link("policy0", "checks", resource: Cedar.Photo);

        PolicyError error = Evaluate(set, mfa: true).Errors.ShouldHaveSingleItem();
        error.Policy.Id.ShouldBe("checks");
        error.Effect.ShouldBe(Effect.Forbid);
    }

    [Fact]
    public void A_linked_policy_knows_its_template_and_values_and_stands_where_the_template_does()
    {
        PolicySet linked = Set.Link("policy1", "alice-holidays", Cedar.Alice, Album);

        Policy policy = linked.Policies[^1];
        policy.ShouldBe(linked.Find("alice-holidays"));
        policy.IsTemplate.ShouldBeFalse();
        policy.Template.ShouldBe(Set.Policies[1]);
        policy.Link.ShouldBe(new TemplateLink("policy1", "alice-holidays", Cedar.Alice, Album));
        policy.Annotations["reason"].ShouldBe("shared with you");
        policy.Position.ToString().ShouldBe("share.cedar:3:1");
        policy.Text.ShouldStartWith("@id(\"share\")");
        Set.Policies.ShouldAllBe(other => other.Template == null && other.Link == null);
    }

    [Theory]
    [InlineData("nobody", "new", true, true, LinkErrorKind.UnknownTemplate, "There is no template `nobody`.")]
    [InlineData("policy0", "new", true, true, LinkErrorKind.NotATemplate, "The policy `policy0` has no slots, so it cannot be linked.")]
    [InlineData("policy1", "new", false, true, LinkErrorKind.MissingValue, "The link `new` gives no entity for the slot ?principal of `policy1`.")]
    [InlineData("policy1", "new", true, false, LinkErrorKind.MissingValue, "The link `new` gives no entity for the slot ?resource of `policy1`.")]
    [InlineData("policy2", "new", true, true, LinkErrorKind.ExtraValue, "The link `new` gives an entity for ?resource, a slot that `policy2` has not.")]
    [InlineData("policy1", "policy0", true, true, LinkErrorKind.IdInUse, "The id `policy0` is in use; a link of `policy1` needs an id of its own.")]
    [InlineData("policy1", "policy1", true, true, LinkErrorKind.IdInUse, "The id `policy1` is in use; a link of `policy1` needs an id of its own.")]
    [InlineData("policy1", "taken", true, true, LinkErrorKind.IdInUse, "The id `taken` is in use; a link of `policy1` needs an id of its own.")]
    [InlineData("taken", "new", true, false, LinkErrorKind.NotATemplate, "The policy `taken` has no slots, so it cannot be linked.")]
    public void A_link_that_does_not_fit_is_refused(
        string template, string id, bool withPrincipal, bool withResource, LinkErrorKind kind, string message)
    {
        PolicySet set = Set.Link("policy2", "taken", Group);

        LinkError error = Should.Throw<TemplateLinkException>(
            () => set.Link(template, id, withPrincipal ? Cedar.Alice : null, withResource ? Album : null)).Errors.ShouldHaveSingleItem();

        error.Kind.ShouldBe(kind);
        error.Message.ShouldBe(message);
        error.Link.NewId.ShouldBe(id);
    }

    [Fact]
    public void Many_links_are_made_together_or_not_at_all_and_every_bad_one_is_named()
    {
        TemplateLinkException refused = Should.Throw<TemplateLinkException>(() => Set.Link(
        [
            new TemplateLink("policy2", "a", Group),
            new TemplateLink("policy2", "a", Cedar.Alice),
            new TemplateLink("policy2", "b"),
            new TemplateLink("policy2", "c", Group),
        ]));

        refused.Errors.Select(error => (error.Link.NewId, error.Kind)).ShouldBe([("a", LinkErrorKind.IdInUse), ("b", LinkErrorKind.MissingValue)]);
        refused.Message.ShouldBe(string.Join(Environment.NewLine, refused.Errors.Select(error => error.Message)));
        Set.Policies.Count.ShouldBe(3);
    }

    [Fact]
    public void Ten_thousand_links_are_made_in_no_time()
    {
        var watch = Stopwatch.StartNew();

        PolicySet linked = Set.Link(Enumerable.Range(0, 10_000).Select(i => new TemplateLink("policy1", $"link{i}", new EntityUid("User", $"u{i}"), Album)));

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        linked.Policies.Count.ShouldBe(10_003);
        linked.Compile().Evaluate(new Request(new EntityUid("User", "u77"), Cedar.View, Cedar.Photo, RecordValue.Of(("mfa", Value.Of(true)))), Entities)
            .Reasons.ShouldHaveSingleItem().Id.ShouldBe("link77");
    }

    [Fact]
    public void A_link_can_be_removed_and_a_template_only_without_links()
    {
        PolicySet linked = Set.Link("policy1", "one", Cedar.Alice, Album);

        Should.Throw<ArgumentException>(() => linked.Remove("policy1")).Message.ShouldStartWith("The template `policy1` still has a link, `one`.");
        Should.Throw<ArgumentException>(() => linked.Remove("none")).Message.ShouldStartWith("No policy has the id `none`.");
        PolicySet rest = linked.Remove("one");
        rest.Policies.ShouldBe(Set.Policies);
        rest.Remove("policy1").Policies.Select(policy => policy.Id).ShouldBe(["policy0", "policy2"]);
        linked.Find("one").ShouldNotBeNull();
        rest.Link("policy1", "one", Cedar.Alice, Album).Policies.Count.ShouldBe(4);
    }

    [Fact]
    public void Sets_with_links_combine_and_a_link_needs_its_template()
    {
        PolicySet linked = Set.Link("policy1", "one", Cedar.Alice, Album);
        PolicySet other = PolicySet.Parse("permit(principal, action, resource);", chooseId: _ => "more");

        PolicySet.Combine([other, linked]).Policies.Select(policy => policy.Id).ShouldBe(["more", "policy0", "policy1", "policy2", "one"]);
        Should.Throw<ArgumentException>(() => PolicySet.Of([linked.Find("one")!])).Message.ShouldContain("`one` is linked from the template `policy1`");
        Should.Throw<ArgumentException>(() => PolicySet.Of([linked.Find("one")!, linked.Find("one")!])).Message.ShouldContain("Two policies have the id `one`.");
    }

    private static Response Evaluate(PolicySet set, bool mfa) => set.Compile().Evaluate(
        new Request(Cedar.Alice, Cedar.View, Cedar.Photo, mfa ? RecordValue.Of(("mfa", Value.Of(true))) : RecordValue.Empty), Entities);
}
