using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.PolicyDrafts.Impact;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.PolicyDrafts.Shadow;

/// <summary>A decision that the draft decides otherwise. Who asked about whom, the journal says.</summary>
internal sealed record ShadowDifference(
    Guid EvaluationId, DateTimeOffset At, string Change, string Role, string Department, string Policy, string[] LivePolicies, string[] DraftPolicies);

/// <summary>What became of a decision under the draft.</summary>
/// <param name="At">When it was decided.</param>
/// <param name="Difference">Null where the draft decides the same.</param>
/// <param name="Failed">The draft could not decide at all.</param>
internal readonly record struct ShadowOutcome(DateTimeOffset At, ShadowDifference? Difference, bool Failed = false);

/// <summary>A draft that runs beside the live set in this process. Used by one thread.</summary>
internal sealed class ShadowDraft(ShadowRun run, PolicyDraft.Open draft)
{
    private readonly DraftedFacts drafted = new(draft);

    public ShadowRun Run => run;

    /// <summary>What the draft decides with the facts that the live decision was made from.</summary>
    public ShadowOutcome Judge(in AnsweredDecision answered, StudyFacts? study, RoleEntities roles)
    {
        DecisionRecord record = answered.Record;
        try
        {
            var recorded = new RecordedDecision(
                record.EvaluationId, answered.Question, record.At, record.Permitted, record.Reason, record.Policies, record.PolicySetHash, record.FactsPosition);
            var one = new ImpactCase(recorded, answered.Facts, drafted.Of(answered.Facts), study);
            Verdict verdict = one.JudgeDraft(roles);
            return new ShadowOutcome(record.At, verdict.Permitted == record.Permitted ? null : new ShadowDifference(
                record.EvaluationId, record.At, verdict.Permitted ? ImpactGroup.DenyToAllow : ImpactGroup.AllowToDeny, one.Roles(), Text(study?.Department ?? ""),
                Text(verdict.Policies.Count > 0 ? verdict.Policies[0] : $"without {(record.Policies.Count > 0 ? record.Policies[0] : verdict.Reason)}"),
                [.. record.Policies.Select(Text)], [.. verdict.Policies.Select(Text)]));
        }
        catch (Exception)
        {
            // Whatever a draft does, it is only a draft: that it cannot decide is counted, and told with the report.
            return new ShadowOutcome(record.At, null, Failed: true);
        }
    }

    private static string Text(string text) => IndexedDecision.Key(text);
}
