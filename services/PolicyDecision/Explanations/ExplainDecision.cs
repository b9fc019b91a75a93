using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Studies;
using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.Explanations;

/// <summary>Why, or why not: explains a question, or a decision of the journal by its id, from the policies and facts of now. That it was asked is journaled first.</summary>
internal sealed class ExplainDecision(IFacts facts, IStudyIndex studies, IDecisionJournal journal, ExplainedQuestions questions, HashedIds ids, TimeProvider clock)
{
    private const string Scope = "decisions.explain";
    private const string PatientsScope = "patients.read";
    private const int BodyBytesMax = 64 * 1024;

    private readonly RoleEntities roles = new();

    /// <summary>Either the id alone, or a question like that of an evaluation.</summary>
    public sealed record Body(
        [property: JsonPropertyName("evaluation_id")] Guid? EvaluationId = null, AuthZenDescription.Entity? Subject = null, AuthZenDescription.Action? Action = null,
        AuthZenDescription.Entity? Resource = null, JsonObject? Context = null);

    public static void Map(WebApplication app)
    {
        RequestDelegate handler = http => http.RequestServices.GetRequiredService<ExplainDecision>().AnswerAsync(http);
        app.MapPost("/explain", handler).RequireAuthorization(Scope).WithBodyLimit(BodyBytesMax).WithTags("Explanations")
            .WithDescribedBody<IEndpointConventionBuilder, Body>(handler).WithDescribedAnswer(StatusCodes.Status200OK, "application/json", typeof(JsonObject));
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (!facts.IsReady)
        {
            http.Response.Headers.RetryAfter = "1";
            await Commands.Refuse(Refusals.FactsNotReady).ExecuteAsync(http);
        }
        else if (await AuthZenBody.ReadAsync(http) is { } body)
        {
            using (body)
            {
                Outcome<ExplainedQuestion> asked = await questions.OfAsync(body.Root, Caller.Client(http), http.RequestAborted);
                IResult answer = asked is Outcome<ExplainedQuestion>.Accepted { Events: [var question] }
                    ? await ExplainAsync(http, question)
                    : Commands.Refuse(((Outcome<ExplainedQuestion>.Refused)asked).Reason);
                http.Response.Headers.CacheControl = "no-store";
                await answer.ExecuteAsync(http);
            }
        }
    }

    private async Task<IResult> ExplainAsync(HttpContext http, ExplainedQuestion explained)
    {
        long started = clock.GetTimestamp();
        FactsSnapshot snapshot = facts.Current;
        (StudyFacts? study, string? refusedAs) = await StudyAsync(explained.Question, http.RequestAborted);
        var hospitalCase = new HospitalCase(explained.Question, snapshot, study, explained.At, roles);
        Verdict verdict = refusedAs is null ? hospitalCase.Judge() : Verdict.Refused(refusedAs);
        Guid id = EvaluationIds.Next(clock.GetUtcNow());
        JsonObject answer = ExplanationAnswer.Of(id, explained, hospitalCase, verdict, snapshot, http.User.HasClaim("scope", PatientsScope));
        try
        {
            await journal.RecordAsync(ExplanationRecord.Of(id, clock.GetUtcNow(), http, explained, hospitalCase, snapshot, ids, clock.GetElapsedTime(started)), http.RequestAborted);
        }
        catch (JournalUnavailableException)
        {
            return Commands.Refuse(new Refusal("journal_unavailable", "That you ask cannot be recorded now, so nothing is explained: try again in a minute."));
        }

        return Results.Json(answer);
    }

    private async ValueTask<(StudyFacts? Study, string? RefusedAs)> StudyAsync(EvaluationQuestion question, CancellationToken cancellation)
    {
        if (question.ResourceType != HospitalCase.StudyType || question.RefusedAs is not null)
        {
            return (null, question.RefusedAs);
        }

        try
        {
            StudyFacts? study = DicomUid.IsValid(question.ResourceId) ? await studies.FindAsync(question.ResourceId, cancellation) : null;
            return (study, study is null && question.Action != "study.store" ? Reasons.StudyUnknown : null);
        }
        catch (StudyIndexUnavailableException)
        {
            return (null, Reasons.StudyIndexUnavailable);
        }
    }
}
