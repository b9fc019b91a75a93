using System.Collections.Immutable;
using System.Net;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.Tests.Evaluation;

/// <summary>The rules of a decision as functions of values, without a service around them.</summary>
public sealed class HospitalCaseTests
{
    private static readonly DateTimeOffset Now = Spec.Now;
    private static readonly ResourcePlace Place = new(Known.North, "north-radiology", "P1");
    private static readonly EvaluationQuestion Question = new("User", "ada", "study.view", "Study", "1.2.1", "pep", null, "authzen", null);

    [Theory]
    [InlineData(false, "Reader radiologist, Role radiologist")]
    [InlineData(true, "Reader radiologist")]
    public void A_read_only_grant_makes_a_reader_and_no_more(bool readOnly, string groups)
    {
        foreach (GrantScope scope in (GrantScope[])
            [new(GrantScopeKind.Everywhere, null), new(GrantScopeKind.Site, "north"), new(GrantScopeKind.Department, "north-radiology"), new(GrantScopeKind.Patient, "P1")])
        {
            GroupsOf(Place, Grant(scope, readOnly)).ShouldBe(groups, scope.ToString());
        }
    }

    [Fact]
    public void A_scope_of_another_kind_with_the_same_id_covers_nothing()
    {
        GrantFact[] grants = [.. Enum.GetValues<GrantScopeKind>().Where(kind => kind != GrantScopeKind.Everywhere).Select(kind => Grant(new GrantScope(kind, "other")))];
        GroupsOf(Place, grants).ShouldBe("");
        GroupsOf(Place with { PatientId = "north" }, Grant(new GrantScope(GrantScopeKind.Patient, "P1")), Grant(new GrantScope(GrantScopeKind.Department, "north"))).ShouldBe("");
    }

    [Fact]
    public void A_resource_that_lies_nowhere_is_covered_by_everywhere_only()
    {
        GroupsOf(default, Grant(new GrantScope(GrantScopeKind.Site, "north")), Grant(new GrantScope(GrantScopeKind.Patient, "P1"))).ShouldBe("");
        GroupsOf(default, Grant(new GrantScope(GrantScopeKind.Everywhere, null))).ShouldBe("Reader radiologist, Role radiologist");
    }

    [Fact]
    public void The_same_role_twice_is_one_group_and_the_wider_grant_counts()
    {
        var everywhere = new GrantScope(GrantScopeKind.Everywhere, null);
        GroupsOf(Place, Grant(everywhere, readOnly: true), Grant(everywhere), Grant(everywhere, readOnly: true)).ShouldBe("Reader radiologist, Role radiologist");
    }

    [Theory]
    [InlineData(-1, null, true)]
    [InlineData(0, null, true)]
    [InlineData(1, null, false)]
    [InlineData(-2, 1, true)]
    [InlineData(-2, 0, false)]
    public void A_grant_holds_from_its_beginning_and_no_more_at_its_end(int fromTicks, int? untilTicks, bool holds)
    {
        GrantFact grant = Grant(new GrantScope(GrantScopeKind.Patient, "P1")) with
        {
            From = Now.AddTicks(fromTicks), Until = untilTicks is { } ticks ? Now.AddTicks(ticks) : null,
        };
        Membership membership = Of(Place, grant);
        (membership.Groups.Count > 0, membership.HasExplicitGrant).ShouldBe((holds, holds));
    }

    [Fact]
    public void Only_a_grant_for_the_patient_is_explicit()
    {
        Of(Place, Grant(new GrantScope(GrantScopeKind.Everywhere, null)), Grant(new GrantScope(GrantScopeKind.Department, "north-radiology"))).HasExplicitGrant.ShouldBeFalse();
        Of(Place, Grant(new GrantScope(GrantScopeKind.Patient, "P1"), readOnly: true)).HasExplicitGrant.ShouldBeTrue();
    }

    [Theory]
    [InlineData("::ffff:10.1.2.3", "wards", "10.1.2.3")]
    [InlineData("10.1.2.3", "wards", "10.1.2.3")]
    [InlineData("10.2.2.3", null, "10.2.2.3")]
    [InlineData("::10.1.2.3", null, "::10.1.2.3")]
    public void A_mapped_address_is_the_address_that_it_maps(string sourceIp, string? network, string seen)
    {
        HospitalContext context = ContextOf(Question with { SourceIp = IPAddress.Parse(sourceIp) }, Now);
        (context.Network, context.SourceIp!.ToString()).ShouldBe((network, seen));
        context.ToRecord().TryGet("knownNetwork", out Value? known).ShouldBeTrue();
        known.ShouldBe(Value.Of(network is not null));
    }

