using AccessGov.IdentityFederation.Organisations;

namespace AccessGov.IdentityFederation.Tests.Organisations;

public sealed class OrganisationSpecs
{
    private static readonly OrganisationDefined Defined = new("Lake", OrganisationKind.Hospital, ["lake.example"]);

    [Fact]
    public void An_organisation_is_defined_with_its_domains_in_one_form() => Spec.Given(Organisation.Streams)
        .When(state => DefineOrganisation.Decide(state, "lake", new("Lake", OrganisationKind.Hospital, ["LAKE.example"]))).Then(Defined);

    [Fact]
    public void The_same_again_changes_nothing() => Spec.Given(Organisation.Streams, Defined)
        .When(state => DefineOrganisation.Decide(state, "lake", new("Lake", OrganisationKind.Hospital, ["lake.example"]))).ThenNothing();

    [Fact]
    public void A_domain_is_named_once() => Spec.Given(Organisation.Streams)
        .When(state => DefineOrganisation.Decide(state, "lake", new("Lake", OrganisationKind.Hospital, ["lake.example", "Lake.Example"]))).ThenRefused("domain_malformed", 400);

    [Fact]
    public void An_organisation_has_a_name() => Spec.Given(Organisation.Streams)
        .When(state => DefineOrganisation.Decide(state, "lake", new(" ", OrganisationKind.Vendor))).ThenRefused("organisation_malformed", 400);

    [Fact]
    public void What_is_not_there_is_not_closed() => Spec.Given(Organisation.Streams)
        .When(state => CloseOrganisation.Decide(state, new("over"))).ThenRefused("organisation_unknown", 404);

    [Fact]
    public void An_end_has_a_reason() => Spec.Given(Organisation.Streams, Defined).When(state => CloseOrganisation.Decide(state, new(""))).ThenRefused("reason_required", 400);

    [Fact]
    public void A_closed_one_is_closed_once_and_may_be_defined_again()
    {
        Spec.Given(Organisation.Streams, Defined, new OrganisationClosed("over")).When(state => CloseOrganisation.Decide(state, new("over"))).ThenNothing();
        Spec.Given(Organisation.Streams, Defined, new OrganisationClosed("over"))
            .When(state => DefineOrganisation.Decide(state, "lake", new("Lake", OrganisationKind.Hospital, ["lake.example"]))).Then(Defined);
    }
}
