using System.Diagnostics;
using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Explanations;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.TimeTravel;

/// <summary>What was asked about the past, for the journal.</summary>
internal sealed record PastQuestion(string ResourceType, string ResourceId, StudyFacts? Study, string? Action, DateTimeOffset At, DateTimeOffset? To = null);

/// <summary>What the questions about the past have in common: the study that is meant, and that they are journaled before they are answered, because they tell about people.</summary>
internal sealed class TimeTravelAccess(StudyHistory studies, IDecisionJournal journal, HashedIds ids, IFacts facts, TimeProvider clock)
{
    public const string Action = "facts.time-travel";

    /// <summary>The study as it was known at an instant.</summary>
    public async Task<Outcome<StudyFacts>> StudyAsync(string uid, DateTimeOffset at, CancellationToken cancellation)
    {
        try
        {
            return (await studies.OfAsync([uid], cancellation)).At(uid, at) is { } study
                ? study
                : new Refusal("study_unknown", "The study index had no study with this StudyInstanceUID at that time, or two patients claimed it.");
        }
        catch (StudyIndexUnavailableException)
        {
            return new Refusal("study_index_unavailable", "What study this is cannot be looked up now: try again in a minute.");
        }
    }

    /// <summary>Journals that it was asked, then answers.</summary>
    public async Task<IResult> AnswerAsync(HttpContext http, PastQuestion asked, long started, object answer)
    {
        try
        {
            await journal.RecordAsync(Record(http, asked, clock.GetElapsedTime(started)), http.RequestAborted);
        }
        catch (JournalUnavailableException)
        {
            return Commands.Refuse(new Refusal("journal_unavailable", "That you ask cannot be recorded now, so nothing is told: try again in a minute."));
        }

        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(answer);
    }

    private DecisionRecord Record(HttpContext http, PastQuestion asked, TimeSpan duration)
    {
        DateTimeOffset now = clock.GetUtcNow();
        string client = Caller.Client(http);
        string asker = http.User.FindFirst("sub")?.Value ?? client;

        // The journal hashes the ids of subject and patient by itself; a resource that is a person is neither.
        bool isStudy = asked.ResourceType == HospitalCase.StudyType;
        return new DecisionRecord(
            EvaluationIds.Next(now), now, client, asker == client ? "Service" : "User", asker, Action, asked.ResourceType, isStudy ? asked.ResourceId : ids.Of(asked.ResourceId)!,
            CanonicalJson.Bytes(asked, Write), ReadOnlyMemory<byte>.Empty, asked.Study?.PatientId, isStudy ? asked.ResourceId : null,
            http.Connection.RemoteIpAddress?.ToString(), Permitted: true, Reasons.Permitted, [], [], [], facts.Current.Policies?.Hash ?? "", facts.Current.Position, duration,
            http.Response.Headers["X-Request-ID"], Activity.Current?.Id);
    }

    private static void Write(Utf8JsonWriter writer, PastQuestion asked)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("timeTravel"u8);
        if (asked.Action is { } action)
        {
            writer.WriteString("action"u8, action);
        }

        writer.WriteString("at"u8, asked.At);
        if (asked.To is { } to)
        {
            writer.WriteString("to"u8, to);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
