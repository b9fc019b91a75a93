using AccessGov.IdentityFederation.Federation;
using AccessGov.IdentityFederation.Groups;
using AccessGov.IdentityFederation.People;
using static AccessGov.IdentityFederation.Tests.Spec;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>The rules of whom an identity provider lets in.</summary>
public sealed class AdmitPersonSpecs
{
    private static readonly LinkedIdentity Identity = new("https://login.readers.example", "subject");
    private static readonly PersonProvisioned Provisioned = new("readers", new PersonProfile("ada"), Active: true, "scim");
    private static readonly PersonProvisioned Introduced = Provisioned with { Source = Person.Federation };
    private static readonly IdentityLinked Linked = new(Identity.Issuer, Identity.Subject);
    private static readonly PersonAccessLimited Limited = new(Now.AddDays(90), Person.Federation);

    private static AdmitPerson.Command Command(string? userName = "ada", TimeSpan? lasts = null, bool renews = false,
        string? department = null) =>
        new("readers", Identity, new ClaimedProfile(userName, null, null, null, null, department), null, lasts, renews);

    [Fact]
    public void Whoever_is_provisioned_is_linked_once_and_stays_what_the_provisioning_system_says()
    {
        Given(Person.Streams, Provisioned).When(s => AdmitPerson.Decide(s, Command("other", department: "x"), Now)).Then(Linked);
        Given(Person.Streams, Provisioned, Linked).When(s => AdmitPerson.Decide(s, Command("other", department: "x"), Now)).ThenNothing();
    }

    [Fact]
    public void Whoever_is_somebody_there_already_is_not_somebody_else_there_too()
    {
        Given(Person.Streams, Provisioned, new IdentityLinked(Identity.Issuer, "former")).When(s => AdmitPerson.Decide(s, Command(), Now))
            .ThenRefused("sign_in_refused", 403);
        Given(Person.Streams, Provisioned, new IdentityLinked("https://elsewhere.example", "subject")).When(s => AdmitPerson.Decide(s, Command(), Now))
            .Then(Linked);
    }

    [Fact]
    public void Whoever_is_not_known_is_introduced_for_a_while_or_not_at_all()
    {
        Given(Person.Streams).When(s => AdmitPerson.Decide(s, Command(), Now)).ThenRefused("person_not_provisioned", 403);
        Given(Person.Streams).When(s => AdmitPerson.Decide(s, Command(lasts: TimeSpan.FromDays(90)), Now))
            .Then(Introduced, Linked, Limited);
        Given(Person.Streams).When(s => AdmitPerson.Decide(s, Command(null, TimeSpan.FromDays(90)), Now))
            .ThenRefused("claims_incomplete", 403);
        Given(Person.Streams).When(s => AdmitPerson.Decide(s, Command(" ", TimeSpan.FromDays(90)), Now))
            .ThenRefused("user_name_malformed", 400);
    }

    [Fact]
    public void What_is_said_of_whoever_was_introduced_is_taken_over_until_a_provisioning_system_has_them()
    {
        PersonProfile changed = Introduced.Profile with { Employment = new Employment(Department: "Neuro") };
        Given(Person.Streams, Introduced, Linked, Limited).When(s => AdmitPerson.Decide(s, Command(department: "Neuro"), Now))
            .Then(new PersonChanged(changed, Person.Federation));
        Given(Person.Streams, Introduced, Linked, Limited, new PersonChanged(changed, "scim")).When(s =>
            AdmitPerson.Decide(s, Command(department: "x"), Now))
            .ThenNothing();
    }

