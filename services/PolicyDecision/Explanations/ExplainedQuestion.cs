using System.Net;
using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Explanations;

/// <summary>What is to be explained.</summary>
/// <param name="Question">The question.</param>
/// <param name="At">The instant that it is asked for: that of the decision in the journal, or now.</param>
/// <param name="Recorded">The decision in the journal; null when a question of one's own is asked.</param>
/// <param name="Withdrawn">That decision was answered as a denial, because it could not be remembered then.</param>
internal sealed record ExplainedQuestion(EvaluationQuestion Question, DateTimeOffset At, JsonElement? Recorded, bool Withdrawn = false)
{
    /// <summary>A question of one's own, in the form of an evaluation. Answers null and a sentence when it is none.</summary>
    public static ExplainedQuestion? Of(JsonElement body, EnforcementPoint caller, DateTimeOffset now, out string error) =>
        AuthZenRequest.Read(body, default, out error) is { } request && HospitalDecisionPoint.ToQuestion(request, caller, out error) is { } question
            ? new ExplainedQuestion(question, now, null)
            : null;

    /// <summary>A decision of the journal, as the question that it answered.</summary>
    public static Outcome<ExplainedQuestion> Of(JsonElement record, bool withdrawn, HashedIds ids)
    {
        if (ids.Enabled)
        {
            return new Refusal("ids_hashed", "The journal keeps the ids of people as hashes, so its decisions cannot be asked again: send the question itself.");
        }

        JsonElement context = record.GetProperty("context"u8);
        JsonElement request = record.GetProperty("request"u8);
        JsonElement properties = request.TryGetProperty("subject"u8, out JsonElement asked) && asked.TryGetProperty("properties"u8, out JsonElement given) ? given : default;
        (string subjectType, string subjectId) = Entity(record.GetProperty("subject"u8));
        (string resourceType, string resourceId) = Entity(record.GetProperty("resource"u8));
        var question = new EvaluationQuestion(
            subjectType, subjectId, record.GetProperty("action"u8).GetString()!, resourceType, resourceId, record.GetProperty("client"u8).GetString()!,
            Text(context, "sourceIp") is { } address ? IPAddress.Parse(address) : null, Text(context, "protocol") ?? "authzen", RequestId: null,
            RefusedAs: Text(record, "reason") == Reasons.OperationUnknown ? Reasons.OperationUnknown : null,
            Context: new EnforcementPointContext(
                context.GetProperty("assuranceLevel"u8).GetInt64(), context.TryGetProperty("authenticatedAt"u8, out JsonElement at) ? at.GetDateTimeOffset() : null,
                Text(context, "purposeOfUse"), Text(context, "destination"), Text(properties, "organization"), Text(properties, "department")),
            Support: SupportOf(request), Foreign: AuthZenRequest.Read(request, default, out _) is { } asking ? ForeignProperties.Of(asking, out _) : null);
        return new ExplainedQuestion(question, record.GetProperty("at"u8).GetDateTimeOffset(), record, withdrawn);
    }

    private static ObligationSupport? SupportOf(JsonElement request) =>
        request.TryGetProperty("context"u8, out JsonElement context) && context.TryGetProperty("supported_obligations"u8, out JsonElement types) && types.ValueKind == JsonValueKind.Array
            ? new ObligationSupport([.. types.EnumerateArray().Select(type => type.GetString()!)])
            : null;

    private static (string Type, string Id) Entity(JsonElement entity) => (entity.GetProperty("type"u8).GetString()!, entity.GetProperty("id"u8).GetString()!);

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
