using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.GeographyAlerts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Networks;
using AccessGov.PolicyDecision.Sites;

namespace AccessGov.PolicyDecision.Tests.GeographyAlerts;

/// <summary>Two sites, whose people work from Austria at home, and an organisation in Germany that reads for them.</summary>
[Trait("Requirement", "S68")]
public sealed class ForeignPlaceSpecs
{
    private static readonly FactsSnapshot Facts = Known();

    [Fact]
    public void At_a_site_that_a_grant_names_somebody_is_at_home() => Of("nora", site: "north").ShouldBeNull();

    [Fact]
    public void At_another_site_somebody_is_not() => Of("nora", site: "south").ShouldBe(new ForeignPlace("site", "south"));

    [Fact]
    public void A_department_is_at_its_site()
    {
        Of("dora", site: "north").ShouldBeNull();
        Of("dora", site: "south").ShouldBe(new ForeignPlace("site", "south"));
    }

    [Fact]
    public void Whoever_works_everywhere_and_whoever_holds_nothing_is_at_home_at_every_site()
    {
        Of("eve", site: "south").ShouldBeNull();
        Of("nobody", site: "south").ShouldBeNull();
        Of("patty", site: "south").ShouldBeNull("a grant for a patient names no site");
    }

    [Fact]
    public void A_grant_that_is_over_names_no_home_any_more() =>
        ForeignPlace.Of(From("south"), PersonOf("nora"), null, Facts, Spec.Now.AddDays(11))
            .ShouldBeNull("nothing says where nora is at home");

    [Fact]
    public void In_a_country_of_their_site_people_are_at_home_and_in_another_they_are_not()
    {
        Of("nora", country: "AT", lists: "north").ShouldBeNull();
        Of("nora", country: "AT").ShouldBeNull("the list may have been defined since");
        Of("nora", country: "DE", lists: "tele-de").ShouldBe(new ForeignPlace("country", "DE"), "the list is another's home");
    }

    [Fact]
    public void A_reader_from_outside_is_at_home_where_their_organisation_is()
    {
        Of("eve", "tele-de", country: "DE", lists: "tele-de").ShouldBeNull();
        Of("eve", "tele-de", country: "FR").ShouldBe(new ForeignPlace("country", "FR"));
        Of("eve", "hospital", country: "DE", lists: "tele-de").ShouldBe(new ForeignPlace("country", "DE"));
    }

    [Fact]
    public void A_network_of_the_organisation_is_home_whatever_country_it_is_in() =>
        Of("eve", "tele-de", country: "FR", lists: "tele-de").ShouldBeNull();

    [Fact]
    public void A_country_that_is_not_known_is_no_match_and_no_alert()
    {
        Of("nora").ShouldBeNull();
        Of("nora", lists: "remote-reading").ShouldBeNull();
    }

    [Fact]
    public void Where_nothing_says_in_which_country_somebody_is_at_home_none_is_foreign() =>
        Of("sue", country: "DE").ShouldBeNull("no list is named south");

    private static ForeignPlace? Of(
        string who, string? organisation = null, string? site = null, string? country = null, params string[] lists) =>
        ForeignPlace.Of(new DecisionOrigin(site, country, lists), PersonOf(who), organisation, Facts, Spec.Now);

    private static DecisionOrigin From(string site) => new(site, null, []);

    private static SubjectFacts PersonOf(string who) =>
        Facts.Subjects.GetValueOrDefault(new SubjectKey("User", who), SubjectFacts.None);

    private static FactsSnapshot Known()
    {
        var fold = new FactsFold("hospital");
        fold.Apply(Event("site-north", new SiteDefined("North", "UTC", [], [], [new SiteDepartment("radiology", "Radiology")], [])));
        fold.Apply(Event("site-south", new SiteDefined("South", "UTC", [], [], [], [])));
        fold.Apply(Event("network-list-north", new NetworkListDefined("Home of north", [], ["AT"])));
        fold.Apply(Event("network-list-tele-de", new NetworkListDefined("Teleradiology", [], ["DE"])));
        (string Who, GrantScopeKind Kind, string? Id)[] grants =
        [
            ("nora", GrantScopeKind.Site, "north"), ("dora", GrantScopeKind.Department, "radiology"),
            ("eve", GrantScopeKind.Everywhere, null), ("patty", GrantScopeKind.Patient, "P1"), ("sue", GrantScopeKind.Site, "south"),
        ];
        foreach ((string who, GrantScopeKind kind, string? id) in grants)
        {
            var given = new GrantGiven("User", who, "radiologist", kind, id, Spec.Now, Spec.Now.AddDays(10), false, "x");
            fold.Apply(Event($"grant-{who}", given));
        }

        return fold.Snapshot();
    }

    private static StoredEvent Event(string stream, object data) =>
        new(1, 1, Guid.Empty, stream, 1, "x", data, Spec.Now, EventMetadata.None);
}
