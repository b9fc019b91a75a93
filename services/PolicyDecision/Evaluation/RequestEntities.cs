using System.Collections.Immutable;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>
/// The entities of one question, made when a policy asks for them: nothing is copied from the snapshot that no policy reads. Used by one thread at a time.
/// </summary>
internal sealed class RequestEntities(
    EvaluationQuestion question, FactsSnapshot snapshot, SubjectFacts subject, StudyFacts? study, ResourcePlace place, Membership membership, DateTimeOffset now)
    : IEntities
{
    private readonly EntityUid? patient = place.PatientId is { } id ? new EntityUid(HospitalCase.PatientType, id) : null;

    // What comes with the policy set says nothing where the hospital's own are asked about, not even who asks: there the facts alone count.
    private readonly EntityStore foreign = question.Foreign is null ? EntityStore.Empty : snapshot.Policies?.Foreign ?? EntityStore.Empty;
    private Entity? principalEntity;
    private Entity? foreignResource;
    private Entity? studyEntity;
    private Entity? patientEntity;
    private List<EntityUid>? studyAncestors;

    public EntityUid Principal { get; } = new(question.SubjectType, question.SubjectId);

    public EntityUid Resource { get; } = new(question.ResourceType, question.ResourceId);

    public Entity? Find(EntityUid uid)
    {
        if (uid.Equals(Principal))
        {
            return principalEntity ??= new Entity(uid, WithForeign(uid, PrincipalAttributes()));
        }

        if (uid.Equals(patient))
        {
            return patientEntity ??= new Entity(uid, snapshot.Patients.GetValueOrDefault(uid.Id, PatientFacts.None).AttributesAt(now).Record);
        }

        return uid.Type switch
        {
            HospitalCase.StudyType => study is not null && uid.Equals(Resource) ? studyEntity ??= new Entity(uid, StudyAttributes(study)) : null,
            "Action" => snapshot.Policies?.Actions.Find(uid),
            "Department" => snapshot.Sites.SiteOfDepartment.ContainsKey(uid.Id) ? new Entity(uid, RecordValue.Empty) : null,
            "Site" => snapshot.Sites.Sites.ContainsKey(uid.Id) ? new Entity(uid, RecordValue.Empty) : null,
            HospitalCase.ArchiveType => snapshot.Sites.SiteOfArchive.ContainsKey(uid.Id) ? new Entity(uid, RecordValue.Empty) : null,
            _ when question.Foreign is { } said && uid.Equals(Resource) => foreignResource ??= ForeignResource(uid, said.Resource),
            _ => foreign.Find(uid),
        };
    }

    public bool IsDescendant(EntityUid descendant, EntityUid ancestor)
    {
        if (descendant.Equals(Principal))
        {
            return membership.Contains(ancestor) || foreign.IsDescendant(descendant, ancestor);
        }

        return descendant.Type == "Action"
            ? snapshot.Policies?.Actions.IsDescendant(descendant, ancestor) ?? false
            : AncestorsOf(descendant).Contains(ancestor);
    }

    public IReadOnlyList<EntityUid> AncestorsOf(EntityUid uid)
    {
        if (uid.Equals(Principal))
        {
            return foreign.AncestorsOf(uid) is { Count: > 0 } more ? [.. membership.Groups, .. more] : membership.Groups;
        }

        return uid.Type switch
        {
            "Action" => snapshot.Policies?.Actions.AncestorsOf(uid) ?? [],
            HospitalCase.StudyType when study is not null && uid.Equals(Resource) => studyAncestors ??= StudyAncestors(),
            "Department" => SiteAsAncestor(snapshot.Sites.SiteOfDepartment.GetValueOrDefault(uid.Id)),
            HospitalCase.ArchiveType => SiteAsAncestor(snapshot.Sites.SiteOfArchive.GetValueOrDefault(uid.Id)),
            Membership.RoleType => [new EntityUid(Membership.ReaderType, uid.Id)],
            _ => foreign.AncestorsOf(uid),
        };
    }

    private static IReadOnlyList<EntityUid> SiteAsAncestor(SiteFacts? site) => site is null ? [] : [new EntityUid("Site", site.Id)];

    private List<EntityUid> StudyAncestors()
    {
        var ancestors = new List<EntityUid>(3) { patient! };
        if (place.Department is { } department)
        {
            ancestors.Add(new EntityUid("Department", department));
        }

        ancestors.AddRange(SiteAsAncestor(place.Site));
        return ancestors;
    }

    /// <summary>What the policy set says of the subject stands above what the enforcement point says: as a directory would.</summary>
    private RecordValue WithForeign(EntityUid uid, RecordValue known) => RequestProperties.Merge(
        RequestProperties.Merge(known, foreign.Find(uid)?.Attributes ?? RecordValue.Empty), question.Foreign?.Subject ?? RecordValue.Empty);

    /// <summary>Of a resource the enforcement point, which holds it, knows more than the policy set.</summary>
    private Entity ForeignResource(EntityUid uid, RecordValue said) => foreign.Find(uid) is { } stored
        ? new Entity(uid, RequestProperties.Merge(said, stored.Attributes), stored.Parents, stored.Tags)
        : new Entity(uid, said);

    private RecordValue PrincipalAttributes()
    {
        var attributes = new (string, Value)[4];
        int count = 0;
        attributes[count++] = ("family", Family());
        if (question.Context?.Department is { } department)
        {
            attributes[count++] = ("department", Value.Of(department));
        }

        if (question.Context?.Organization is { } organization)
        {
            attributes[count++] = ("organization", Value.Of(organization));
        }

        if (subject.SelfPatientId is { } self)
        {
            attributes[count++] = ("self", new EntityUid(HospitalCase.PatientType, self));
        }

        return RecordValue.Of(attributes.AsSpan(0, count));
    }

    private RecordValue StudyAttributes(StudyFacts known)
    {
        var attributes = new (string, Value)[8];
        int count = 0;
        attributes[count++] = ("patient", patient!);
        attributes[count++] = ("modality", Texts(known.Modality));
        attributes[count++] = ("labels", Texts(known.Labels));
        attributes[count++] = ("finalized", Value.Of(known.Finalized));
        if (known.Department is { } department)
        {
            attributes[count++] = ("department", new EntityUid("Department", department));
        }

        if (place.Site is { } site)
        {
            attributes[count++] = ("site", new EntityUid("Site", site.Id));
        }

        if (known.StudyDate is { } date)
        {
            attributes[count++] = ("studyDate", DatetimeValue.From(new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero)));
        }

        if (known.ReferringPhysician is { } physician)
        {
            attributes[count++] = ("referringPhysician", new EntityUid("User", physician));
        }

        return RecordValue.Of(attributes.AsSpan(0, count));
    }

    private SetValue Family() => subject.Family.IsEmpty
        ? SetValue.Empty
        : new SetValue([.. subject.Family.Where(IsActive).Select(relation => new EntityUid(HospitalCase.PatientType, relation.PatientId))]);

    private bool IsActive(TimedPatient relation) => relation.From <= now && (relation.Until is null || now < relation.Until);

    private static SetValue Texts(ImmutableArray<string> texts)
    {
        if (texts.IsEmpty)
        {
            return SetValue.Empty;
        }

        var values = new Value[texts.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Value.Of(texts[i]);
        }

        return new SetValue(values.AsSpan());
    }
}