    [Fact]
    public void Of_networks_that_overlap_the_one_of_the_first_site_counts()
    {
        SiteFacts first = Known.North with { Id = "a", Networks = [new NamedNetwork("first", IPNetwork.Parse("10.0.0.0/8"))] };
        SiteFacts second = Known.North with { Id = "b", Networks = [new NamedNetwork("second", IPNetwork.Parse("10.1.0.0/16"))] };
        HospitalContext context = HospitalContext.Of(Question with { SourceIp = IPAddress.Parse("10.1.2.3") }, FactsSnapshot.Empty with { Sites = Sites(second, first) }, null, false, Now);
        context.Network.ShouldBe("first");
    }

    [Theory]
    [InlineData("2026-03-01T23:30:00Z", 1)]
    [InlineData("2026-03-01T12:00:00Z", 7)]
    [InlineData("2026-03-07T12:00:00Z", 6)]
    public void The_day_is_that_of_the_site_and_Sunday_is_the_seventh(string at, long day)
    {
        RecordValue record = ContextOf(Question, DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)).ToRecord();
        record.TryGet("dayOfWeek", out Value? found).ShouldBeTrue();
        found.ShouldBe(Value.Of(day));
    }

    [Fact]
    public void What_the_enforcement_point_does_not_say_is_absent()
    {
        RecordValue record = ContextOf(Question, Now).ToRecord();
        foreach (string absent in (string[])["sourceIp", "network", "authenticatedAt", "purposeOfUse", "destination"])
        {
            record.TryGet(absent, out _).ShouldBeFalse(absent);
        }

        record.TryGet("assuranceLevel", out Value? level).ShouldBeTrue();
        level.ShouldBe(Value.Of(0L));
    }

    [Fact]
    public void Without_policies_nothing_is_permitted() =>
        new HospitalCase(Question, FactsSnapshot.Empty, null, Now, new RoleEntities()).Judge().Reason.ShouldBe("no_policies");

    [Fact]
    public void The_patient_of_a_study_is_that_of_the_index()
    {
        var study = new StudyFacts("1.2.1", "P7", null, null, [], null, null, [], false, null);
        new HospitalCase(Question, FactsSnapshot.Empty, study, Now, new RoleEntities()).PatientId.ShouldBe("P7");
        new HospitalCase(Question, FactsSnapshot.Empty, null, Now, new RoleEntities()).PatientId.ShouldBeNull();
        new HospitalCase(Question with { ResourceType = "Patient", ResourceId = "P8" }, FactsSnapshot.Empty, null, Now, new RoleEntities()).PatientId.ShouldBe("P8");
    }

    private static HospitalContext ContextOf(EvaluationQuestion question, DateTimeOffset now)
    {
        SiteFacts vienna = Known.North with
        {
            Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Vienna"), Networks = [new NamedNetwork("wards", IPNetwork.Parse("10.1.0.0/16"))],
        };
        return HospitalContext.Of(question, FactsSnapshot.Empty with { Sites = Sites(vienna) }, vienna, explicitGrant: false, now);
    }

    private static SiteDirectory Sites(params SiteFacts[] sites) => new(
        sites.ToImmutableDictionary(site => site.Id, StringComparer.Ordinal), SiteDirectory.Empty.SiteOfDepartment, SiteDirectory.Empty.SiteOfArchive);

    private static GrantFact Grant(GrantScope scope, bool readOnly = false) => new("g", "radiologist", scope, Now.AddDays(-1), null, readOnly);

    private static Membership Of(ResourcePlace place, params GrantFact[] grants) =>
        Membership.Of(new SubjectFacts([.. grants], [], null), place, Now, new RoleEntities());

    private static string GroupsOf(ResourcePlace place, params GrantFact[] grants) =>
        string.Join(", ", Of(place, grants).Groups.Select(group => $"{group.Type} {group.Id}").Order(StringComparer.Ordinal));
}
