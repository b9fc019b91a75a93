using AccessGov.EventSourcing;
using AccessGov.Recertification.Campaigns;
using AccessGov.Testing;

namespace AccessGov.Recertification.Tests.Campaigns;

/// <summary>What may be done to a campaign, and when.</summary>
public sealed class CampaignSpecs
{
    private static readonly DateTimeOffset Now = Spec.Now;
    private static readonly SetUpCampaign.Command Quarter = new(
        "Second quarter", CampaignKind.Quarterly, Now.AddDays(1), Now.AddDays(15), "Europe/Vienna", Recurring: true);

    [Fact]
    public void A_campaign_is_set_up_with_all_that_it_is_about() => Spec.Given(Campaign.Streams)
        .When(state => SetUpCampaign.Decide(state, Quarter with { Departments = ["radiology"], Risks = [RiskClass.High, RiskClass.High] }, Now))
        .Then(SetUp(new CampaignScope(["radiology"], [], [RiskClass.High])));

    [Fact]
    public void What_an_event_brings_is_launched_with_it_and_there_once()
    {
        var terms = new CampaignTerms(
            "Moved to ct", CampaignKind.Mover, new CampaignScope([], [], [], Person: "ada"), Now.AddMinutes(5), Now.AddDays(14), "UTC", false, null);
        CampaignEvent[] both =
            [new CampaignSetUp(terms.Name, terms.Kind, terms.Scope, terms.Starts, terms.Deadline, terms.Zone, false, null, Now), new CampaignLaunched(Now)];
        Spec.Given(Campaign.Streams).When(state => SetUpCampaign.Begin(state, terms, Now)).Then(both);
        Spec.Given(Campaign.Streams, both).When(state => SetUpCampaign.Begin(state, terms, Now)).ThenNothing();
    }

    [Fact]
    public void What_cannot_be_is_malformed()
    {
        SetUpCampaign.Command[] bad =
        [
            Quarter with { Name = " " },
            Quarter with { Zone = "Mars/Olympus" },
            Quarter with { Zone = "W. Europe Standard Time" },
            Quarter with { Deadline = Quarter.Starts },
            Quarter with { Kind = CampaignKind.Mover, Recurring = false },
            Quarter with { Kind = CampaignKind.Returner, Recurring = false },
            Quarter with { Starts = Now.AddDays(-30), Deadline = Now },
            Quarter with { Deadline = Quarter.Starts.AddDays(191) },
            Quarter with { Starts = Now.AddDays(401), Deadline = Now.AddDays(402) },
            Quarter with { Departments = [""] },
            Quarter with { Roles = [.. Enumerable.Range(0, 201).Select(i => $"role-{i}")] },
            Quarter with { Kind = CampaignKind.AdHoc },
        ];
        foreach (SetUpCampaign.Command command in bad)
        {
            Spec.Given(Campaign.Streams).When(state => SetUpCampaign.Decide(state, command, Now)).ThenRefused("campaign_malformed", 400);
        }
    }

    [Fact]
    public void Launching_twice_is_launching_once() => Given(new CampaignLaunched(Now))
        .When(state => LaunchCampaign.Decide(state, Now)).ThenNothing();

    [Fact]
    public void A_campaign_whose_deadline_is_over_is_not_launched() => Given()
        .When(state => LaunchCampaign.Decide(state, Quarter.Deadline)).ThenRefused("deadline_passed", 409);

    [Fact]
    public void A_launched_campaign_rests_and_goes_on()
    {
        Given(new CampaignLaunched(Now)).When(state => PauseCampaign.Decide(state, new("A strike"), Now))
            .Then(new CampaignPaused("A strike", Now));
        Given(new CampaignLaunched(Now), new CampaignPaused("A strike", Now)).When(state => PauseCampaign.Decide(state, new("Again"), Now))
            .ThenNothing();
        Given(new CampaignLaunched(Now), new CampaignPaused("A strike", Now)).When(state => PauseCampaign.Resume(state, new("Over"), Now))
            .Then(new CampaignResumed("Over", Now));
        Given(new CampaignLaunched(Now)).When(state => PauseCampaign.Resume(state, new("Over"), Now)).ThenNothing();
    }

