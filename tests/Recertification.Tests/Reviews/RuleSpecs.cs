using AccessGov.Recertification.Campaigns;
using AccessGov.Recertification.Reviews;

namespace AccessGov.Recertification.Tests.Reviews;

/// <summary>Who judges, how risky it is, and what is advised.</summary>
public sealed class RuleSpecs
{
    private static readonly ReviewerTable Table = new(
        new Dictionary<string, string> { ["radiology"] = "head" }, ["admin", "second-admin"],
        new Dictionary<string, string> { ["boss"] = "deputy", ["admin"] = "person" });

    private static readonly Colleague Person = new("person", "radiology", "boss");
    private static readonly string[] Everybody = ["person", "boss", "deputy", "head", "admin", "second-admin"];

    [Theory]
    [InlineData("", "boss", null, "head admin second-admin")]
    [InlineData("boss", "deputy", null, "head admin second-admin")]
    [InlineData("boss deputy", "head", null, "admin second-admin")]
    [InlineData("boss deputy head", "admin", null, "second-admin")]
    [InlineData("boss deputy head admin", "second-admin", null, "")]
    [InlineData("boss deputy head admin second-admin", null, null, "")]
    public void The_manager_judges_else_the_head_else_an_administrator_and_a_deputy_for_whom_is_away(
        string away, string? reviewer, string? second, string next) =>
        Assigned(ReviewerRule.Of(Person, Table, Without(away), fourEyes: false, twoStages: false)).ShouldBe((reviewer, second, next));

    [Theory]
    [InlineData("boss", "person")]
    [InlineData("head", "person")]
    [InlineData("admin", "second-admin")]
    public void Nobody_judges_themselves(string who, string other)
    {
        Assignment assigned = ReviewerRule.Of(
            new Colleague(who, "radiology", who), Table with { Deputies = new Dictionary<string, string> { ["boss"] = who } }, Without(""), true, false);

        string?[] all = [assigned.Reviewer, assigned.Second, .. assigned.Next];
        all.ShouldNotContain(who);
        all.ShouldContain(other == "person" ? "admin" : other);
    }

    [Fact]
    public void A_high_risk_has_a_second_reviewer() =>
        Assigned(ReviewerRule.Of(Person, Table, Without(""), fourEyes: true, twoStages: false)).ShouldBe(("boss", "head", "admin second-admin"));

    [Fact]
    public void The_second_stage_is_an_administrators() =>
        Assigned(ReviewerRule.Of(Person, Table, Without(""), fourEyes: true, twoStages: true)).ShouldBe(("boss", "admin", "head second-admin"));

    [Fact]
    public void Where_an_administrator_judges_first_another_one_judges_second() =>
        Assigned(ReviewerRule.Of(new Colleague("stranger", null, null), Table, Without(""), fourEyes: false, twoStages: true))
            .ShouldBe(("admin", "second-admin", ""));

    [Theory]
    [InlineData("study.view", nameof(RiskClass.Low))]
    [InlineData("study.view study.export", nameof(RiskClass.Medium))]
    [InlineData("study.view study.export study.delete", nameof(RiskClass.High))]
    [InlineData("", nameof(RiskClass.Low))]
    [InlineData("worklist.read", nameof(RiskClass.High))]
    [InlineData("study.of-the-hospitals-own", nameof(RiskClass.High))]
    public void A_grant_is_as_risky_as_the_worst_that_it_gives(string actions, string risk) => RiskRule.Of(
        "radiologist", [.. actions.Split(' ', StringSplitOptions.RemoveEmptyEntries)], [], Risks).ShouldBe(Enum.Parse<RiskClass>(risk));

    [Fact]
    public void The_hospitals_word_on_a_role_counts_unless_duties_are_not_separated()
    {
        RiskRule.Of("watcher", ["study.delete"], [], Risks).ShouldBe(RiskClass.Low);
        RiskRule.Of("watcher", ["study.view"], ["apart"], Risks).ShouldBe(RiskClass.High);
    }

