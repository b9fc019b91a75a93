using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Studies;
using AccessGov.PolicyDecision.TimeTravel;
using Npgsql;

namespace AccessGov.PolicyDecision.EmergencyAccess;

/// <summary>BreakGlass asks what was opened under an emergency access and who the person was to the patient; it changes nothing.</summary>
internal sealed class AskEmergencyEvidence(
    DecisionSearch search, HashedIds ids, DecisionJournal journal, FactHistory history, IStudyIndex studies, IFacts facts)
{
    private const int PagesMax = 20;
    private const int StudiesMax = 500;
    private static readonly TimeSpan SpanMax = TimeSpan.FromHours(24);

    /// <summary>What was denied so long before counts as shortly before.</summary>
    private static readonly TimeSpan ShortlyBefore = TimeSpan.FromMinutes(10);

    private static readonly Refusal Malformed = new(
        "emergency_malformed",
        $"Name the case, the person, the patient, and when it ran: to is after from, at most {SpanMax.TotalHours:0} hours later. "
            + $"studies are at most {StudiesMax} ids.");

    /// <param name="CaseId">The emergency access; its grant has the same id.</param>
    /// <param name="SubjectId">Who took it.</param>
    /// <param name="Patient">The patient's id at the hospital.</param>
    /// <param name="From">When it began.</param>
    /// <param name="To">Before when it ended.</param>
    /// <param name="Studies">Studies that were opened where nobody was asked: it is told what is known of them.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Question(
        string CaseId, string SubjectId, string Patient, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<string>? Studies = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/emergency-evidence", async (Question question, AskEmergencyEvidence ask, HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return await ask.AnswerAsync(question, http.RequestAborted) switch
            {
                Outcome<EmergencyEvidence.Answer>.Accepted { Events: [var answer] } => Results.Ok(answer),
                Outcome<EmergencyEvidence.Answer>.Refused { Reason: var reason } => Commands.Refuse(reason),
                var other => throw new InvalidOperationException($"{other.GetType().Name} is no answer."),
            };
        })
        .RequireAuthorization(AskEmergencyEligibility.Scope).WithTags("Emergency access");

    private async Task<Outcome<EmergencyEvidence.Answer>> AnswerAsync(Question question, CancellationToken cancellation)
    {
        if (!new[] { question.CaseId, question.SubjectId, question.Patient }.All(Identifiers.IsForeign)
            || question.Studies is { Count: > StudiesMax }
            || question.Studies?.All(study => study is not null && Identifiers.IsForeign(study)) == false
            || question.To <= question.From || question.To - question.From > SpanMax)
        {
            return Malformed;
        }

        // As the journal keeps times, so that what was decided when it began is not taken for something before.
        question = question with { From = RecordJson.Truncated(question.From) };
        if (!facts.IsReady)
        {
            return Refusals.FactsNotReady;
        }

        if (!await history.HasCaughtUpAsync(cancellation))
        {
            return new Refusal("history_lags", "The history of facts is behind the facts: try again in a moment.");
        }

        try
        {
            (IReadOnlyList<JournaledAccess> decisions, bool complete) = await DecisionsAsync(question, cancellation);
            string[] uids =
            [
                .. decisions.Select(one => one.Study).OfType<string>().Concat(question.Studies ?? []).Distinct(StringComparer.Ordinal),
            ];
            Dictionary<string, StudyFacts> known = (await studies.FindAsync(uids, cancellation)).OfType<StudyFacts>()
                .ToDictionary(study => study.StudyInstanceUid, StringComparer.Ordinal);
            PastFacts then = await history.AtAsync(question.From, cancellation);
            await history.AddSubjectsAsync(then, [FactIntervals.SubjectOf("User", question.SubjectId)], null, cancellation);
            await history.AddPatientsAsync(then, [question.Patient], cancellation);
            return EmergencyEvidence.Of(question, decisions, known, then.Snapshot()) with
            {
                Complete = complete, Spooled = journal.Spool.Held.Records,
            };
        }
        catch (StudyIndexUnavailableException)
        {
            return new Refusal("study_index_unavailable", "The study index cannot be read now: try again in a moment.");
        }
        catch (NpgsqlException)
        {
            return new Refusal("journal_unavailable", "What was opened cannot be read from the journal now: try again in a moment.");
        }
    }

    /// <summary>All decisions about the patient that the person was answered, and whether these are all.</summary>
    private async Task<(IReadOnlyList<JournaledAccess> Decisions, bool Complete)> DecisionsAsync(
        Question question, CancellationToken cancellation)
    {
        var decisions = new List<JournaledAccess>();
        bool readable = true;
        PageKey? after = null;
        for (int page = 0; page < PagesMax; page++)
        {
            (IReadOnlyList<FoundDecision> found, after) = await search.FindAsync(
                new DecisionFilter(
                    question.From - ShortlyBefore, question.To, IndexedDecision.Key(ids.Of(question.SubjectId)!),
                    IndexedDecision.Key(ids.Of(question.Patient)!),
                    null, null, null, DecisionFilter.LimitMax, after), cancellation);
            JournaledAccess[] read = [.. found.Select(JournaledAccess.Of).OfType<JournaledAccess>()];
            readable &= read.Length == found.Count;
            decisions.AddRange(read);
            if (after is null)
            {
                return (decisions, readable);
            }
        }

        return (decisions, false);
    }
}
