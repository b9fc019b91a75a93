using AccessGov.Cedar;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>One question with all that is known for it: a pure function of the question, the facts, the study and the instant.</summary>
internal sealed class HospitalCase
{
    public const string StudyType = "Study";
    public const string PatientType = "Patient";
    public const string ArchiveType = "Archive";
    public const string SystemType = "System";

    /// <summary>The resource of administrative actions; there is one.</summary>
    public const string SystemId = "accessgov";

    private readonly FactsSnapshot snapshot;
    private readonly RequestEntities entities;
    private readonly EvaluationQuestion question;
    private readonly SubjectFacts subject;

    /// <param name="question">What is asked.</param>
    /// <param name="snapshot">What is known.</param>
    /// <param name="study">The study asked about; null when it is none or is not known.</param>
    /// <param name="now">The instant that is decided for.</param>
    /// <param name="roles">Makes the entities of roles.</param>
    /// <param name="contexts">
    /// The contexts of the questions decided together with this one, of the same snapshot and instant; null for a single question.
    /// </param>
    /// <param name="asIfGranted">A role that is judged as if it were granted for the resource's patient; null for what is.</param>
    public HospitalCase(
        EvaluationQuestion question, FactsSnapshot snapshot, StudyFacts? study, DateTimeOffset now, RoleEntities roles, SharedContexts? contexts = null,
        RoleFacts? asIfGranted = null)
    {
        this.question = question;
        this.snapshot = snapshot;
        ResourcePlace place = Place(question, snapshot.Sites, study);
        PatientId = place.PatientId;
        subject = snapshot.Subjects.GetValueOrDefault(new SubjectKey(question.SubjectType, question.SubjectId), SubjectFacts.None);
        var membership = Membership.Of(subject, place, now, roles);
        if (asIfGranted is not null)
        {
            membership.AddExplicit(asIfGranted, roles);
        }

        Context = contexts?.Of(question, place.Site, membership.HasExplicitGrant, membership.Emergency)
            ?? HospitalContext.Of(question, snapshot, place.Site, membership.HasExplicitGrant, now, membership.Emergency);
        entities = new RequestEntities(question, snapshot, subject, study, place, membership, now);
    }

    public HospitalContext Context { get; }

    public string? PatientId { get; }

    /// <summary>
    /// The reason to refuse a question before the policies are asked; null when they are. A study arrives before it is known: storing it is
    /// decided by role alone.
    /// </summary>
    public static string? RefusedAs(EvaluationQuestion question, StudyFacts? study) =>
        question.ResourceType == StudyType && study is null && question.Action != "study.store" ? Reasons.StudyUnknown : null;

    /// <summary>The question as the policies see it.</summary>
    public Request Request => new(entities.Principal, new EntityUid("Action", question.Action), entities.Resource,
        RequestProperties.WithAction(Context.ToRecord(), question.Foreign?.Action));

    /// <summary>What the policies read about it.</summary>
    public IEntities Entities => entities;

    public Verdict Judge()
    {
        if (snapshot.Policies is not { } policies)
        {
            return Verdict.Refused(Reasons.NoPolicies);
        }

        // Above every policy set: who is kept out must not depend on somebody having written it down.
        if (subject.Suspended || subject.Left || subject.Locked)
        {
            return Verdict.Refused(
                subject.Suspended ? Reasons.SubjectSuspended : subject.Left ? Reasons.SubjectInactive : Reasons.SubjectLocked);
        }

        Verdict verdict = StrictMode.Judge(policies.Compiled, Request, entities, policies.Obligations, question.Support);
        return policies.Texts is { } texts && verdict.Reason is Reasons.Permitted or Reasons.Forbidden && texts.TryGetValue(verdict.Policies[0], out ReasonTexts? more)
            ? verdict with { Texts = more }
            : verdict;
    }

    private static ResourcePlace Place(EvaluationQuestion question, SiteDirectory sites, StudyFacts? study) => question.ResourceType switch
    {
        StudyType when study is not null => new ResourcePlace(
            study.Department is { } department ? sites.SiteOfDepartment.GetValueOrDefault(department) : null, study.Department, study.PatientId),
        PatientType => new ResourcePlace(null, null, question.ResourceId),
        ArchiveType => new ResourcePlace(sites.SiteOfArchive.GetValueOrDefault(question.ResourceId), null, null),
        _ => default,
    };
}
