using AccessGov.Audit.Retention;
using AccessGov.Audit.Sealing;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Tests.Retention;

public sealed class PruningRulesTests
{
    private static readonly DateTimeOffset At = new(2033, 1, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly PrunableTrail Free =
        new(256, 1024, false, new Dictionary<string, long>(StringComparer.Ordinal) { ["search"] = 1024 });

    [Theory]
    [InlineData("paul", "self_approval")]
    [InlineData("anna", "already_approved")]
    [InlineData("berta", "")]
    public void Two_others_than_whoever_proposed_approve(string approver, string refused) =>
        (PruneTrail.Decide(Of(Pruning.Proposed, firstApprover: "anna"), approver, Free)?.Code ?? "").ShouldBe(refused);

    [Theory]
    [InlineData(Pruning.Approved)]
    [InlineData(Pruning.Recorded)]
    [InlineData(Pruning.Done)]
    [InlineData(Pruning.Denied)]
    [InlineData(Pruning.Stopped)]
    public void What_is_decided_is_decided(string state)
    {
        PruneTrail.Decide(Of(state), "berta", Free)!.Code.ShouldBe("already_decided");
        PruneTrail.DecideDenial(Of(state))!.Code.ShouldBe("already_decided");
    }

    [Theory]
    [InlineData(1024, "")]
    [InlineData(256, "nothing_to_prune")]
    [InlineData(1280, "nothing_to_prune")]
    public void Only_what_is_there_and_need_not_be_kept_is_removed(long minimum, string refused) =>
        (Free.Forbids(minimum)?.Code ?? "").ShouldBe(refused);

    [Fact]
    public void What_is_of_a_class_that_nobody_knows_any_more_is_never_over()
    {
        PrunableTrail trail = Free with { UnknownClasses = ["radiation"] };
        (trail.Forbids(1280)!.Code, trail.Forbids(256)!.Code).ShouldBe(("class_unknown", "class_unknown"));
        trail.Forbids(1280)!.Sentence.ShouldContain("radiation");
        trail.Forbids(1024).ShouldBeNull("what was before it may go");
    }

    [Fact]
    public void Nothing_is_removed_that_somebody_has_not_read_or_is_reading()
    {
        (Free with { Shredding = true }).Forbids(1024)!.Code.ShouldBe("shredding_running");
        (Free with { Positions = new Dictionary<string, long>(StringComparer.Ordinal) { ["export:siem"] = 1023, ["search"] = 1024 } })
            .Forbids(1024)!.Sentence.ShouldStartWith("export:siem");
    }

    [Theory]
    [InlineData(null, null, 2027)]
    [InlineData(2030, null, 2027)]
    [InlineData(2026, null, 2026)]
    [InlineData(2019, null, 2019)]
    [InlineData(null, 2025, 2025)]
    [InlineData(null, 1, 1)]
    [InlineData(2026, 2025, 2025)]
    public void A_year_stays_while_its_period_runs_and_while_there_are_keys_of_it_or_a_hold(int? firstKey, int? firstHeld, int first) =>
        PrunableTrail.FirstYearToKeep(
            Classes().All, firstKey, firstHeld is { } year ? new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero) : null, At)
            .ShouldBe(first);

    [Fact]
    public void The_class_that_keeps_longest_keeps_all_of_a_year() =>
        PrunableTrail.FirstYearToKeep(
            Classes(("radiation", new() { Kinds = { "decision" }, Basis = "§ 85 StrlSchG", KeepYears = 30 })).All, null, null, At)
            .ShouldBe(2003);

    [Fact]
    public void A_proposal_names_its_basis()
    {
        PruneTrail.Malformed(new PruneTrail.Command())!.Code.ShouldBe("basis_malformed");
        PruneTrail.Malformed(new PruneTrail.Command(new string('x', UnsealEntry.ReasonLengthMax + 1)))!.Code.ShouldBe("basis_malformed");
        PruneTrail.Malformed(new PruneTrail.Command("Storage limitation")).ShouldBeNull();
    }

    private static RetentionClasses Classes(params (string Name, RetentionClassSetting Setting)[] given)
    {
        var options = new RetentionOptions();
        foreach ((string name, RetentionClassSetting setting) in given)
        {
            options.Classes[name] = setting;
        }

        return new RetentionClasses(Options.Create(options));
    }

    private static Pruning Of(string state, string? firstApprover = null) =>
        new(Guid.Empty, state, 1024, "paul", At, firstApprover, null, null, null, null, null);
}
