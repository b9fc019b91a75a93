using AccessGov.BreakGlass.EmergencyAccess;

namespace AccessGov.BreakGlass.Evidence;

/// <summary>
/// What whoever judges a case should know of it: what was opened, who the person is to the patient, other cases, and the misuse score.
/// </summary>
internal static class ShowEvidence
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/emergency-cases/{id}/evidence", async (string id, GatherEvidence gather, HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return await gather.OfAsync(id, http.RequestAborted) is var (about, evidence)
                ? Results.Ok(Answer(id, about, evidence))
                : Refusals.Answer(Refusals.Unknown);
        })
        .RequireAuthorization(ReviewEmergencyAccess.Scope);

    private static object Answer(string id, EmergencyAccessInvoked about, CaseEvidence evidence)
    {
        (int Score, IReadOnlyList<ScoreReason> Reasons)? score = MisuseScore.Of(evidence);
        DecisionEvidence? known = evidence.Decisions;
        return new
        {
            id, about.Person, about.Patient, about.Practice, about.Workstation,
            complete = evidence.Missing.Count == 0, missing = evidence.Missing,
            about.Offline, opened = evidence.Opened, times = evidence.Opened?.Sum(one => one.Count),
            first = evidence.Opened?.Min(one => (DateTimeOffset?)one.First), last = evidence.Opened?.Max(one => (DateTimeOffset?)one.Last),
            relation = known?.Relation, roles = known?.Roles,
            departments = known?.Roles.Where(role => role.Scope == "department").Select(role => role.ScopeId).Distinct(),
            workingHours = known?.WorkingHours, deniedBefore = known?.DeniedBefore,
            earlierOfPerson = evidence.Earlier.Where(one => evidence.NamesPerson && one.Person == about.Person),
            earlierOfPatient = evidence.Earlier.Where(one => one.Patient == about.Patient),
            evidence.Frequency, score = score?.Score, scoreMax = MisuseScore.Most, scoreReasons = score?.Reasons,
        };
    }
}
