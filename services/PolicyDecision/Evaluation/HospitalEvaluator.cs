using System.Diagnostics;
using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Obligations;
using AccessGov.PolicyDecision.PolicyDrafts.Shadow;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>Decides the hospital's questions from the newest facts, and journals each decision before it is answered.</summary>
internal sealed class HospitalEvaluator(
    IFacts facts, IStudyIndex studies, IDecisionJournal journal, PolicyErrors policyErrors, RequestableDenials denials, ShadowQueue shadows, TimeProvider clock,
    ILogger<HospitalEvaluator> logger) : IEvaluator, IDisposable
{
    // Not a denial: nobody knows yet, so nothing is journaled.
    private static readonly EvaluationAnswer NotReady = EvaluationAnswer.ToInvalid(InvalidQuestion.FactsNotReady);

    private const int QuestionsPerStep = 50;

    private readonly RoleEntities roles = new();
    private readonly FailureLog failures = new(clock, logger);

    public void Dispose() => failures.Dispose();

    public async ValueTask<EvaluationAnswer> EvaluateAsync(EvaluationQuestion question, CancellationToken cancellation)
    {
        if (!facts.IsReady)
        {
            return NotReady;
        }

        if (await facts.FindAsync(question.Context?.AtPosition, clock, cancellation) is not { } snapshot)
        {
            return PositionNotReached(question);
        }

        (EvaluationAnswer answer, DecisionRecord record) = await DecideAsync(question, snapshot, contexts: null, cancellation);
        try
        {
            await journal.RecordAsync(record, cancellation);
            shadows.Offer(question, record, snapshot);
            return answer;
        }
        catch (JournalUnavailableException)
        {
            return Unremembered(question, answer);
        }
    }

    public async ValueTask<IReadOnlyList<EvaluationAnswer>> EvaluateAllAsync(
        IReadOnlyList<EvaluationQuestion> questions, Func<EvaluationAnswer, bool>? isLast, CancellationToken cancellation)
    {
        if (questions.Count == 0)
        {
            return [];
        }

        if (!facts.IsReady)
        {
            return [.. questions.Select(_ => NotReady)];
        }

        EvaluationQuestion newest = questions.MaxBy(question => question.Context?.AtPosition ?? 0)!;
        FactsSnapshot snapshot = await facts.FindAsync(newest.Context?.AtPosition, clock, cancellation) ?? facts.Current;
        var contexts = new SharedContexts(snapshot, clock.GetUtcNow());
        var answers = new EvaluationAnswer[questions.Count];
        var records = new DecisionRecord?[questions.Count];
        int count = questions.Count;
        if (isLast is null)
        {
            await SharedWork.RunAsync(count, QuestionsPerStep, DecideAsync, cancellation);
        }
        else
        {
            count = 0;
            do
            {
                await DecideAsync(count);
            }
            while (!isLast(answers[count++]) && count < answers.Length);
        }

        try
        {
            await journal.RecordAsync([.. records.OfType<DecisionRecord>()], cancellation);
            shadows.Offer(questions, records, snapshot);
            return new ArraySegment<EvaluationAnswer>(answers, 0, count);
        }
        catch (JournalUnavailableException)
        {
            return [.. answers.Take(count).Select((answer, i) => answer.Invalid is null ? Unremembered(questions[i], answer) : answer)];
        }

        async ValueTask DecideAsync(int i)
        {
            if (questions[i].Context?.AtPosition > snapshot.Position)
            {
                answers[i] = PositionNotReached(questions[i]);
            }
            else
            {
                (answers[i], records[i]) = await this.DecideAsync(questions[i], snapshot, contexts, cancellation);
            }
        }
    }

    private async ValueTask<(EvaluationAnswer Answer, DecisionRecord Record)> DecideAsync(
        EvaluationQuestion question, FactsSnapshot snapshot, SharedContexts? contexts, CancellationToken cancellation)
    {
        long started = clock.GetTimestamp();
        DateTimeOffset now = contexts?.Now ?? clock.GetUtcNow();
        StudyFacts? study = null;
        string? refusedAs = question.RefusedAs;
        if (question.ResourceType == HospitalCase.StudyType && refusedAs is null)
        {
            try
            {
                study = DicomUid.IsValid(question.ResourceId) ? await studies.FindAsync(question.ResourceId, cancellation) : null;
                refusedAs = HospitalCase.RefusedAs(question, study);
            }
            catch (StudyIndexUnavailableException)
            {
                refusedAs = Reasons.StudyIndexUnavailable;
            }
        }

        var hospitalCase = new HospitalCase(question, snapshot, study, now, roles, contexts);
        Verdict verdict = refusedAs is null ? hospitalCase.Judge() : Verdict.Refused(refusedAs);
        if (!facts.AreComplete)
        {
            verdict = Verdict.Refused(Reasons.FactsStale);
        }

        if (verdict.Errors.Count > 0)
        {
            policyErrors.Note(verdict);
        }

        if (verdict.Reason is Reasons.StudyIndexUnavailable or Reasons.NoPolicies or Reasons.FactsStale)
        {
            DeniedByFailure(verdict.Reason, question);
        }

        Guid id = EvaluationIds.Next(now);
        IReadOnlyList<Obligation> obligations = DecisionObligations.Of(verdict, question, id, now, hospitalCase.Context.Emergency);
        if (verdict.Permitted && !DecisionObligations.Fit(obligations, question.Support))
        {
            (verdict, obligations) = (Verdict.Refused(Reasons.ObligationUnsupported) with { Policies = verdict.Policies, Errors = verdict.Errors }, []);
        }

        var answer = new EvaluationAnswer(id, verdict.Permitted, verdict.Reason, verdict.Text, verdict.Policies, snapshot.Position) 
        {
            Obligations = obligations,
            Texts = verdict.Texts,
            Offer = verdict.Permitted ? null : denials.Of(verdict, question, snapshot, study, hospitalCase.PatientId, id, now, roles),
            BreakGlass = verdict.Permitted ? null : denials.BreakGlassOf(verdict, question, snapshot, study, hospitalCase.PatientId, id, now, roles),
        };
        return (answer, Record(answer, question, snapshot, hospitalCase, verdict, now, clock.GetElapsedTime(started)));
    }

    private static DecisionRecord Record(
        EvaluationAnswer answer, EvaluationQuestion question, FactsSnapshot snapshot, HospitalCase hospitalCase, Verdict verdict, DateTimeOffset now, TimeSpan duration) => new(
        answer.EvaluationId, now, question.Client, question.SubjectType, question.SubjectId, question.Action, question.ResourceType, question.ResourceId,
        question.CanonicalRequest.IsEmpty ? CanonicalJson.Bytes(question, WriteRequest) : question.CanonicalRequest,
        hospitalCase.Context.ToJson(),
        hospitalCase.PatientId,
        question.ResourceType == HospitalCase.StudyType ? question.ResourceId : null,
        hospitalCase.Context.SourceIp?.ToString(), verdict.Permitted, verdict.Reason, verdict.Policies, verdict.Errors, answer.Obligations,
        snapshot.Policies?.Hash ?? "", snapshot.Position, duration, question.RequestId, Activity.Current?.Id);

    private static void WriteRequest(Utf8JsonWriter writer, EvaluationQuestion question)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("action"u8);
        writer.WriteString("name"u8, question.Action);
        writer.WriteEndObject();
        if (question.Operation is { } operation)
        {
            writer.WriteString("operation"u8, operation);
        }

        writer.WriteStartObject("resource"u8);
        writer.WriteString("id"u8, question.ResourceId);
        writer.WriteString("type"u8, question.ResourceType);
        writer.WriteEndObject();
        writer.WriteStartObject("subject"u8);
        writer.WriteString("id"u8, question.SubjectId);
        writer.WriteString("type"u8, question.SubjectType);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static EvaluationAnswer PositionNotReached(EvaluationQuestion question) =>
        EvaluationAnswer.ToInvalid(InvalidQuestion.PositionNotReached(question.Context?.AtPosition));

    private void DeniedByFailure(string reason, EvaluationQuestion question) => failures.Failed($"Denied with {reason}", question.Action);

    private EvaluationAnswer Unremembered(EvaluationQuestion question, EvaluationAnswer answer)
    {
        DeniedByFailure(Reasons.JournalUnavailable, question);
        return answer with { Permitted = false, Reason = Reasons.JournalUnavailable, ReasonText = Reasons.Text(Reasons.JournalUnavailable), Policies = [], Obligations = [], Texts = null, Offer = null, BreakGlass = null };
    }
}
