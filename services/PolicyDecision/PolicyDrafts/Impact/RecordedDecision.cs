using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Explanations;
using AccessGov.PolicyDecision.Journal;

namespace AccessGov.PolicyDecision.PolicyDrafts.Impact;

/// <summary>A decision of the journal with all that is needed to decide it again.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Question">The question.</param>
/// <param name="At">The instant that it was decided for, to the tick.</param>
/// <param name="Permitted">What was decided. Where the journal could not keep it, the caller was answered with a denial; that is no matter of policies.</param>
/// <param name="Reason">The reason.</param>
/// <param name="Policies">The determining policies.</param>
/// <param name="PolicySet">The hash of the set that decided.</param>
/// <param name="FactsPosition">The position of the facts that it was decided from.</param>
internal sealed record RecordedDecision(
    Guid Id, EvaluationQuestion Question, DateTimeOffset At, bool Permitted, string Reason, IReadOnlyList<string> Policies, string PolicySet, long FactsPosition)
{
    /// <summary>Whether policies decided it: a denial that some part was out of order says nothing about them.</summary>
    public bool IsByPolicies => SaysPolicies(Reason);

    public static bool SaysPolicies(string reason) =>
        reason is Reasons.Permitted or Reasons.Forbidden or Reasons.NotPermitted or Reasons.PolicyError or Reasons.ObligationUnsupported;

    /// <summary>Reads a record; null when it is that of an explanation, which no policy decided.</summary>
    /// <exception cref="JsonException">It is no record of ours.</exception>
    public static RecordedDecision? Of(JsonElement record, HashedIds ids)
    {
        try
        {
            if (record.GetProperty("action"u8).ValueEquals(ExplanationRecord.Action)
                || ExplainedQuestion.Of(record, withdrawn: false, ids) is not Outcome<ExplainedQuestion>.Accepted { Events: [var asked] })
            {
                return null;
            }

            return new RecordedDecision(
                record.GetProperty("evaluationId"u8).GetGuid(), asked.Question, record.GetProperty("context"u8).GetProperty("now"u8).GetDateTimeOffset(),
                record.GetProperty("permitted"u8).GetBoolean(), record.GetProperty("reason"u8).GetString()!,
                [.. record.GetProperty("policies"u8).EnumerateArray().Select(policy => policy.GetString()!)], record.GetProperty("policySet"u8).GetString()!,
                record.GetProperty("factsPosition"u8).GetInt64());
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("A record lacks what every record has.", e);
        }
    }
}
