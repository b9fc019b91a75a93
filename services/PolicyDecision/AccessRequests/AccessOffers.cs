using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Explanations;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Studies;
using Npgsql;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>The request that a denial allows; its justification and its end are the person's to say.</summary>
internal sealed record AccessOffer(Guid Evaluation, EvaluationQuestion Question, DateTimeOffset AskUntil, RoleFacts Role, string PatientId);

/// <summary>What a denial offers to whoever was denied. They hold no binding token, so it is found in the journal, and must be their own.</summary>
internal sealed class AccessOffers(IFacts facts, IStudyIndex studies, DecisionSearch journal, HashedIds ids, Commands commands)
{
    private readonly RoleEntities roles = new();

    private static Refusal Unknown { get; } =
        new("decision_unknown", "There is no denial of yours with this id. One of the last seconds may not be found yet: try again in a moment.");

    public async Task<(AccessOffer? Offer, Refusal? Refusal)> FindAsync(HttpContext http, string evaluationId)
    {
        if (commands.Refused(http) is { } notNow)
        {
            return (null, notNow);
        }

        try
        {
            return Guid.TryParseExact(evaluationId, "D", out Guid evaluation) && await journal.FindAsync(evaluation, http.RequestAborted) is { } found
                ? await OfferAsync(evaluation, Caller.Person(http), found, http.RequestAborted)
                : (null, Unknown);
        }
        catch (Exception e) when (e is NpgsqlException or StudyIndexUnavailableException)
        {
            return (null, new Refusal("journal_unavailable", "The journal or the study index cannot be read now: try again in a minute."));
        }
    }

    private async ValueTask<(AccessOffer? Offer, Refusal? Refusal)> OfferAsync(Guid evaluation, string? person, FoundDecision found, CancellationToken cancellation)
    {
        if (found.Record is not { } record || found.Withdrawn || record.GetProperty("reason"u8).GetString() != Reasons.NotPermitted)
        {
            return (null, Unknown);
        }

        Outcome<ExplainedQuestion> recorded = ExplainedQuestion.Of(record, withdrawn: false, ids);
        if (recorded is not Outcome<ExplainedQuestion>.Accepted { Events: [{ Question: var question, At: var at }] })
        {
            return (null, ((Outcome<ExplainedQuestion>.Refused)recorded).Reason);
        }

        // Of other people's denials nobody learns, not even that they exist.
        DateTimeOffset now = commands.Now;
        if (question.SubjectType != "User" || question.SubjectId != person)
        {
            return (null, Unknown);
        }

        if (now >= at + RequestableDenials.OfferFor)
        {
            return (null, new Refusal("denial_expired", "The denial is too old to ask for access: try again what was denied, and follow the link of the new denial."));
        }

        StudyFacts? study = question.ResourceType == HospitalCase.StudyType ? await studies.FindAsync(question.ResourceId, cancellation) : null;
        var hospitalCase = new HospitalCase(question, facts.Current, study, now, roles);
        return hospitalCase.PatientId is { } patient && !hospitalCase.Judge().Permitted
            && RequestableDenials.Remedy(question, facts.Current, study, patient, now, roles) is { } role
                ? (new AccessOffer(evaluation, question, at + RequestableDenials.OfferFor, role, patient), null)
                : (null, new Refusal("not_requestable", "Access is permitted by now, or no role that may be asked for would permit it: try again what was denied."));
    }
}
