using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.DutySeparations;

public sealed class DutySeparationSpecs
{
    private static readonly DefineDutySeparation.Command Command = new("Nobody checks their own work", ["radiologist", "locum"]);
    private static readonly DutySeparationDefined Defined = new("Nobody checks their own work", ["locum", "radiologist"], 1);
    private static readonly DutySeparationFacts Rule = new("four-eyes", "d", ["order", "approve", "pay"], 1, new GrantScope(GrantScopeKind.Everywhere, null), 1);

    [Fact]
    public void A_rule_names_its_roles_in_their_order() => Define(Command).Then(Defined);

    [Fact]
    public void A_rule_may_hold_at_one_site() => Define(Command with { Scope = new GiveGrant.Scope(GrantScopeKind.Site, "north") })
        .Then(Defined with { ScopeKind = GrantScopeKind.Site, ScopeId = "north" });

    [Fact]
    public void A_rule_defined_as_it_is_does_not_change() => Spec.Given(DutySeparation.Streams, Defined)
        .When(state => DefineDutySeparation.Decide(state, "four-eyes", Command, Known.Facts)).ThenNothing();

    [Fact]
    public void A_rule_can_be_defined_anew() => Spec.Given(DutySeparation.Streams, Defined)
        .When(state => DefineDutySeparation.Decide(state, "four-eyes", Command with { Description = "Other" }, Known.Facts)).Then(Defined with { Description = "Other" });

    [Theory]
    [InlineData("Four Eyes", "d", "radiologist locum", 1)]
    [InlineData("four-eyes", " ", "radiologist locum", 1)]
    [InlineData("four-eyes", "d", "radiologist", 1)]
    [InlineData("four-eyes", "d", "radiologist radiologist", 1)]
    [InlineData("four-eyes", "d", "radiologist locum", 0)]
    [InlineData("four-eyes", "d", "radiologist locum", 2)]
    public void A_malformed_rule_is_refused(string id, string description, string roles, int atMost) =>
        Define(new(description, roles.Split(' '), atMost), id).ThenRefused("duty_separation_malformed");

    [Fact]
    public void A_rule_names_roles_that_there_are() => Define(Command with { Roles = ["radiologist", "wizard"] }).ThenRefused("role_unknown");

    [Fact]
    public void A_rule_names_no_retired_role() => Define(Command with { Roles = ["radiologist", "scribe"] }).ThenRefused("role_retired");

    [Fact]
    public void A_rule_holds_at_a_site_that_there_is() => Define(Command with { Scope = new GiveGrant.Scope(GrantScopeKind.Site, "south") }).ThenRefused("site_unknown");

    [Fact]
    public void A_rule_for_a_site_names_it() => Define(Command with { Scope = new GiveGrant.Scope(GrantScopeKind.Site) }).ThenRefused("scope_id_required");

    [Fact]
    public void A_rule_is_taken_away() => Spec.Given(DutySeparation.Streams, Defined).When(RemoveDutySeparation.Decide).Then(new DutySeparationRemoved());

    [Fact]
    public void A_rule_that_is_not_there_cannot_be_taken_away() => Spec.Given(DutySeparation.Streams).When(RemoveDutySeparation.Decide).ThenRefused("duty_separation_unknown");

    [Theory]
    [InlineData("order 0 -", "approve 0 -", 0)]
    [InlineData("order 0 6", "approve 5 -", 5)]
    [InlineData("order -9 1", "approve -9 -", 0)]
    public void Two_roles_break_a_rule_while_they_are_held_together(string one, string other, int fromHour) =>
        Rule.FirstViolation([Grant("a", one), Grant("b", other)], Known.Facts.Sites, Spec.Now)!.At.ShouldBe(Spec.Now.AddHours(fromHour), $"{one}, {other}");

    [Theory]
    [InlineData("order 0 5", "approve 5 -")]
    [InlineData("order -9 0", "approve -9 -")]
    [InlineData("order 0 -", "order 0 -")]
    [InlineData("order 0 -", "other 0 -")]
    [InlineData("order -9 -1", "approve -9 -")]
    public void Roles_that_are_never_held_together_break_no_rule(string one, string other) =>
        Rule.FirstViolation([Grant("a", one), Grant("b", other)], Known.Facts.Sites, Spec.Now).ShouldBeNull();

    [Fact]
    public void As_many_roles_as_a_rule_allows_may_be_held()
    {
        GrantFact[] grants = [Grant("a", "order 0 -"), Grant("b", "approve 0 -"), Grant("c", "pay 3 -")];
        (Rule with { AtMost = 2 }).FirstViolation(grants[..2], Known.Facts.Sites, Spec.Now).ShouldBeNull();
        DutyViolation broken = (Rule with { AtMost = 2 }).FirstViolation(grants, Known.Facts.Sites, Spec.Now)!;
        (broken.At, string.Join(' ', broken.Roles), string.Join(' ', broken.Grants)).ShouldBe((Spec.Now.AddHours(3), "approve order pay", "a b c"));
    }

    [Fact]
    public void A_grant_does_not_answer_for_a_time_at_which_it_does_not_hold()
    {
        GrantFact[] grants = [Grant("a", "order 0 2"), Grant("b", "approve 0 2"), Grant("c", "pay 3 -")];
        Rule.FirstViolation(grants, Known.Facts.Sites, Spec.Now, grants[2]).ShouldBeNull();
        Rule.FirstViolation(grants, Known.Facts.Sites, Spec.Now, grants[1]).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("Everywhere", "Department north-radiology", true)]
    [InlineData("Site north", "Everywhere", true)]
    [InlineData("Site north", "Site north", true)]
    [InlineData("Site north", "Site south", false)]
    [InlineData("Site north", "Department north-radiology", true)]
    [InlineData("Site south", "Department north-radiology", false)]
    [InlineData("Department north-radiology", "Site north", true)]
    [InlineData("Department north-radiology", "Site south", false)]
    [InlineData("Site north", "Patient P1", true)]
    [InlineData("Patient P1", "Patient P2", false)]
    [InlineData("Patient P1", "Department north-radiology", true)]
    public void A_rule_of_one_place_counts_the_grants_that_may_hold_there(string rule, string grant, bool counts) =>
        (Rule with { Scope = Scope(rule) }).Meets(Scope(grant), Known.Facts.Sites).ShouldBe(counts);

    private static GrantScope Scope(string text) => text.Split(' ') is [var kind, var id] ? new(Enum.Parse<GrantScopeKind>(kind), id) : new(Enum.Parse<GrantScopeKind>(text), null);

    /// <summary>Role, first hour and last hour from now; - is without end.</summary>
    private static GrantFact Grant(string id, string text) => text.Split(' ') is [var role, var from, var until]
        ? new GrantFact(id, role, Scope("Everywhere"), Spec.Now.AddHours(int.Parse(from)), until == "-" ? null : Spec.Now.AddHours(int.Parse(until)), ReadOnly: false)
        : throw new ArgumentException(text);

    private static Decided<DutySeparationEvent> Define(DefineDutySeparation.Command command, string id = "four-eyes") =>
        Spec.Given(DutySeparation.Streams).When(state => DefineDutySeparation.Decide(state, id, command, Known.Facts));
}
