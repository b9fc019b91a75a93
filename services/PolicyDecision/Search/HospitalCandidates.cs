using System.Runtime.CompilerServices;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.Search;

/// <summary>A candidate: its id, and the study where it is one and is clear.</summary>
internal readonly record struct Candidate(string Id, StudyFacts? Study = null);

/// <summary>
/// Who and what there is in a hospital, and what of it could be a result. More than the results, never less: everything here is evaluated before it is one.
/// </summary>
internal sealed class HospitalCandidates(FactsSnapshot snapshot, IStudyIndex studies, IStudyCatalogue catalogue)
{
    private readonly EntityStore foreign = snapshot.Policies?.Foreign ?? EntityStore.Empty;

    /// <summary>Whether somebody has a grant or a relation, or referred a study, or came with the policy set.</summary>
    public async ValueTask<bool> KnowsSubjectAsync(string type, string id, CancellationToken cancellation) =>
        snapshot.Subjects.ContainsKey(new SubjectKey(type, id))
        || foreign.Find(new EntityUid(type, id)) is not null
        || (type == "User" && (snapshot.Patients.Values.Any(patient => Users(patient).Any(user => user.UserId == id)) || await catalogue.KnowsReferrerAsync(id, cancellation)));

    /// <summary>The resource as a candidate; null when it is not known.</summary>
    public async ValueTask<Candidate?> ResourceAsync(string type, string id, CancellationToken cancellation)
    {
        if (type == HospitalCase.StudyType)
        {
            return DicomUid.IsValid(id) && await studies.FindAsync(id, cancellation) is { } study ? new Candidate(id, study) : null;
        }

        bool known = type switch
        {
            HospitalCase.PatientType => snapshot.Patients.ContainsKey(id) || NamedPatients().Contains(id, StringComparer.Ordinal) || await catalogue.KnowsPatientAsync(id, cancellation),
            "Department" => snapshot.Sites.SiteOfDepartment.ContainsKey(id),
            "Site" => snapshot.Sites.Sites.ContainsKey(id),
            HospitalCase.ArchiveType => snapshot.Sites.SiteOfArchive.ContainsKey(id),
            HospitalCase.SystemType => id == HospitalCase.SystemId,
            _ => foreign.Find(new EntityUid(type, id)) is not null,
        };
        return known ? new Candidate(id) : null;
    }

    /// <summary>Everybody of a type who has a grant or a relation, and whom the study names.</summary>
    public IEnumerable<string> Subjects(string type, StudyFacts? study)
    {
        IEnumerable<string> withFacts = snapshot.Subjects.Keys.Where(key => key.Type == type).Select(key => key.Id);
        if (type != "User")
        {
            return withFacts.Concat(ForeignOf(type)).Distinct(StringComparer.Ordinal);
        }

        IEnumerable<string> related = snapshot.Patients.Values.SelectMany(Users).Select(user => user.UserId);
        return withFacts.Concat(related).Concat(study?.ReferringPhysician is { } referrer ? [referrer] : []).Distinct(StringComparer.Ordinal);
    }

    /// <summary>The actions of the policy set; those that its policies name where it lists none.</summary>
    public IEnumerable<string> Actions() => snapshot.Policies switch
    {
        null => [],
        { Actions.Count: 0 } policies => PermitScopes.Of(policies.Compiled).Actions,
        { } policies => policies.Actions.Entities.Select(action => action.Uid.Id),
    };

    /// <summary>
    /// The resources of the question's type that some permit may reach; for studies and patients the index is asked, once, for at most so many.
    /// </summary>
    public IAsyncEnumerable<Candidate> ResourcesAsync(
        EvaluationQuestion question, DateTimeOffset now, CancellationToken cancellation, int most = SearchAnswer.CandidatesMax + 1)
    {
        Cover? cover = snapshot.Policies is { } policies ? PermitScopes.Of(policies.Compiled).CoverOf(question, snapshot, now) : Cover.Nothing;
        return question.ResourceType switch
        {
            HospitalCase.StudyType => StudiesAsync(cover, question, most, cancellation),
            HospitalCase.PatientType => cover is null ? PatientsAsync(most, cancellation) : Of(cover.Patients),
            "Department" => Of(snapshot.Sites.SiteOfDepartment.Keys),
            "Site" => Of(snapshot.Sites.Sites.Keys),
            HospitalCase.ArchiveType => Of(snapshot.Sites.SiteOfArchive.Keys),
            HospitalCase.SystemType => Of([HospitalCase.SystemId]),
            _ => Of(ForeignOf(question.ResourceType)),
        };
    }

    private static IAsyncEnumerable<Candidate> Of(IEnumerable<string> ids) => ids.Select(id => new Candidate(id)).ToAsyncEnumerable();

    private IEnumerable<string> ForeignOf(string type) => foreign.Entities.Where(entity => entity.Uid.Type == type).Select(entity => entity.Uid.Id);

    private static IEnumerable<TimedUser> Users(PatientFacts patient) => patient.CareTeam.Concat(patient.Referrals);

    private async IAsyncEnumerable<Candidate> StudiesAsync(
        Cover? cover, EvaluationQuestion question, int most, [EnumeratorCancellation] CancellationToken cancellation)
    {
        StudySelection? selection = null;
        if (cover is not null)
        {
            // No study was referred by somebody whose id PostgreSQL cannot hold.
            string? referrer = cover.ReferredBySubject && !question.SubjectId.Contains('\0', StringComparison.Ordinal) ? question.SubjectId : null;
            selection = new StudySelection(cover.Patients, cover.Departments, referrer);
            if (cover is { Patients.Count: 0, Departments.Count: 0 } && referrer is null)
            {
                yield break;
            }
        }

        await foreach (SelectedStudy study in catalogue.FindAsync(selection, most, cancellation))
        {
            yield return new Candidate(study.StudyInstanceUid, study.Facts);
        }
    }

    private async IAsyncEnumerable<Candidate> PatientsAsync(int most, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var known = new HashSet<string>(snapshot.Patients.Keys.Concat(NamedPatients()), StringComparer.Ordinal);
        foreach (string patient in known)
        {
            yield return new Candidate(patient);
        }

        await foreach (string patient in catalogue.PatientsAsync(most, cancellation))
        {
            if (!known.Contains(patient))
            {
                yield return new Candidate(patient);
            }
        }
    }

    /// <summary>Patients whom a grant or a family names.</summary>
    private IEnumerable<string> NamedPatients() => snapshot.Subjects.Values.SelectMany(subject =>
        subject.Grants.Where(grant => grant.Scope.Kind == GrantScopeKind.Patient).Select(grant => grant.Scope.Id!)
            .Concat(subject.Family.Select(relation => relation.PatientId)));
}
