using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;

namespace AccessGov.PolicyDecision.Tests.AccessRequests;

public sealed class AccessRequestSpecs
{
    private static readonly AccessRequested Asked = new(
        "User", "ada", "study.view", "Patient", "P1", "P1", "consultant", "pacs-administrator", Guid.Empty, "pacs", Spec.Now.AddHours(8), Spec.Now.AddHours(24), "");

    private static readonly AccessRequestApproved Approved = new(Spec.Now, Spec.Now.AddHours(8), "yes");
    private static readonly DecideAccessRequest.Command Yes = new("yes");
    private static readonly FactsSnapshot Facts = WithAdministrators();

    [Fact]
    public void Access_is_asked_for() => Given().When(state => RequestAccess.Decide(state, Asked)).Then(Asked);

    [Fact]
    public void The_same_denial_asks_once() => Given(Asked).When(state => RequestAccess.Decide(state, Asked)).ThenNothing();

    [Fact]
    public void A_request_is_approved_for_as_long_as_was_asked() => Decided(Yes).Then(Approved);

    [Fact]
    public void A_request_is_approved_for_less_than_was_asked() =>
        Decided(Yes with { Until = Spec.Now.AddHours(1) }).Then(Approved with { Until = Spec.Now.AddHours(1) });

    [Fact]
    public void A_request_is_not_approved_for_more_than_was_asked() => Decided(Yes with { Until = Spec.Now.AddHours(9) }).Then(Approved);

    [Fact]
    public void A_request_is_denied() => Decided(new("no"), approves: false).Then(new AccessRequestDenied("no"));

    [Fact]
    public void Nobody_decides_their_own_request() => Decided(Yes, decider: "ada").ThenRefused("self_approval");

    [Fact]
    public void Machines_decide_nothing() => Decided(Yes, decider: null).ThenRefused("approver_unknown");

    [Fact]
    public void Whoever_decides_has_the_role_of_the_approver_everywhere_or_for_the_patient()
    {
        Decided(Yes, decider: "hedy").Then(Approved);
        Decided(Yes, decider: "eve").ThenRefused("approver_role_missing");
        Decided(Yes, decider: "nobody").ThenRefused("approver_role_missing");
    }

    [Fact]
    public void A_decision_says_why() => Decided(new(" ")).ThenRefused("comment_required");

    [Fact]
    public void An_approval_is_for_some_time() => Decided(Yes with { Until = Spec.Now }).ThenRefused("until_before_from");

    [Fact]
    public void A_request_is_decided_in_time() =>
        Given(Asked).When(state => DecideAccessRequest.Decide(state, Yes, true, "grace", Facts, Asked.DecideBy)).ThenRefused("access_request_over");

    [Fact]
    public void What_was_not_asked_for_is_not_decided() =>
        Given().When(state => DecideAccessRequest.Decide(state, Yes, true, "grace", Facts, Spec.Now)).ThenRefused("access_request_unknown");

    [Fact]
    public void A_repeated_decision_is_no_error_and_another_one_is()
    {
        Given(Asked, Approved).When(state => DecideAccessRequest.Decide(state, Yes, true, "grace", Facts, Spec.Now)).ThenNothing();
        Given(Asked, Approved).When(state => DecideAccessRequest.Decide(state, Yes, false, "grace", Facts, Spec.Now)).ThenRefused("access_request_over");
        Given(Asked, new AccessRequestCancelled()).When(state => DecideAccessRequest.Decide(state, Yes, true, "grace", Facts, Spec.Now)).ThenRefused("access_request_over");
    }

    [Fact]
    public void A_pending_request_is_cancelled_and_a_decided_one_is_not()
    {
        Given(Asked).When(state => AccessRequestTask.Cancel(state, Spec.Now)).Then(new AccessRequestCancelled());
        Given(Asked, new AccessRequestCancelled()).When(state => AccessRequestTask.Cancel(state, Spec.Now)).ThenNothing();
        Given(Asked, Approved).When(state => AccessRequestTask.Cancel(state, Spec.Now)).ThenRefused("access_request_over");
    }

    private static FactsSnapshot WithAdministrators()
    {
        var fold = new FactsFold("hospital");
        (string Who, GrantScopeKind Kind, string? Id)[] grants = [("grace", GrantScopeKind.Everywhere, null), ("hedy", GrantScopeKind.Patient, "P1"), ("eve", GrantScopeKind.Patient, "P2")];
        foreach ((string who, GrantScopeKind kind, string? id) in grants)
        {
            fold.Apply(new StoredEvent(1, 1, Guid.Empty, $"grant-{who}", 1, "grant_given",
                new GrantGiven("User", who, "pacs-administrator", kind, id, Spec.Now, null, false, "x"), Spec.Now, EventMetadata.None));
        }

        return fold.Snapshot();
    }

    private static Spec.GivenStream<AccessRequest, AccessRequestEvent> Given(params AccessRequestEvent[] events) => Spec.Given(AccessRequest.Streams, events);

    private static Spec.Decided<AccessRequestEvent> Decided(DecideAccessRequest.Command command, bool approves = true, string? decider = "grace") =>
        Given(Asked).When(state => DecideAccessRequest.Decide(state, command, approves, decider, Facts, Spec.Now));
}
