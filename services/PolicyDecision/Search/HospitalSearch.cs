using System.Diagnostics;
using System.Text.Json;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Obligations;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.Search;

/// <summary>
/// Searches the hospital: every candidate goes through the same evaluation as a question about it alone would, from one snapshot and for one instant. A search
/// is one entry of the journal, made before it is answered: it says who asked what, from which facts, and how many were found; with these it can be repeated.
/// </summary>
internal sealed class HospitalSearch(
    IFacts facts, IStudyIndex studies, IStudyCatalogue catalogue, IDecisionJournal journal, PolicyErrors policyErrors, TimeProvider clock) : ISearchPoint, IDisposable
{
    private static readonly SearchAnswer IndexUnavailable = SearchAnswer.ToInvalid(new InvalidQuestion(
        StatusCodes.Status503ServiceUnavailable, Reasons.StudyIndexUnavailable, "The studies cannot be looked up now. Search again in a moment."));

    private static readonly SearchAnswer Stale = SearchAnswer.ToInvalid(new InvalidQuestion(
        StatusCodes.Status503ServiceUnavailable, Reasons.FactsStale, "What is known here may be out of date. Search again in a moment."));

    private static readonly SearchAnswer Unremembered = SearchAnswer.ToInvalid(new InvalidQuestion(
        StatusCodes.Status503ServiceUnavailable, Reasons.JournalUnavailable, "Searches cannot be recorded now, so none is answered. Search again in a moment."));

    private readonly RoleEntities roles = new();

    // A search keeps a core busy for long: single decisions must find one that is free.
    private readonly SemaphoreSlim turn = new(Math.Max(1, Environment.ProcessorCount / 2));

    public void Dispose() => turn.Dispose();

    public ValueTask<SearchAnswer> SearchAsync(SearchRequest request, EnforcementPoint caller, long? atLeast, CancellationToken cancellation) =>
        AnswerAsync(request, caller, atLeast, (question, snapshot) => SearchAsync(request, question, snapshot, cancellation), cancellation);

    public ValueTask<SearchAnswer> JudgeAgainAsync(SearchRequest request, EnforcementPoint caller, SearchAnswer found, CancellationToken cancellation) =>
        AnswerAsync(request, caller, found.FactsPosition, (question, snapshot) => JudgeAgainAsync(request.Kind, question, snapshot, found, cancellation), cancellation);

    private async ValueTask<SearchAnswer> AnswerAsync(
        SearchRequest request, EnforcementPoint caller, long? atLeast, Func<EvaluationQuestion, FactsSnapshot, ValueTask<SearchAnswer>> answer, CancellationToken cancellation)
    {
        if (!facts.IsReady)
        {
            return SearchAnswer.ToInvalid(InvalidQuestion.FactsNotReady);
        }

        if (HospitalDecisionPoint.ToQuestion(request.Asked, caller, out string error) is not { } question)
        {
            return SearchAnswer.ToInvalid(new InvalidQuestion(StatusCodes.Status400BadRequest, "request_malformed", error));
        }

        long? demanded = Max(question.Context?.AtPosition, atLeast);
        if (await facts.FindAsync(demanded, clock, cancellation) is not { } snapshot)
        {
            return SearchAnswer.ToInvalid(InvalidQuestion.PositionNotReached(demanded));
        }

        await turn.WaitAsync(cancellation);
        try
        {
            return await answer(question, snapshot);
        }
        catch (StudyIndexUnavailableException)
        {
            return IndexUnavailable;
        }
        catch (JournalUnavailableException)
        {
            return Unremembered;
        }
        catch (SearchTooWideException)
        {
            return SearchAnswer.ToInvalid(SearchAnswer.TooWide);
        }
        finally
        {
            turn.Release();
        }
    }

    private async ValueTask<SearchAnswer> SearchAsync(SearchRequest request, EvaluationQuestion question, FactsSnapshot snapshot, CancellationToken cancellation)
    {
        long started = clock.GetTimestamp();
        DateTimeOffset now = clock.GetUtcNow();
        var candidates = new HospitalCandidates(snapshot, studies, catalogue);
        bool subjectIsKnown = request.Kind == SearchKind.Subject || await candidates.KnowsSubjectAsync(question.SubjectType, question.SubjectId, cancellation);
        Candidate? resource = request.Kind == SearchKind.Resource ? null : await candidates.ResourceAsync(question.ResourceType, question.ResourceId, cancellation);
        IAsyncEnumerable<Candidate> wanted = (request.Kind, subjectIsKnown, resource) switch
        {
            (SearchKind.Resource, true, _) => candidates.ResourcesAsync(question, now, cancellation),
            (SearchKind.Subject, _, { } given) => candidates.Subjects(question.SubjectType, given.Study).Select(id => given with { Id = id }).ToAsyncEnumerable(),
            (SearchKind.Action, true, { } given) => candidates.Actions().Select(name => given with { Id = name }).ToAsyncEnumerable(),
            _ => AsyncEnumerable.Empty<Candidate>(),
        };

        Guid id = EvaluationIds.Next(now);
        var contexts = new SharedContexts(snapshot, now);
        var found = new List<Found>();
        int count = 0;
        await foreach (Candidate candidate in wanted)
        {
            if (++count > SearchAnswer.CandidatesMax)
            {
                throw new SearchTooWideException();
            }

            cancellation.ThrowIfCancellationRequested();
            if (Obligations(About(question, request.Kind, candidate.Id), candidate.Study, snapshot, contexts, id) is { } obligations)
            {
                found.Add(new Found(candidate.Id, obligations));
            }
        }

        if (!facts.AreComplete)
        {
            return Stale;
        }

        var answer = SearchAnswer.Of(id, now, snapshot.Position, found);
        await journal.RecordAsync(Record(request, question, resource, snapshot, answer, count, clock.GetElapsedTime(started)), cancellation);
        return answer;
    }

    private async ValueTask<SearchAnswer> JudgeAgainAsync(
        SearchKind kind, EvaluationQuestion question, FactsSnapshot snapshot, SearchAnswer found, CancellationToken cancellation)
    {
        // Of an action's or a subject's search the study is the one that was asked about.
        string[] studyIds = question.ResourceType != HospitalCase.StudyType ? []
            : kind == SearchKind.Resource ? [.. found.Results.Select(one => one.Id)]
            : [question.ResourceId];
        IReadOnlyList<StudyFacts?> known = await studies.FindAsync(studyIds, cancellation);
        var contexts = new SharedContexts(snapshot, clock.GetUtcNow());
        var still = new List<Found>(found.Results.Count);
        for (int i = 0; i < found.Results.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            string id = found.Results[i].Id;
            StudyFacts? study = known.Count == 0 ? null : known[kind == SearchKind.Resource ? i : 0];
            if (Obligations(About(question, kind, id), study, snapshot, contexts, found.Id) is { } obligations)
            {
                still.Add(new Found(id, obligations));
            }
        }

        return facts.AreComplete ? found with { Results = still } : Stale;
    }

    private static long? Max(long? one, long? other) => one > other || other is null ? one : other;

    /// <summary>What a permit obliges to; null when it is none, also because the enforcement point cannot do what it asks.</summary>
    private IReadOnlyList<Obligation>? Obligations(EvaluationQuestion question, StudyFacts? study, FactsSnapshot snapshot, SharedContexts contexts, Guid id)
    {
        if (HospitalCase.RefusedAs(question, study) is not null)
        {
            return null;
        }

        var hospitalCase = new HospitalCase(question, snapshot, study, contexts.Now, roles, contexts);
        Verdict verdict = hospitalCase.Judge();
        if (verdict.Errors.Count > 0)
        {
            policyErrors.Note(verdict);
        }

        return verdict.Permitted
            && DecisionObligations.Of(verdict, question, id, contexts.Now, hospitalCase.Context.Emergency) is var obligations
            && DecisionObligations.Fit(obligations, question.Support)
            ? obligations
            : null;
    }

    private static EvaluationQuestion About(EvaluationQuestion question, SearchKind kind, string candidate) => kind switch
    {
        SearchKind.Subject => question with { SubjectId = candidate },
        SearchKind.Resource => question with { ResourceId = candidate },
        _ => question with { Action = candidate },
    };

    private static DecisionRecord Record(
        SearchRequest request, EvaluationQuestion question, Candidate? resource, FactsSnapshot snapshot, SearchAnswer answer, int candidates, TimeSpan duration)
    {
        bool isPatient = request.Kind != SearchKind.Resource && question.ResourceType == HospitalCase.PatientType;
        bool isStudy = request.Kind != SearchKind.Resource && question.ResourceType == HospitalCase.StudyType;
        return new DecisionRecord(
            answer.Id, answer.At, question.Client, question.SubjectType, question.SubjectId, request.ActionName, question.ResourceType, question.ResourceId,
            request.Canonical(), CanonicalJson.Bytes((answer, candidates), static (writer, search) => WriteContext(writer, search.answer, search.candidates)),
            isPatient ? question.ResourceId : resource?.Study?.PatientId, isStudy ? question.ResourceId : null, question.SourceIp?.ToString(),
            Permitted: true, Reasons.Searched, [], [], [], snapshot.Policies?.Hash ?? "", snapshot.Position, duration, question.RequestId, Activity.Current?.Id);
    }

    private static void WriteContext(Utf8JsonWriter writer, SearchAnswer answer, int candidates)
    {
        writer.WriteStartObject();
        writer.WriteNumber("candidates"u8, candidates);
        writer.WriteString("now"u8, answer.At);
        writer.WriteNumber("results"u8, answer.Results.Count);
        writer.WriteEndObject();
    }
}