    [Fact]
    public void Advice_has_its_reason()
    {
        ReviewItemOpened used = Item(["study.view", "study.export"], "study.view", "study.export");
        Advised(used).ShouldBe((Advice.Keep, AdviceReasons.Used));
        RecommendationRule.Of(used, isKnown: false, isActive: false).ShouldBe(new(Advice.Revoke, AdviceReasons.PersonUnknown));
        RecommendationRule.Of(used, isKnown: true, isActive: false).ShouldBe(new(Advice.Revoke, AdviceReasons.PersonInactive));
        Advised(used with { Facts = used.Facts with { Conflicts = ["apart"] } }).ShouldBe((Advice.Revoke, AdviceReasons.SeparationOfDuties));
        Advised(Item([])).ShouldBe((Advice.Revoke, AdviceReasons.GivesNothing));
        Advised(Item(["study.view"])).ShouldBe((Advice.Revoke, AdviceReasons.Unused));
        Advised(Item(["study.view"]) with { From = Spec.Now.AddDays(-5) }).ShouldBe((Advice.Keep, AdviceReasons.New));
        ReviewItemOpened read = Item(["study.view", "study.export"], "study.view");
        Advised(read).ShouldBe((Advice.Reduce, AdviceReasons.OnlyRead));
        Advised(read with { ReadOnly = true }).ShouldBe((Advice.Keep, AdviceReasons.Used));
        Advised(read with { From = Spec.Now.AddDays(-5) }).ShouldBe((Advice.Keep, AdviceReasons.Used));
        Advised(used with { Risk = RiskClass.High }).ShouldBe((Advice.KeepUntil, AdviceReasons.HighRiskWithoutEnd));
        Advised(used with { Risk = RiskClass.High, Until = Spec.Now.AddDays(30) }).ShouldBe((Advice.Keep, AdviceReasons.Used));
    }

    [Fact]
    public void A_campaign_holds_what_its_scope_does_not_leave_out()
    {
        new CampaignScope([], [], []).Holds(null, "r", RiskClass.Low).ShouldBeTrue();
        new CampaignScope(["radiology"], [], []).Holds("radiology", "r", RiskClass.Low).ShouldBeTrue();
        new CampaignScope(["radiology"], [], []).Holds(null, "r", RiskClass.Low).ShouldBeFalse();
        new CampaignScope([], ["r"], []).Holds(null, "other", RiskClass.Low).ShouldBeFalse();
        new CampaignScope([], [], [RiskClass.High]).Holds(null, "r", RiskClass.Low).ShouldBeFalse();
        new CampaignScope(["radiology"], ["r"], [RiskClass.High]).Holds("radiology", "r", RiskClass.High).ShouldBeTrue();
    }

    private static RiskTable Risks => new(
        new Dictionary<string, RiskClass> { ["watcher"] = RiskClass.Low }, new Dictionary<string, RiskClass> { ["worklist.read"] = RiskClass.High });

    private static HashSet<string> Without(string away) => [.. Everybody.Except(away.Split(' '), StringComparer.Ordinal)];

    private static (string? Reviewer, string? Second, string Next) Assigned(Assignment assigned) =>
        (assigned.Reviewer, assigned.Second, string.Join(' ', assigned.Next));

    private static (Advice Advice, string Reason) Advised(ReviewItemOpened item)
    {
        Recommendation advised = RecommendationRule.Of(item, isKnown: true, isActive: true);
        return (advised.Advice, advised.Reason);
    }

    [Fact]
    public void What_is_different_since_it_was_certified_is_named()
    {
        ReviewItemOpened before = Item(["study.view"], "study.view");
        before = before with { Facts = before.Facts with { Department = "ct", Conflicts = ["old"], Emergencies = 1 } };
        ChangeRule.Of(before, null).ShouldBe(["never_certified"]);
        Since(before).ShouldBeEmpty();
        Since(before with { Facts = before.Facts with { Actions = [], Emergencies = 0, Conflicts = [] } }).ShouldBeEmpty("less of it is no change");
        Since(before with { Facts = before.Facts with { Actions = ["study.view", "study.print"] } }).ShouldBe(["gives_more"]);
        Since(before with { Facts = before.Facts with { Department = "mr" } }).ShouldBe(["moved"]);
        Since(before with { Risk = RiskClass.High }).ShouldBe(["riskier"]);
        Since(before with { Facts = before.Facts with { Conflicts = ["old", "new"] } }).ShouldBe(["separation_of_duties"]);
        Since(before with { Facts = before.Facts with { Emergencies = 2 } }).ShouldBe(["emergency_access"]);
        Since(before with { Recommendation = new(Advice.Revoke, AdviceReasons.Unused) }).ShouldBe(["advised_otherwise"]);
        Since(before with { Recommendation = new(Advice.Keep, AdviceReasons.New) }).ShouldBeEmpty();

        IReadOnlyList<string> Since(ReviewItemOpened now) => ChangeRule.Of(now, new Certified("boss", Spec.Now, before));
    }

    private static ReviewItemOpened Item(string[] actions, params string[] used) => new(
        "c", "g", "person", "radiologist", "the radiologist", "everywhere", null, Spec.Now.AddYears(-1), null, false, "direct", "because", null,
        Spec.Now.AddYears(-1), RiskClass.Medium,
        new ItemFacts(actions, actions, [.. used.Select(action => new ItemUse(action, 1, 1, Spec.Now))], Spec.Now.AddDays(-90), 1, [], 0),
        new Assignment("boss", null, []), new Recommendation(Advice.Keep, AdviceReasons.Used), Spec.Now);
}
