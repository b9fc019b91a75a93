using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Search;

namespace AccessGov.PolicyDecision.Tests.Search;

/// <summary>Which studies a permit leaves as candidates for ada: a radiologist of the north's two departments, reader for P1, in the care team of P2, mother of P3, herself P4.</summary>
public sealed class PermitScopesTests
{
    private static readonly DateTimeOffset Now = Spec.Now;
    private static readonly EvaluationQuestion Question = new("User", "ada", "study.view", "Study", "", "pep", null, "authzen", null);

    [Theory]
    [InlineData("permit (principal, action, resource);", "anything")]
    [InlineData("permit (principal in Role::\"radiologist\", action, resource);", "department-1 department-2")]
    [InlineData("permit (principal is User in Reader::\"radiologist\", action, resource);", "department-1 department-2 P1")]
    [InlineData("permit (principal, action, resource) when { principal in Role::\"radiologist\" };", "department-1 department-2")]
    [InlineData("permit (principal in Reader::\"clerk\", action, resource);", "")]
    [InlineData("permit (principal, action, resource) when { resource has patient.careTeam && resource.patient.careTeam.contains(principal) };", "P2")]
    [InlineData("permit (principal, action, resource) when { principal in resource.patient.careTeam };", "P2")]
    [InlineData("permit (principal, action, resource) when { resource.patient.referredTo.contains(principal) };", "")]
    [InlineData("permit (principal, action, resource) when { principal.family.contains(resource.patient) };", "P3")]
    [InlineData("permit (principal, action, resource) when { resource.patient == principal.self };", "P4")]
    [InlineData("permit (principal, action, resource) when { resource.referringPhysician == principal };", "referred")]
    [InlineData("permit (principal, action, resource) when { principal.self == resource.patient || principal.family.contains(resource.patient) };", "P3 P4")]
    [InlineData("permit (principal, action, resource) when { principal.self == resource.patient || context.workingHours };", "anything")]
    [InlineData("permit (principal, action, resource) when { if context.workingHours then true else principal.self == resource.patient };", "anything")]
    [InlineData("permit (principal, action, resource) when { !(principal.self == resource.patient) };", "anything")]
    [InlineData("permit (principal, action, resource) unless { principal.self == resource.patient };", "anything")]
    [InlineData("permit (principal, action, resource) when { resource.patient.careTeam.contains(User::\"ada\") };", "anything")]
    [InlineData("permit (principal is Service, action, resource);", "")]
    [InlineData("permit (principal == User::\"bo\", action, resource);", "")]
    [InlineData("permit (principal, action == Action::\"study.send\", resource);", "")]
    [InlineData("permit (principal, action, resource is Patient);", "")]
    [InlineData("forbid (principal, action, resource);", "")]
    [InlineData("permit (principal, action, resource) when { principal.self == resource.patient }; permit (principal in Role::\"radiologist\", action, resource);", "department-1 department-2 P4")]
    public void A_permit_bounds_its_studies_as_far_as_it_is_understood(string policies, string expected)
    {
        Cover? cover = PermitScopes.Of(PolicySet.Parse(policies).Compile()).CoverOf(Question, Facts(), Now);

        (cover is null ? "anything"
            : string.Join(' ', cover.Departments.Concat(cover.Patients).Order(StringComparer.OrdinalIgnoreCase).Concat(cover.ReferredBySubject ? ["referred"] : []))).ShouldBe(expected);
    }

    private static FactsSnapshot Facts()
    {
        SiteFacts north = Known.North with { Departments = ["department-1", "department-2"] };
        GrantFact[] grants =
        [
            new("g1", "radiologist", new GrantScope(GrantScopeKind.Site, "north"), Now, null, ReadOnly: false),
            new("g2", "radiologist", new GrantScope(GrantScopeKind.Patient, "P1"), Now, null, ReadOnly: true),
            new("g3", "clerk", new GrantScope(GrantScopeKind.Everywhere, null), Now.AddDays(-1), Now, ReadOnly: false),
        ];
        var subjects = FactsSnapshot.Empty.Subjects.ToBuilder();
        subjects[new SubjectKey("User", "ada")] = new SubjectFacts([.. grants], [new TimedPatient("r1", "P3", Now, null)], "P4");
        var patients = FactsSnapshot.Empty.Patients.ToBuilder();
        patients["P2"] = new PatientFacts([new TimedUser("r2", "ada", Now, null)], [new TimedUser("r3", "ada", Now.AddDays(1), null)], IsStaff: false);
        return FactsSnapshot.Empty with
        {
            Subjects = subjects.ToImmutable(), Patients = patients.ToImmutable(),
            Policies = new PublishedPolicies("hospital", 1, "hash", PolicySet.Empty.Compile(), EntityStore.Empty),
            Sites = new SiteDirectory(SiteDirectory.Empty.Sites.Add("north", north), SiteDirectory.Empty.SiteOfDepartment, SiteDirectory.Empty.SiteOfArchive),
        };
    }
}
