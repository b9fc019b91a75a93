using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.EmergencyAccess;

/// <summary>
/// What is known here of an emergency access, for whoever judges it: what was opened under it, and who the person is to the patient.
/// </summary>
internal static class EmergencyEvidence
{
    /// <summary>The label of studies that are watched closely, as the shipped policies have it.</summary>
    private const string VipLabel = "vip";

    /// <param name="Complete">Whether all decisions of the time were read; there may be too many.</param>
    /// <param name="Spooled">How many decisions of this replica are not in the journal yet, whoever they are about.</param>
    /// <param name="Opened">What was permitted under the emergency access, the first use first.</param>
    /// <param name="DeniedBefore">What the person was denied for this patient shortly before, the oldest first.</param>
    /// <param name="Relation">Who the person was to the patient when it began.</param>
    /// <param name="Roles">What the person held when it began, without emergencies.</param>
    /// <param name="WorkingHours">Whether it began within the working hours of a site where the person works; null when no such hours are
    /// known.</param>
    /// <param name="Studies">What is known now of the studies that were named.</param>
    public sealed record Answer(
        bool Complete, long Spooled, IReadOnlyList<Opened> Opened, IReadOnlyList<Denial> DeniedBefore, Relation Relation,
        IReadOnlyList<HeldRole> Roles, bool? WorkingHours, IReadOnlyList<KnownStudy> Studies);

    /// <param name="Department">The department of the study; null where it has none.</param>
    public sealed record KnownStudy(string Study, string? Department, bool Vip);

    /// <param name="Study">The study's UID; null when it was about the patient.</param>
    /// <param name="Department">The department of the study; null where it has none.</param>
    /// <param name="Addresses">From where.</param>
    /// <param name="Workstations">On which, where the enforcement point says so.</param>
    public sealed record Opened(
        string Action, string? Study, string? Department, bool Vip, int Count, DateTimeOffset First, DateTimeOffset Last,
        IReadOnlyList<string> Addresses, IReadOnlyList<string> Workstations);

    public sealed record Denial(DateTimeOffset At, string Action, string? Study, string Reason);

    /// <param name="Order">Whether a study that was opened was asked for by the person.</param>
    /// <param name="Staff">Whether the patient works here.</param>
    public sealed record Relation(bool CareTeam, bool Referral, bool Order, bool Family, bool Self, bool Staff);

    public sealed record HeldRole(string Role, string Scope, string? ScopeId);

    /// <summary>The rule of what counts.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="decisions">The person's decisions about the patient.</param>
    /// <param name="studies">The studies among them that are known.</param>
    /// <param name="then">The facts of the instant at which it began.</param>
    public static Answer Of(
        AskEmergencyEvidence.Question question, IReadOnlyList<JournaledAccess> decisions, IReadOnlyDictionary<string, StudyFacts> studies,
        FactsSnapshot then)
    {
        string[] named = [.. (question.Studies ?? []).Distinct(StringComparer.Ordinal)];
        JournaledAccess[] opened = [.. decisions.Where(one => one.Permitted && one.Case == question.CaseId && one.At >= question.From)];
        SubjectFacts subject = then.Subjects.GetValueOrDefault(new SubjectKey("User", question.SubjectId), SubjectFacts.None);
        GrantFact[] grants = [.. subject.Grants.Where(grant => grant.IsActive(question.From) && !grant.ByEmergency)];
        return new Answer(
            true, 0,
            [.. opened.GroupBy(one => (one.Action, one.Study))
                .Select(group => Group(group.Key.Action, group.Key.Study, [.. group], studies))
                .OrderBy(one => one.First).ThenBy(one => one.Action, StringComparer.Ordinal)],
            [.. decisions.Where(one => !one.Permitted && one.At < question.From).OrderBy(one => one.At)
                .Select(one => new Denial(one.At, one.Action, one.Study, one.Reason))],
            RelationOf(question, subject, then, opened.Select(one => one.Study).OfType<string>().Concat(named).Any(study =>
                studies.GetValueOrDefault(study)?.ReferringPhysician == question.SubjectId)),
            [.. grants.Select(grant => new HeldRole(grant.Role, $"{grant.Scope.Kind}".ToLowerInvariant(), grant.Scope.Id)).Distinct()
                .OrderBy(role => role.Role, StringComparer.Ordinal).ThenBy(role => role.ScopeId, StringComparer.Ordinal)],
            WithinWorkingHours(grants, then.Sites, question.From),
            [.. named.Select(studies.GetValueOrDefault).OfType<StudyFacts>()
                .Select(study => new KnownStudy(study.StudyInstanceUid, study.Department, IsVip(study)))]);
    }

    private static bool IsVip(StudyFacts? study) => study?.Labels.Contains(VipLabel, StringComparer.Ordinal) ?? false;

    private static Opened Group(string action, string? study, JournaledAccess[] all, IReadOnlyDictionary<string, StudyFacts> studies)
    {
        StudyFacts? known = study is null ? null : studies.GetValueOrDefault(study);
        return new Opened(
            action, study, known?.Department, IsVip(known), all.Length,
            all.Min(one => one.At), all.Max(one => one.At), Named(all.Select(one => one.Address)),
            Named(all.Select(one => one.Workstation)));
    }

    private static string[] Named(IEnumerable<string?> names) =>
        [.. names.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static Relation RelationOf(AskEmergencyEvidence.Question question, SubjectFacts subject, FactsSnapshot then, bool order)
    {
        PatientFacts patient = then.Patients.GetValueOrDefault(question.Patient, PatientFacts.None);
        return new Relation(
            patient.CareTeam.Any(one => one.UserId == question.SubjectId && one.IsActive(question.From)),
            patient.Referrals.Any(one => one.UserId == question.SubjectId && one.IsActive(question.From)),
            order,
            subject.Family.Any(one => one.PatientId == question.Patient && one.From <= question.From && !(one.Until <= question.From)),
            subject.SelfPatientId == question.Patient,
            patient.IsStaff);
    }

    /// <summary>Who holds something everywhere works nowhere in particular: that says nothing about hours.</summary>
    private static bool? WithinWorkingHours(GrantFact[] grants, SiteDirectory sites, DateTimeOffset at)
    {
        SiteFacts[] worksAt = [.. grants.Select(grant => grant.Scope switch
        {
            { Kind: GrantScopeKind.Site, Id: { } site } => sites.Sites.GetValueOrDefault(site),
            { Kind: GrantScopeKind.Department, Id: { } department } => sites.SiteOfDepartment.GetValueOrDefault(department),
            _ => null,
        }).OfType<SiteFacts>().Where(site => !site.WorkingHours.IsEmpty).Distinct()];
        return worksAt.Length == 0 ? null : worksAt.Any(site => HospitalContext.IsWithin(site, at.ToOffset(site.Zone.GetUtcOffset(at))));
    }
}