    [Fact]
    public void An_end_is_moved_at_a_sign_in_only_where_that_is_wanted_and_by_a_day_or_more()
    {
        AdmitPerson.Command renewing = Command(lasts: TimeSpan.FromDays(90), renews: true);
        Given(Person.Streams, Introduced, Linked, Limited).When(s =>
            AdmitPerson.Decide(s, Command(lasts: TimeSpan.FromDays(90)), Now.AddDays(30))).ThenNothing();
        Given(Person.Streams, Introduced, Linked, Limited).When(s => AdmitPerson.Decide(s, renewing, Now.AddHours(23))).ThenNothing();
        Given(Person.Streams, Introduced, Linked, Limited).When(s => AdmitPerson.Decide(s, renewing, Now.AddDays(1)))
            .Then(new PersonAccessLimited(Now.AddDays(91), Person.Federation));
        Given(Person.Streams, Introduced, Linked, new PersonAccessLimited(null, "console")).When(s =>
            AdmitPerson.Decide(s, renewing, Now.AddDays(1))).ThenNothing();
    }

    [Fact]
    public void Whoever_is_kept_out_is_refused()
    {
        PersonEvent[][] keptOut =
        [
            [Provisioned, new PersonDeactivated("Left.", "scim")], [Provisioned, new PersonSuspended("Alert.")],
            [Provisioned, new PersonDeprovisioned("Left.", "scim")], [Provisioned with { Organisation = "hospital" }],
        ];
        foreach (PersonEvent[] events in keptOut)
        {
            Given(Person.Streams, events).When(s =>
                AdmitPerson.Decide(s, Command(lasts: TimeSpan.FromDays(90)), Now)).ThenRefused("sign_in_refused", 403);
        }

        Given(Person.Streams, Introduced, Linked, Limited).When(s =>
            AdmitPerson.Decide(s, Command(), Now.AddDays(90))).ThenRefused("access_ended", 403);
    }

    [Fact]
    public void Access_ends_at_its_end_and_not_before()
    {
        Given(Person.Streams, Introduced, Limited).When(s => LimitAccess.End(s, Now.AddDays(89))).ThenNothing();
        Given(Person.Streams, Introduced, Limited).When(s => LimitAccess.End(s, Now.AddDays(90)))
            .Then(new PersonDeactivated("The time for which access was given is over.", Person.Federation));
        Given(Person.Streams, Introduced, Limited).When(s => LimitAccess.Decide(s, new(Now.AddDays(120)), "console", Now))
            .Then(new PersonAccessLimited(Now.AddDays(120), "console"));
        Given(Person.Streams, Introduced, Limited).When(s => LimitAccess.Decide(s, new(Limited.EndsAt), "console", Now)).ThenNothing();
        Given(Person.Streams, Introduced, Limited).When(s =>
            LimitAccess.Decide(s, new(null), "console", Now)).Then(new PersonAccessLimited(null, "console"));
        Given(Person.Streams, Introduced).When(s => LimitAccess.Decide(s, new(Now), "console", Now)).ThenRefused("access_end_past", 400);
        Given(Person.Streams).When(s => LimitAccess.Decide(s, new(null), "console", Now)).ThenRefused("person_unknown", 404);
    }

    [Fact]
    public void A_group_of_the_organisation_gains_and_loses_a_member()
    {
        var group = new GroupProvisioned("readers", "Night", null, ["bob"], "scim");
        Given(Group.Streams, group).When(s =>
            ClaimedGroups.Decide(s, "readers", "ada", true)).Then(new GroupMembersAdded(["ada"], Person.Federation));
        Given(Group.Streams, group).When(s =>
            ClaimedGroups.Decide(s, "readers", "bob", false)).Then(new GroupMembersRemoved(["bob"], Person.Federation));
        Given(Group.Streams, group).When(s => ClaimedGroups.Decide(s, "readers", "bob", true)).ThenNothing();
        Given(Group.Streams, group).When(s => ClaimedGroups.Decide(s, "hospital", "ada", true)).ThenRefused("group_unknown", 404);
    }

    [Fact]
    public void Every_refusal_of_a_sign_in_through_a_provider_has_a_status()
    {
        foreach (EventSourcing.Refusal refusal in typeof(FederationRefusals).GetFields().Select(field => field.GetValue(null))
            .OfType<EventSourcing.Refusal>()
            .Append(FederationRefusals.Unavailable("X")))
        {
            Refusals.Table.StatusOf(refusal.Code).ShouldNotBe(409, refusal.Code);
            refusal.Sentence.ShouldEndWith(".");
        }
    }
}
