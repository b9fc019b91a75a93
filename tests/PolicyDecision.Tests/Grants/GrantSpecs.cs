using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Grants;

public sealed class GrantSpecs
{
    private static readonly GiveGrant.Command Command = new("ada", "radiologist", new GiveGrant.Scope(GrantScopeKind.Department, "north-radiology"), "hired");
    private static readonly GrantGiven Given = new(
        "User", "ada", "radiologist", GrantScopeKind.Department, "north-radiology", Spec.Now, null, false, "hired");

    [Fact]
    public void A_grant_begins_now_unless_it_says_otherwise() => Give(Command).Then(Given);

    [Fact]
    public void A_grant_for_a_while_to_a_machine_that_only_reads() => Give(Command with
    {
        SubjectType = "Service", SubjectId = "feeder", From = Spec.Now.AddDays(1), Until = Spec.Now.AddDays(2), ReadOnly = true,
    }).Then(Given with { SubjectType = "Service", SubjectId = "feeder", From = Spec.Now.AddDays(1), Until = Spec.Now.AddDays(2), ReadOnly = true });

    [Fact]
    public void What_groups_give_is_told_apart() => Spec.Given(Grant.Streams)
        .When(state => GiveGrant.Decide(state, Command, Known.Facts, Spec.Now, byGroups: true)).Then(Given with { ByGroups = true });

    [Fact]
    public void What_groups_give_is_not_taken_back_by_hand() => Spec.Given(Grant.Streams, Given with { ByGroups = true })
        .When(state => RevokeGrant.Decide(state, new RevokeGrant.Command("left"))).ThenRefused("grant_by_groups");

    [Fact]
    public void What_was_taken_in_an_emergency_is_not_taken_back_by_hand() => Spec.Given(Grant.Streams, Given with { ByEmergency = true })
        .When(state => RevokeGrant.Decide(state, new RevokeGrant.Command("left"))).ThenRefused("grant_by_emergency");

    [Fact]
    public void What_ends_a_grant_ends_it_once_however_it_was_given()
    {
        var revoked = new GrantRevoked("User", "ada", "radiologist", "left");
        Spec.Given(Grant.Streams, Given with { ByGroups = true }).When(state => RevokeGrant.End(state, "left")).Then(revoked);
        Spec.Given(Grant.Streams, Given).When(state => RevokeGrant.End(state, "left")).Then(revoked);
        Spec.Given(Grant.Streams, Given, revoked).When(state => RevokeGrant.End(state, "left")).ThenNothing();
        Spec.Given(Grant.Streams).When(state => RevokeGrant.End(state, "left")).ThenNothing();
    }

    [Fact]
    public void A_grant_given_already_is_not_given_again() =>
        Spec.Given(Grant.Streams, Given).When(state => GiveGrant.Decide(state, Command, Known.Facts, Spec.Now)).ThenNothing();

    [Fact]
    public void A_role_that_does_not_exist_cannot_be_given() => Give(Command with { Role = "wizard" }).ThenRefused("role_unknown");

    [Fact]
    public void A_retired_role_cannot_be_given() => Give(Command with { Role = "scribe" }).ThenRefused("role_retired");

    [Fact]
    public void A_role_with_a_longest_time_needs_an_end() => Give(Command with { Role = "locum" }).ThenRefused("until_required");

    [Fact]
    public void A_grant_may_not_run_longer_than_its_role_allows() =>
        Give(Command with { Role = "locum", Until = Spec.Now.AddDays(30).AddSeconds(1) }).ThenRefused("until_too_late");

    [Fact]
    public void A_grant_may_run_exactly_as_long_as_its_role_allows() =>
        Give(Command with { Role = "locum", Until = Spec.Now.AddDays(30) }).Then(Given with { Role = "locum", Until = Spec.Now.AddDays(30) });

