using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.EmergencyAccess;

/// <summary>BreakGlass asks whether somebody may take a patient's images in an emergency, or any patient's; it changes nothing.</summary>
internal sealed class AskEmergencyEligibility(IFacts facts, IStudyIndex studies, BindingTokens denials, TimeProvider clock)
{
    public const string Scope = "emergency-access.check";

    private static readonly Refusal Malformed = new(
        "emergency_malformed",
        "Name the person, and one of the patient, the study (its UID) and the denial that offered emergency access; none to ask in general.");

    private readonly RoleEntities roles = new();

    /// <param name="SubjectId">Who would take the images.</param>
    /// <param name="Patient">The patient's id at the hospital.</param>
    /// <param name="Study">The study's UID.</param>
    /// <param name="Denial">The binding token of a denial that offered emergency access.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Question(string SubjectId, string? Patient = null, string? Study = null, string? Denial = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/emergency-eligibility", async (Question question, AskEmergencyEligibility ask, HttpContext http) =>
            await ask.AnswerAsync(question, http.RequestAborted) switch
            {
                Outcome<EmergencyEligibility.Answer>.Accepted { Events: [var answer] } => Results.Ok(answer),
                Outcome<EmergencyEligibility.Answer>.Refused { Reason: var reason } => Commands.Refuse(reason),
                var other => throw new InvalidOperationException($"{other.GetType().Name} is no answer."),
            })
        .RequireAuthorization(Scope).WithTags("Emergency access");

    private async Task<Outcome<EmergencyEligibility.Answer>> AnswerAsync(Question question, CancellationToken cancellation)
    {
        if (!facts.IsReady)
        {
            return Refusals.FactsNotReady;
        }

        int named = new[] { question.Patient, question.Study, question.Denial }.Count(given => given is not null);
        if (!Identifiers.IsForeign(question.SubjectId) || named > 1)
        {
            return Malformed;
        }

        if (named == 0)
        {
            return EmergencyEligibility.InGeneral(question.SubjectId, facts.Current, roles, clock.GetUtcNow());
        }

        (string? patient, string? study) = (question.Patient, question.Study);
        if (question.Denial is { } token)
        {
            if (await denials.OpenAsync(token) is not ["User", var person, _, var type, var id] || person != question.SubjectId)
            {
                return new Refusal("denial_expired", "The denial is too old, or somebody else's: try again what was denied, and follow the link of the new denial.");
            }

            (patient, study) = type == HospitalCase.StudyType ? (null, id) : (id, (string?)null);
        }

        if (study is null)
        {
            return Identifiers.IsForeign(patient!)
                ? EmergencyEligibility.Of(question.SubjectId, null, patient!, facts.Current, roles, clock.GetUtcNow())
                : Malformed;
        }

        try
        {
            return DicomUid.IsValid(study) && await studies.FindAsync(study, cancellation) is { } found
                ? EmergencyEligibility.Of(question.SubjectId, found, found.PatientId, facts.Current, roles, clock.GetUtcNow())
                : new Refusal("study_unknown", "There is no study with this UID that belongs to one patient: name the patient instead.");
        }
        catch (StudyIndexUnavailableException)
        {
            return new Refusal("study_index_unavailable", "The study index cannot be read now: name the patient instead, or try again in a moment.");
        }
    }
}
