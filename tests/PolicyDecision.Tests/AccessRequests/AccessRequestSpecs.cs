using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Roles;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.AccessRequests;

public sealed class AccessRequestSpecs
{
    private static readonly AccessRequested Asked = new(
        "User", "ada", "study.view", "Patient", "P1", "P1", "consultant", "pacs-administrator", Guid.Empty, "pacs", Spec.Now.AddHours(8), Spec.Now.AddHours(24), "");

    private static readonly AccessRequestApproved Approved = new(Spec.Now, Spec.Now.AddHours(8), "yes");
    private static readonly DecideAccessRequest.Command Yes = new("yes");
    private static readonly AccessRequestFailed Failed = new("separation_of_duties", "No.");
    private static readonly FactsSnapshot Facts = Known();

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

    [Theory]
    [InlineData("is over", 1, 0, false)]
    [InlineData("has not begun", -1, 5, false)]
    [InlineData("reads only", 5, 5, true)]
    public void An_approver_whose_grant_is_not_whole_does_not_count(string why, int begunDaysAgo, int daysLeft, bool readOnly)
    {
        FactsSnapshot facts = Known(GrantOf("ivy", "pacs-administrator", Spec.Now.AddDays(-begunDaysAgo), Spec.Now.AddDays(daysLeft), readOnly));

        Given(Asked).When(state => DecideAccessRequest.Decide(state, Yes, true, "ivy", facts, Spec.Now)).ThenRefused("approver_role_missing");
        facts.Subjects.ContainsKey(new SubjectKey("User", "ivy")).ShouldBeTrue(why);
    }

    [Fact]
    public void Who_decides_is_asked_whatever_has_become_of_the_request()
    {
        AccessRequestEvent[][] ends = [[Approved], [Approved, Failed], [new AccessRequestDenied("no")], [new AccessRequestCancelled()]];
        foreach (AccessRequestEvent[] end in ends)
        {
            foreach (bool approves in (bool[])[true, false])
            {
                ShouldBe("ada", "self_approval");
                ShouldBe("eve", "approver_role_missing");
                ShouldBe(null, "approver_unknown");

                void ShouldBe(string? decider, string code) =>
                    Given([Asked, .. end]).When(state => DecideAccessRequest.Decide(state, Yes, approves, decider, Facts, Asked.DecideBy)).ThenRefused(code);
            }
        }
    }

    [Fact]
    public void What_the_grants_rules_refuse_is_not_approved_and_can_be_denied()
    {
        FactsSnapshot retired = Known(Event("role-consultant", new RoleRetired(), 2));
        Given(Asked).When(state => DecideAccessRequest.Decide(state, Yes, true, "grace", retired, Spec.Now)).ThenRefused("role_retired");
        Given(Asked).When(state => DecideAccessRequest.Decide(state, new("no"), false, "grace", retired, Spec.Now)).Then(new AccessRequestDenied("no"));
    }

    [Fact]
    public void What_separated_duties_forbid_is_not_approved()
    {
        StoredEvent rule = Event("duty-separation-apart", new DutySeparationDefined("x", ["consultant", "auditor"], 1, GrantScopeKind.Everywhere, null), 1);
        Given(Asked).When(state => DecideAccessRequest.Decide(state, Yes, true, "grace", Known(rule), Spec.Now)).Then(Approved);
        FactsSnapshot both = Known(rule, GrantOf("ada", "auditor", Spec.Now, null, false));
        Given(Asked).When(state => DecideAccessRequest.Decide(state, Yes, true, "grace", both, Spec.Now)).ThenRefused("separation_of_duties");
        FactsSnapshot another = Known(rule, GrantOf("bob", "auditor", Spec.Now, null, false));
        Given(Asked).When(state => DecideAccessRequest.Decide(state, Yes, true, "grace", another, Spec.Now)).Then(Approved);
    }

    [Fact]
    public void A_request_whose_grant_was_refused_is_over()
    {
        Given(Asked, Approved, Failed).When(state => DecideAccessRequest.Decide(state, Yes, true, "grace", Facts, Spec.Now)).ThenRefused("access_request_over");
        Given(Asked, Approved, Failed).When(state => AccessRequestTask.Cancel(state, Spec.Now)).ThenRefused("access_request_over");
        AccessRequestTask.StatusOf(Given(Asked, Approved, Failed).State, Spec.Now).ShouldBe("failed");
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

    /// <summary>The role that is asked for, three administrators, and what else there is.</summary>
    private static FactsSnapshot Known(params StoredEvent[] others)
    {
        var fold = new FactsFold("hospital");
        fold.Apply(Event("role-consultant", new RoleDefined("Reads a patient", [], false, null), 1));
        (string Who, GrantScopeKind Kind, string? Id)[] grants = [("grace", GrantScopeKind.Everywhere, null), ("hedy", GrantScopeKind.Patient, "P1"), ("eve", GrantScopeKind.Patient, "P2")];
        foreach ((string who, GrantScopeKind kind, string? id) in grants)
        {
            fold.Apply(Event($"grant-{who}", new GrantGiven("User", who, "pacs-administrator", kind, id, Spec.Now, null, false, "x"), 1));
        }

        Array.ForEach(others, fold.Apply);
        return fold.Snapshot();
    }

    private static StoredEvent GrantOf(string who, string role, DateTimeOffset from, DateTimeOffset? until, bool readOnly) =>
        Event($"grant-{who}", new GrantGiven("User", who, role, GrantScopeKind.Everywhere, null, from, until, readOnly, "x"), 1);

    private static StoredEvent Event(string stream, object data, long version) =>
        new(1, 1, Guid.Empty, stream, version, "x", data, Spec.Now, EventMetadata.None);

    private static GivenStream<AccessRequest, AccessRequestEvent> Given(params AccessRequestEvent[] events) => Spec.Given(AccessRequest.Streams, events);

    private static Decided<AccessRequestEvent> Decided(DecideAccessRequest.Command command, bool approves = true, string? decider = "grace") =>
        Given(Asked).When(state => DecideAccessRequest.Decide(state, command, approves, decider, Facts, Spec.Now));
}
