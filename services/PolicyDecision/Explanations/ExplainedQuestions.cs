using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.TimeTravel;
using Npgsql;

namespace AccessGov.PolicyDecision.Explanations;

/// <summary>What the bodies of POST /explain ask: a question of one's own, or the question of a decision in the journal.</summary>
internal sealed class ExplainedQuestions(DecisionSearch search, HashedIds ids, TimeProvider clock)
{
    /// <summary>Reads a body; what is none is refused.</summary>
    public async Task<Outcome<ExplainedQuestion>> OfAsync(JsonElement body, string client, CancellationToken cancellation)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("evaluation_id"u8, out JsonElement named))
        {
            var caller = new EnforcementPoint(client, null);
            return ExplainedQuestion.Of(body, caller, clock.GetUtcNow(), out string error) is { } own ? own : new Refusal("request_malformed", error);
        }

        if (body.GetPropertyCount() > 1 || named.ValueKind != JsonValueKind.String || !named.TryGetGuid(out Guid id))
        {
            return new Refusal("request_malformed", "evaluation_id is the UUID of a decision, and stands alone.");
        }

        try
        {
            return await search.FindAsync(id, cancellation) switch
            {
                { Record: { } record, Withdrawn: var withdrawn } when record.GetProperty("action"u8).GetString() is not (ExplanationRecord.Action or TimeTravelAccess.Action) => ExplainedQuestion.Of(record, withdrawn, ids),
                { Record: not null } => new Refusal("request_malformed", "That is the record of a question to this service, which no policy decided."),
                _ => new Refusal("decision_unknown", "The journal has no such decision. One of the last seconds may not be found yet: try again in a minute."),
            };
        }
        catch (NpgsqlException)
        {
            return new Refusal("journal_unavailable", "The journal cannot be read now: try again in a minute.");
        }
    }
}
