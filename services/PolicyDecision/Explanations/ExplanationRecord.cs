using System.Diagnostics;
using System.Text.Json;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;

namespace AccessGov.PolicyDecision.Explanations;

/// <summary>
/// An explanation in the journal, because it tells about people: the asker is the subject, what was asked about is the resource with its patient, and the person
/// asked about stands in the request.
/// </summary>
internal static class ExplanationRecord
{
    public const string Action = "decision.explain";

    public static DecisionRecord Of(
        Guid id, DateTimeOffset now, HttpContext http, ExplainedQuestion explained, HospitalCase hospitalCase, FactsSnapshot snapshot, HashedIds ids, TimeSpan duration)
    {
        string client = Caller.Client(http);
        string asker = http.User.FindFirst("sub")?.Value ?? client;
        EvaluationQuestion about = explained.Question;
        return new DecisionRecord(
            id, now, client, asker == client ? "Service" : "User", asker, Action, about.ResourceType, about.ResourceId,
            CanonicalJson.Bytes((explained, ids), static (writer, state) => Write(writer, state.explained, state.ids)), ReadOnlyMemory<byte>.Empty,
            hospitalCase.PatientId, about.ResourceType == HospitalCase.StudyType ? about.ResourceId : null, http.Connection.RemoteIpAddress?.ToString(),
            Permitted: true, Reasons.Permitted, [], [], [], snapshot.Policies?.Hash ?? "", snapshot.Position, duration,
            http.Response.Headers["X-Request-ID"], Activity.Current?.Id);
    }

    // The journal hashes the ids of subject and patient by itself; this one is neither.
    private static void Write(Utf8JsonWriter writer, ExplainedQuestion explained, HashedIds ids)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("explains"u8);
        writer.WriteString("action"u8, explained.Question.Action);
        if (explained.Recorded is { } record)
        {
            writer.WriteString("evaluationId"u8, record.GetProperty("evaluationId"u8).GetString());
        }

        writer.WriteStartObject("subject"u8);
        writer.WriteString("id"u8, ids.Of(explained.Question.SubjectId));
        writer.WriteString("type"u8, explained.Question.SubjectType);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
