using AccessGov.IdentityFederation.People;
using AccessGov.Testing;

namespace AccessGov.IdentityFederation.Tests.People;

public sealed class PersonSpecs
{
    private const string Source = "scim";

    private static readonly PersonProfile Ada = new("ada") { DisplayName = "Ada" };
    private static readonly PersonProvisioned Provisioned = new("hospital", Ada, Active: true, Source);
    private static readonly LinkIdentity.Command Identity = new("https://login.hospital.example", "Sub-1");

    private static GivenStream<Person, PersonEvent> Given(params PersonEvent[] events) => Spec.Given(Person.Streams, events);

    [Fact]
    public void Somebody_new_is_provisioned() =>
        Given().When(state => ProvisionPerson.Decide(state, "ada", new("hospital", Ada), Source)).Then(Provisioned);

    [Fact]
    public void A_retried_provisioning_changes_nothing() =>
        Given(Provisioned).When(state => ProvisionPerson.Decide(state, "ada", new("hospital", Ada with { Emails = [] }), Source)).ThenNothing();

    [Fact]
    public void An_id_is_given_once() =>
        Given(Provisioned).When(state => ProvisionPerson.Decide(state, "ada", new("hospital", Ada with { DisplayName = "Another" }), Source)).ThenRefused("person_taken", 409);

    [Fact]
    public void Whoever_is_gone_does_not_come_back_under_the_old_id() =>
        Given(Provisioned, new PersonDeprovisioned("left", Source)).When(state => ProvisionPerson.Decide(state, "ada", new("hospital", Ada), Source)).ThenRefused("person_gone", 409);

    [Theory]
    [InlineData("")]
    [InlineData(" padded")]
    [InlineData("bell\a")]
    public void A_user_name_is_a_word(string userName) =>
        Given().When(state => ProvisionPerson.Decide(state, "ada", new("hospital", Ada with { UserName = userName }), Source)).ThenRefused("user_name_malformed", 400);

    [Fact]
    public void What_is_known_has_bounds() =>
        Given(Provisioned).When(state => ChangePerson.Decide(state, Ada with { Title = new string('x', 501) }, Source)).ThenRefused("person_malformed", 400);

    [Fact]
    public void What_is_known_already_changes_nothing() => Given(Provisioned).When(state => ChangePerson.Decide(state, Ada, Source)).ThenNothing();

    [Fact]
    public void Nobody_unknown_is_changed() => Given().When(state => ChangePerson.Decide(state, Ada, Source)).ThenRefused("person_unknown", 404);

    [Fact]
    public void A_leaver_is_deactivated_once() => Given(Provisioned, new PersonDeactivated("left", Source)).When(state => EndPerson.Deactivate(state, "left", Source)).ThenNothing();

    [Fact]
    public void An_end_has_a_reason() => Given(Provisioned).When(state => EndPerson.Deprovision(state, " ", Source)).ThenRefused("reason_required", 400);

    [Fact]
    public void A_suspended_person_who_is_reactivated_stays_suspended()
    {
        var state = (Person.Provisioned)Given(Provisioned, new PersonSuspended("alert"), new PersonDeactivated("left", Source), new PersonReactivated(Source)).State;
        (state.Active, state.Suspended, state.MaySignIn).ShouldBe((true, true, false));
    }

    [Fact]
    public void Nobody_lifts_their_own_suspension() =>
        Given(Provisioned, new PersonSuspended("alert")).When(state => SuspendPerson.Reinstate(state, "ada", "me", by: "ada")).ThenRefused("self_reinstatement", 409);

    [Fact]
    public void Somebody_else_lifts_it() =>
        Given(Provisioned, new PersonSuspended("alert")).When(state => SuspendPerson.Reinstate(state, "ada", "a mistake", by: "grace")).Then(new PersonReinstated("a mistake"));

    [Fact]
    public void An_identity_is_linked_once() =>
        Given(Provisioned, new IdentityLinked(Identity.Issuer, Identity.Subject)).When(state => LinkIdentity.Link(state, Identity)).ThenNothing();

    [Fact]
    public void An_e_mail_address_is_no_issuer() =>
        Given(Provisioned).When(state => LinkIdentity.Link(state, new("ada@hospital.example", "x"))).ThenRefused("identity_malformed", 400);

    [Fact]
    public void An_identity_that_is_not_there_is_not_unlinked() =>
        Given(Provisioned).When(state => LinkIdentity.Unlink(state, Identity)).ThenRefused("identity_unknown", 404);

    [Fact]
    public void A_person_has_a_bounded_number_of_identities() =>
        Given([Provisioned, .. Enumerable.Range(0, 20).Select(number => new IdentityLinked("https://login.hospital.example", $"s{number}"))])
            .When(state => LinkIdentity.Link(state, Identity)).ThenRefused("too_many_identities", 409);
}
