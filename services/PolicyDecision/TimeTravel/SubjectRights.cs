using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.TimeTravel;

/// <summary>An action that is permitted with a resource of a class, with the policies that permit it.</summary>
internal sealed record PermittedAction(string Action, string ResourceType, IReadOnlyList<string> Policies);

/// <summary>What is permitted in one class of resources.</summary>
internal sealed record ClassRights(string Class, IReadOnlyList<PermittedAction> Permitted);

/// <summary>
/// What a subject could do at an instant, by classes of resources: the system, each archive, studies of each department (of a patient to whom the subject has no
/// relation), studies that lie nowhere, and patients whom a grant or a relation of the subject names, with their studies. A study of a class is not finalized and
/// has no labels. Judged by the evaluator of decisions.
/// </summary>
internal sealed class SubjectRights(FactHistory history)
{
    public const string NowhereClass = "study";
    public const string SystemClass = "system";

    private const string PatientPrefix = "patient/";
    private const string DepartmentPrefix = "department/";
    private const string ArchivePrefix = "archive/";

    private readonly RoleEntities roles = new();

    public async Task<(IReadOnlyList<ClassRights> Classes, bool IsLast)> FindAsync(
        SubjectKey subject, DateTimeOffset at, Circumstances circumstances, string after, int limit, CancellationToken cancellation)
    {
        PastFacts past = await history.AtAsync(at, cancellation);
        await history.AddSubjectsAsync(past, [FactIntervals.SubjectOf(subject.Type, subject.Id)], null, cancellation);
        string[] classes = [.. ClassesOf(subject, past.Snapshot()).Where(name => string.CompareOrdinal(name, after) > 0).Take(limit + 1)];
        string[] page = [.. classes.Take(limit)];
        await history.AddPatientsAsync(past, [.. page.Where(IsPatient).Select(name => name[PatientPrefix.Length..])], cancellation);
        return (Judge(subject, page, past.Snapshot(), at, circumstances), classes.Length <= limit);
    }

    /// <summary>The classes that there are for a subject, in the order of their names.</summary>
    public static IEnumerable<string> ClassesOf(SubjectKey subject, FactsSnapshot facts)
    {
        SubjectFacts known = facts.Subjects.GetValueOrDefault(subject, SubjectFacts.None);
        IEnumerable<string> patients = known.Grants.Where(grant => grant.Scope.Kind == GrantScopeKind.Patient).Select(grant => grant.Scope.Id!)
            .Concat(known.Family.Select(relation => relation.PatientId)).Concat(known.SelfPatientId is { } self ? [self] : [])
            .Concat(subject.Type == "User" ? facts.Patients.Where(patient => Treats(patient.Value, subject.Id)).Select(patient => patient.Key) : []);
        return facts.Sites.SiteOfArchive.Keys.Select(id => ArchivePrefix + id)
            .Concat(facts.Sites.SiteOfDepartment.Keys.Select(id => DepartmentPrefix + id))
            .Concat(patients.Select(id => PatientPrefix + id))
            .Concat([NowhereClass, SystemClass])
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }

    /// <summary>What the subject may do in each of the classes.</summary>
    public IReadOnlyList<ClassRights> Judge(SubjectKey subject, IEnumerable<string> classes, FactsSnapshot facts, DateTimeOffset at, Circumstances circumstances)
    {
        IReadOnlyList<string> actions = facts.Policies is { } policies ? NamedInPermits.Of(policies, null).ActionsOf(policies) : [];
        return
        [
            .. classes.Select(name => new ClassRights(
                name,
                [
                    .. from resource in ResourcesOf(name)
                       from action in actions
                       let question = circumstances.Question(subject.Type, subject.Id, action, resource.Type, resource.Id, at)
                       let verdict = new HospitalCase(question, facts, resource.Study, at, roles).Judge()
                       where verdict.Permitted
                       select new PermittedAction(action, resource.Type, verdict.Policies),
                ])),
        ];
    }

    private static bool IsPatient(string name) => name.StartsWith(PatientPrefix, StringComparison.Ordinal);

    private static bool Treats(PatientFacts patient, string user) => patient.CareTeam.Concat(patient.Referrals).Any(relation => relation.UserId == user);

    private static IEnumerable<(string Type, string Id, StudyFacts? Study)> ResourcesOf(string name) => name switch
    {
        SystemClass => [(HospitalCase.SystemType, HospitalCase.SystemId, null)],
        NowhereClass => [Study(NamedInPermits.Nobody, null)],
        _ when IsPatient(name) => [(HospitalCase.PatientType, name[PatientPrefix.Length..], null), Study(name[PatientPrefix.Length..], null)],
        _ when name.StartsWith(DepartmentPrefix, StringComparison.Ordinal) => [Study(NamedInPermits.Nobody, name[DepartmentPrefix.Length..])],
        _ => [(HospitalCase.ArchiveType, name[ArchivePrefix.Length..], null)],
    };

    private static (string Type, string Id, StudyFacts? Study) Study(string patient, string? department) =>
        (HospitalCase.StudyType, "0", new StudyFacts("0", patient, null, department, [], null, null, [], Finalized: false, null));
}
