using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Obligations;

/// <summary>The obligations of one decision, filled in.</summary>
internal static class DecisionObligations
{
    /// <summary>In the order of their ids; those that say the same are one, which wants a receipt when one of them does.</summary>
    public static IReadOnlyList<Obligation> Of(Verdict verdict, EvaluationQuestion question, Guid evaluationId, DateTimeOffset now,
        EmergencySession? emergency = null)
    {
        if (verdict.Obligations.Count == 0)
        {
            return [];
        }

        var values = new ObligationValues(question.SubjectId, question.ResourceId, question.Action, evaluationId, now, emergency);
        var filled = new List<Obligation>(verdict.Obligations.Count);
        foreach (ObligationTemplate template in verdict.Obligations)
        {
            if (template.IsAdvice && question.Support?.Covers(template) == false)
            {
                continue;
            }

            Obligation next = template.Fill(values);
            int same = filled.FindIndex(known => known.Type == next.Type && known.Properties.Span.SequenceEqual(next.Properties.Span));
            if (same < 0)
            {
                filled.Add(next);
            }
            else if (next.ReceiptRequired)
            {
                filled[same] = filled[same] with { ReceiptRequired = true };
            }
        }

        return filled;
    }

    /// <summary>Whether the enforcement point has room for them.</summary>
    public static bool Fit(IReadOnlyList<Obligation> obligations, ObligationSupport? support) =>
        support is null || obligations.Count == 0 || ObligationJson.Length(obligations) <= support.BytesMax;
}
