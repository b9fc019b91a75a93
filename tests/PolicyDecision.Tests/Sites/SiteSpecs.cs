using AccessGov.PolicyDecision.Sites;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Sites;

public sealed class SiteSpecs
{
    private static readonly DefineSite.Command Command = new(
        "South", "Europe/Vienna", [new DefineSite.Hours([2, 1], "19:00", "24:00")], [new DefineSite.Network("wards", "10.1.0.0/16")],
        [new DefineSite.Department("south-radiology", "Radiology")], ["pacs-south"]);

    private static readonly SiteDefined Defined = new(
        "South", "Europe/Vienna", [new SiteHours([1, 2], new TimeOnly(19, 0), new TimeOnly(0, 0))], [new SiteNetwork("wards", "10.1.0.0/16")],
        [new SiteDepartment("south-radiology", "Radiology")], ["pacs-south"]);

    [Fact]
    public void A_site_is_defined() => Define(Command).Then(Defined);

    [Fact]
    public void A_site_defined_as_it_is_stays_as_it_is() =>
        Spec.Given(Site.Streams, Defined).When(state => DefineSite.Decide(state, "south", Command, Known.Facts.Sites)).ThenNothing();

    [Fact]
    public void A_site_keeps_its_own_departments_when_it_is_defined_anew() =>
        Spec.Given(Site.Streams, Defined).When(state => DefineSite.Decide(
                state, "north", Command with { Departments = [new("north-radiology", "R")], Archives = ["orthanc"] }, Known.Facts.Sites))
            .Then(Defined with { Departments = [new SiteDepartment("north-radiology", "R")], Archives = ["orthanc"] });

    [Fact]
    public void A_zone_is_an_iana_zone() => Define(Command with { TimeZone = "Middle/Earth" }).ThenRefused("zone_unknown");

    [Theory]
    [InlineData("7:00", "19:00", 1)]
    [InlineData("07:00", "25:00", 1)]
    [InlineData("07:00", "19:00", 0)]
    [InlineData("07:00", "19:00", 8)]
    public void Hours_have_days_a_start_and_an_end(string start, string end, int day) =>
        Define(Command with { WorkingHours = [new DefineSite.Hours([day], start, end)] }).ThenRefused("hours_malformed");

    [Fact]
    public void A_day_is_named_once() => Define(Command with { WorkingHours = [new DefineSite.Hours([1, 1], "07:00", "19:00")] }).ThenRefused("hours_malformed");

    [Theory]
    [InlineData("10.1.0.0/33")]
    [InlineData("10.1.0.1/16")]
    [InlineData("wards")]
    public void A_network_is_in_cidr_notation(string cidr) =>
        Define(Command with { Networks = [new DefineSite.Network("wards", cidr)] }).ThenRefused("network_malformed");

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("10.0.0.0/7")]
    [InlineData("::/0")]
    [InlineData("fd00::/15")]
    public void A_network_is_not_half_the_internet(string cidr) =>
        Define(Command with { Networks = [new("wards", "10.1.0.0/16"), new("typo", cidr)] }).ThenRefused("network_too_wide");

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("fd00::/16")]
    public void A_network_may_be_a_whole_hospital_group(string cidr) =>
        Define(Command with { Networks = [new DefineSite.Network("group", cidr)] }).Then(Defined with { Networks = [new SiteNetwork("group", cidr)] });

    [Fact]
    public void A_network_has_its_own_name() =>
        Define(Command with { Networks = [new("wards", "10.1.0.0/16"), new("wards", "10.2.0.0/16")] }).ThenRefused("network_malformed");

    [Fact]
    public void A_department_belongs_to_one_site() =>
        Define(Command with { Departments = [new DefineSite.Department("north-radiology", "Radiology")] }).ThenRefused("department_taken");

    [Fact]
    public void A_department_is_named_once() =>
        Define(Command with { Departments = [new("x", "X"), new("x", "X")] }).ThenRefused("department_malformed");

    [Fact]
    public void An_archive_belongs_to_one_site() => Define(Command with { Archives = ["orthanc"] }).ThenRefused("archive_taken");

    [Fact]
    public void An_archive_has_an_id() => Define(Command with { Archives = ["Orthanc 1"] }).ThenRefused("archive_malformed");

    [Fact]
    public void A_site_has_a_name() => Define(Command with { Name = "" }).ThenRefused("site_malformed");

    private static Decided<SiteEvent> Define(DefineSite.Command command) =>
        Spec.Given(Site.Streams).When(state => DefineSite.Decide(state, "south", command, Known.Facts.Sites));
}
