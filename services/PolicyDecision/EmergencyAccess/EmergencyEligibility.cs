using System.Collections.Immutable;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.EmergencyAccess;

/// <summary>Whether somebody may take a patient's images in an emergency, and what it would give them.</summary>
internal static class EmergencyEligibility
{
    // More than anybody has; they all have to fit into what is promised.
    private const int ExcludedMax = 200;

    // A patient about whom nothing is known: what forbids this forbids everything.
    private const string AnyPatient = "any-patient";

    /// <param name="Role">The role that the emergency gives for the patient.</param>
    /// <param name="HoursMax">For how long at most.</param>
    /// <param name="Patient">The patient's id; null when it was asked in general.</param>
    /// <param name="Study">The study; null when it is about the patient.</param>
    /// <param name="InvokerRole">The role that lets them.</param>
    /// <param name="ExcludedPatients">
    /// In general, whose images it does not open all the same: the person's own and their family's; null when it was asked about a patient.
    /// </param>
    public sealed record Answer(
        string Role, int HoursMax, string? Patient, string? Study, string InvokerRole, IReadOnlyList<string>? ExcludedPatients = null);

    /// <summary>Why somebody may take nothing, whatever they hold; null when nothing is against them.</summary>
    public static Refusal? Refused(SubjectFacts subject) => subject switch
    {
        { Suspended: true } => new Refusal(
            "person_suspended", "Your access is suspended, also in an emergency. Ask a colleague to open the images, and call the security office."),
        { Left: true } => new Refusal(
            "person_left", "Your account has ended, also for emergencies. Ask a colleague to open the images, and call the help desk."),
        { Locked: true } => new Refusal(
            "person_locked", "Your account is locked, also in an emergency. Ask a colleague to open the images, and call the help desk."),
        _ => null,
    };

    /// <summary>The rule.</summary>
    /// <param name="person">Who would take them.</param>
    /// <param name="study">The study asked for; null when it is about a patient.</param>
    /// <param name="patient">The patient.</param>
    /// <param name="facts">What is known.</param>
    /// <param name="roles">Makes the entities of roles.</param>
    /// <param name="now">The time.</param>
    public static Outcome<Answer> Of(
        string person, StudyFacts? study, string patient, FactsSnapshot facts, RoleEntities roles, DateTimeOffset now)
    {
        SubjectFacts subject = facts.Subjects.GetValueOrDefault(new SubjectKey("User", person), SubjectFacts.None);
        if (Refused(subject) is { } refused)
        {
            return refused;
        }

        (RoleFacts Role, string Invoker)[] mayTake = [.. facts.EmergencyRoles.Select(role => (role, InvokerOf(role, subject.Grants, facts, now)))
            .Where(pair => pair.Item2 is not null).Select(pair => (pair.role, pair.Item2!))];
        if (mayTake.Length == 0)
        {
            return new Refusal(
                "not_clinical", "Emergency access is for clinicians, and you hold no clinical role now. Ask a clinician to open the images, or your department head for a role.");
        }

        // Judged as from inside the hospital with both factors: where the person stands is for the access itself to be judged.
        var question = new EvaluationQuestion(
            "User", person, study is null ? "study.search" : "study.view", study is null ? HospitalCase.PatientType : HospitalCase.StudyType,
            study?.StudyInstanceUid ?? patient, Refusals.Service, facts.Sites.Networks.FirstOrDefault().Named?.Network.BaseAddress, "authzen", null,
            Context: new EnforcementPointContext(AssuranceLevel: 2, AuthenticatedAt: now));
        Verdict last = Verdict.Refused(Reasons.NotPermitted);
        foreach ((RoleFacts role, string invoker) in mayTake)
        {
            last = new HospitalCase(question, facts, study, now, roles, asIfGranted: role).Judge();
            if (last.Permitted)
            {
                return new Answer(role.Id, role.EmergencyHoursMax!.Value, patient, study?.StudyInstanceUid, invoker);
            }
        }

        return new Refusal(
            "emergency_forbidden",
            $"Emergency access would not open these images: {last.Text ?? "a rule of the hospital forbids it"} Ask a colleague to open them.");
    }

    /// <summary>
    /// The rule for what is promised ahead, before anybody knows for which patient: whoever may take no patient's images is promised none.
    /// </summary>
    /// <param name="person">Whom it would be promised.</param>
    /// <param name="facts">What is known.</param>
    /// <param name="roles">Makes the entities of roles.</param>
    /// <param name="now">The time.</param>
    public static Outcome<Answer> InGeneral(string person, FactsSnapshot facts, RoleEntities roles, DateTimeOffset now)
    {
        Outcome<Answer> judged = Of(person, null, AnyPatient, facts, roles, now);
        if (judged is not Outcome<Answer>.Accepted { Events: [var answer] })
        {
            return judged;
        }

        SubjectFacts subject = facts.Subjects.GetValueOrDefault(new SubjectKey("User", person), SubjectFacts.None);
        string[] excluded =
        [
            .. subject.Family.Where(one => !(one.Until <= now)).Select(one => one.PatientId)
                .Concat(subject.SelfPatientId is { } self ? [self] : []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        return excluded.Length > ExcludedMax
            ? new Refusal(
                "emergency_forbidden",
                $"More than {ExcludedMax} patients are recorded as your family, so nothing can be promised ahead. Call the privacy office.")
            : answer with { Patient = null, ExcludedPatients = excluded };
    }

    /// <summary>The role by which somebody may take another in an emergency, the first by id; null when none does.</summary>
    private static string? InvokerOf(RoleFacts role, ImmutableArray<GrantFact> grants, FactsSnapshot facts, DateTimeOffset now) => grants
        .Where(grant => grant.IsActive(now) && role.EmergencyInvokers.Contains(grant.Role, StringComparer.Ordinal) && facts.Roles.ContainsKey(grant.Role))
        .Select(grant => grant.Role).Order(StringComparer.Ordinal).FirstOrDefault();
}