    [Fact]
    public void Days_that_reach_beyond_the_calendar_are_days_all_the_same()
    {
        var last = new DateTimeOffset(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);
        Give(Command with { Role = "locum", From = last.AddDays(-300), Until = last }).ThenRefused("until_too_late");
        Give(Command with { Role = "locum", From = last.AddDays(-3), Until = last }).Then(Given with { Role = "locum", From = last.AddDays(-3), Until = last });
    }

    [Fact]
    public void A_grant_ends_after_it_begins() => Give(Command with { Until = Spec.Now }).ThenRefused("until_before_from");

    [Theory]
    [InlineData(GrantScopeKind.Site)]
    [InlineData(GrantScopeKind.Department)]
    [InlineData(GrantScopeKind.Patient)]
    internal void A_scope_names_what_it_is(GrantScopeKind kind) => Give(Command with { Scope = new GiveGrant.Scope(kind) }).ThenRefused("scope_id_required");

    [Fact]
    public void Everywhere_is_no_place() =>
        Give(Command with { Scope = new GiveGrant.Scope(GrantScopeKind.Everywhere, "north") }).ThenRefused("scope_id_unexpected");

    [Fact]
    public void A_grant_cannot_hold_at_a_site_that_does_not_exist() =>
        Give(Command with { Scope = new GiveGrant.Scope(GrantScopeKind.Site, "south") }).ThenRefused("site_unknown");

    [Fact]
    public void A_grant_cannot_hold_in_a_department_that_does_not_exist() =>
        Give(Command with { Scope = new GiveGrant.Scope(GrantScopeKind.Department, "south-radiology") }).ThenRefused("department_unknown");

    [Fact]
    public void A_patient_has_an_id_without_control_characters() =>
        Give(Command with { Scope = new GiveGrant.Scope(GrantScopeKind.Patient, "P\u0007") }).ThenRefused("patient_malformed");

    [Theory]
    [InlineData("")]
    [InlineData(" ada")]
    [InlineData("a\0da")]
    public void A_subject_has_an_id(string id) => Give(Command with { SubjectId = id }).ThenRefused("subject_malformed");

    [Fact]
    public void A_subject_is_a_person_or_a_machine() => Give(Command with { SubjectType = "Role" }).ThenRefused("subject_malformed");

    [Fact]
    public void A_grant_says_why() => Give(Command with { Reason = " " }).ThenRefused("reason_required");

    [Fact]
    public void A_reason_is_short() => Give(Command with { Reason = new string('x', 1001) }).ThenRefused("reason_malformed");

    [Fact]
    public void A_revoked_grant_says_whose_it_was() =>
        Spec.Given(Grant.Streams, Given).When(Revoke("moved")).Then(new GrantRevoked("User", "ada", "radiologist", "moved"));

    [Fact]
    public void Revoking_twice_is_revoking_once() =>
        Spec.Given(Grant.Streams, Given, new GrantRevoked("User", "ada", "radiologist", "moved")).When(Revoke("again")).ThenNothing();

    [Fact]
    public void A_grant_that_was_never_given_cannot_be_revoked() => Spec.Given(Grant.Streams).When(Revoke("moved")).ThenRefused("grant_unknown");

    [Fact]
    public void Revoking_says_why() => Spec.Given(Grant.Streams, Given).When(Revoke("")).ThenRefused("reason_required");

    [Fact]
    public void A_stream_that_cannot_be_is_reported_as_corrupt() =>
        Should.Throw<InvalidOperationException>(() => Spec.Given(Grant.Streams, new GrantRevoked("User", "ada", "radiologist", "x")));

    private static Decided<GrantEvent> Give(GiveGrant.Command command) =>
        Spec.Given(Grant.Streams).When(state => GiveGrant.Decide(state, command, Known.Facts, Spec.Now));

    private static Func<Grant, Outcome<GrantEvent>> Revoke(string reason) => state => RevokeGrant.Decide(state, new RevokeGrant.Command(reason));
}
