using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.TimeTravel;

/// <summary>A subject that was permitted something, with the policies that permitted it.</summary>
internal sealed record PermittedSubject(string Type, string Id, IReadOnlyList<string> Policies)
{
    public string Key => FactIntervals.SubjectOf(Type, Id);
}

/// <summary>Some of the subjects; <paramref name="Next"/> is where to go on, null at the end. Everybody: also people of whom nothing is known were permitted.</summary>
internal sealed record PermittedSubjects(IReadOnlyList<PermittedSubject> Subjects, bool Everybody, string? Next);

/// <summary>
/// Who could do something with a study at an instant: whoever might be permitted is looked up, and each of them is judged by the evaluator of decisions from the
/// facts of the instant that concern the study.
/// </summary>
internal sealed class StudyReaders(FactHistory history)
{
    // Nobody's facts are read who will hardly be looked at: as many as are wanted, then twice as many each time.
    private const int CandidatesAtOnceMin = 50;
    private const int CandidatesAtOnceMax = 500;

    /// <summary>How many candidates one answer judges; a page may hold fewer subjects than asked for, and still have a next one.</summary>
    public const int CandidatesMax = 5_000;

    private readonly RoleEntities roles = new();

    public async Task<PermittedSubjects> FindAsync(
        StudyFacts study, string action, DateTimeOffset at, Circumstances circumstances, string after, int limit, CancellationToken cancellation)
    {
        PastFacts past = await history.AtAsync(at, cancellation);
        await history.AddPatientsAsync(past, [study.PatientId], cancellation);
        FactsSnapshot snapshot = past.Snapshot();
        NamedInPermits named = NamedInPermits.Of(snapshot.Policies, action);
        string[] grants = [.. ScopesOf(study, snapshot.Sites)];
        string explicitly = FactIntervals.ScopeOf(GrantScopeKind.Patient, study.PatientId);
        string[] others = [.. named.Principals, .. study.ReferringPhysician is { } referrer ? (string[])[FactIntervals.SubjectOf("User", referrer)] : []];
        bool everybody = !named.IsComplete || Array.Exists(["User", "Service"], type => Judge(type, NamedInPermits.Nobody, snapshot).Permitted);

        var found = new List<PermittedSubject>();
        int atOnce = Math.Clamp(limit, CandidatesAtOnceMin, CandidatesAtOnceMax);
        for (int judged = 0; judged < CandidatesMax && found.Count < limit;)
        {
            IReadOnlyList<string> candidates = everybody
                ? await history.EverybodyAsync(at, others, after, atOnce, cancellation)
                : await history.SubjectsAsync(
                    at, grants, named.Roles, [explicitly, .. named.Scopes], study.PatientId, others, after, atOnce, cancellation);
            await history.AddSubjectsAsync(past, candidates, [.. grants, FactIntervals.Family, FactIntervals.Self], cancellation);
            snapshot = past.Snapshot();
            foreach (string candidate in candidates)
            {
                SubjectKey key = FactIntervals.KeyOf(candidate);
                if (Judge(key.Type, key.Id, snapshot) is { Permitted: true } verdict)
                {
                    found.Add(new PermittedSubject(key.Type, key.Id, verdict.Policies));
                }

                after = candidate;
                judged++;
                if (found.Count == limit)
                {
                    break;
                }
            }

            if (candidates.Count < atOnce && found.Count < limit)
            {
                return new PermittedSubjects(found, everybody, null);
            }

            atOnce = Math.Min(atOnce * 2, CandidatesAtOnceMax);
        }

        return new PermittedSubjects(found, everybody, after);

        Verdict Judge(string type, string id, FactsSnapshot facts) =>
            new HospitalCase(circumstances.Question(type, id, action, HospitalCase.StudyType, study.StudyInstanceUid, at), facts, study, at, roles).Judge();
    }

    /// <summary>The scopes of the grants that cover a study.</summary>
    public static IEnumerable<string> ScopesOf(StudyFacts study, SiteDirectory sites)
    {
        yield return FactIntervals.ScopeOf(GrantScopeKind.Everywhere, null);
        yield return FactIntervals.ScopeOf(GrantScopeKind.Patient, study.PatientId);
        if (study.Department is { } department)
        {
            yield return FactIntervals.ScopeOf(GrantScopeKind.Department, department);
            if (sites.SiteOfDepartment.TryGetValue(department, out SiteFacts? site))
            {
                yield return FactIntervals.ScopeOf(GrantScopeKind.Site, site.Id);
            }
        }
    }
}