    [Fact]
    public void What_is_done_to_a_campaign_has_a_reason()
    {
        Given(new CampaignLaunched(Now)).When(state => PauseCampaign.Decide(state, new(" "), Now)).ThenRefused("reason_required", 400);
        Given(new CampaignLaunched(Now)).When(state => PauseCampaign.Resume(state, new(""), Now)).ThenRefused("reason_required", 400);
        Given().When(state => CancelCampaign.Decide(state, new(""), Now)).ThenRefused("reason_required", 400);
        Given().When(state => ExtendCampaign.Decide(state, new(Quarter.Deadline.AddDays(1), ""), Now)).ThenRefused("reason_required", 400);
    }

    [Fact]
    public void What_has_not_begun_does_not_rest() => Given()
        .When(state => PauseCampaign.Decide(state, new("A strike"), Now)).ThenRefused("campaign_not_launched", 409);

    [Fact]
    public void A_deadline_is_moved_further_only()
    {
        DateTimeOffset later = Quarter.Deadline.AddDays(7);
        Given(new CampaignLaunched(Now)).When(state => ExtendCampaign.Decide(state, new(later, "Holidays"), Now))
            .Then(new CampaignExtended(later, "Holidays", Now));
        Given().When(state => ExtendCampaign.Decide(state, new(Quarter.Deadline, "Holidays"), Now)).ThenNothing();
        Given().When(state => ExtendCampaign.Decide(state, new(Quarter.Deadline.AddDays(-1), "Hurry"), Now))
            .ThenRefused("deadline_malformed", 400);
        Given().When(state => ExtendCampaign.Decide(state, new(later, "Too late"), later)).ThenRefused("deadline_malformed", 400);
        Given().When(state => ExtendCampaign.Decide(state, new(Quarter.Starts.AddDays(191), "For ever"), Now))
            .ThenRefused("deadline_malformed", 400);
    }

    [Fact]
    public void Nothing_is_done_to_a_campaign_that_is_over()
    {
        CampaignEvent[] over = [new CampaignLaunched(Now), new CampaignCancelled("A mistake", Now)];
        Given(over).When(state => LaunchCampaign.Decide(state, Now)).ThenRefused("campaign_over", 409);
        Given(over).When(state => PauseCampaign.Decide(state, new("x"), Now)).ThenRefused("campaign_over", 409);
        Given(over).When(state => ExtendCampaign.Decide(state, new(Now.AddDays(20), "x"), Now)).ThenRefused("campaign_over", 409);
        Given(over).When(state => CancelCampaign.Decide(state, new("Again"), Now)).ThenNothing();
    }

    [Fact]
    public void What_is_not_there_is_unknown()
    {
        Spec.Given(Campaign.Streams).When(state => LaunchCampaign.Decide(state, Now)).ThenRefused("campaign_unknown", 404);
        Spec.Given(Campaign.Streams).When(state => PauseCampaign.Resume(state, new("x"), Now)).ThenRefused("campaign_unknown", 404);
        Spec.Given(Campaign.Streams).When(state => CancelCampaign.Decide(state, new("x"), Now)).ThenRefused("campaign_unknown", 404);
        Spec.Given(Campaign.Streams).When(state => ExtendCampaign.Decide(state, new(Now, "x"), Now)).ThenRefused("campaign_unknown", 404);
    }

    private static CampaignSetUp SetUp(CampaignScope scope) => new(
        Quarter.Name, Quarter.Kind, scope, Quarter.Starts, Quarter.Deadline, Quarter.Zone, false, new CampaignSeries(Quarter.Starts, 0), Now);

    private static GivenStream<Campaign, CampaignEvent> Given(params CampaignEvent[] after) =>
        Spec.Given(Campaign.Streams, [SetUp(new CampaignScope([], [], [])), .. after]);
}
