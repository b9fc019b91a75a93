using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.PolicyDrafts.Impact;

/// <summary>
/// Decides recorded decisions again, with the facts as they were, once under the set that decided and once under a draft. Holds a bounded number of decisions,
/// and steps back behind the decisions of now.
/// </summary>
internal sealed class ImpactReplay(RecordedDecisions journal, IEventStore store, StudyHistory studies, IFacts facts, IOptions<PolicyDecisionOptions> options)
{
    private const int HeldMax = 20_000;
    private const int ChunkSize = 2_048;

    private const int CasesPerStep = 64;

    private readonly RoleEntities roles = new();

    /// <param name="draft">The draft's text, which is sound.</param>
    /// <param name="range">Which decisions.</param>
    /// <param name="progress">Told how many decisions were taken up.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<PolicyDraftImpactAssessed> RunAsync(PolicyDraft.Open draft, ImpactRange range, Action<long> progress, CancellationToken cancellation)
    {
        var tally = new ImpactTally(roles);
        var order = new PositionOrder(HeldMax);
        var history = new DraftedHistory(new FactsHistory(store, options.Value.PolicySet, facts.Current.Countries), draft);
        var chunk = new List<RecordedDecision>(ChunkSize);
        await foreach (IReadOnlyList<RecordedDecision>? batch in journal.ReadAsync(range, cancellation))
        {
            tally.UnreadableBatches += batch is null ? 1 : 0;
            RecordedDecision[] decided = [.. (batch ?? []).Where(decision => decision.IsByPolicies)];
            tally.NotByPolicies += (batch?.Count ?? 0) - decided.Length;
            await TakeAsync(order.Add(decided));
        }

        await TakeAsync(order.Rest());
        await JudgeAsync(chunk, history, tally, cancellation);
        progress(tally.Decisions + tally.NotByPolicies);
        return tally.Report(draft.Hash, range);

        async Task TakeAsync(IEnumerable<RecordedDecision> decisions)
        {
            foreach (RecordedDecision decision in decisions)
            {
                chunk.Add(decision);
                if (chunk.Count == ChunkSize)
                {
                    await JudgeAsync(chunk, history, tally, cancellation);
                    chunk.Clear();
                    progress(tally.Decisions + tally.NotByPolicies);
                }
            }
        }
    }

    private async Task JudgeAsync(List<RecordedDecision> chunk, DraftedHistory history, ImpactTally tally, CancellationToken cancellation)
    {
        PastStudies known = await studies.OfAsync(
            [.. chunk.Where(decision => decision.Question.ResourceType == HospitalCase.StudyType).Select(decision => decision.Question.ResourceId)], cancellation);
        var cases = new ImpactCase[chunk.Count];
        for (int i = 0; i < cases.Length; i++)
        {
            (FactsSnapshot live, FactsSnapshot drafted) = await history.AtAsync(chunk[i].FactsPosition, cancellation);
            EvaluationQuestion question = chunk[i].Question;
            cases[i] = new ImpactCase(chunk[i], live, drafted, question.ResourceType == HospitalCase.StudyType ? known.At(question.ResourceId, chunk[i].At) : null);
        }

        var outcomes = new ImpactOutcome[cases.Length];
        await SharedWork.RunAsync(
            cases.Length, CasesPerStep,
            i =>
            {
                outcomes[i] = cases[i].Judge(roles);
                return ValueTask.CompletedTask;
            },
            cancellation);
        foreach (ImpactOutcome outcome in outcomes)
        {
            tally.Add(outcome);
        }
    }

    /// <summary>The facts as they were, beside the same with the draft in force.</summary>
    private sealed class DraftedHistory(FactsHistory history, PolicyDraft.Open draft)
    {
        private readonly DraftedFacts drafted = new(draft);

        public async ValueTask<(FactsSnapshot Live, FactsSnapshot Drafted)> AtAsync(long position, CancellationToken cancellation)
        {
            FactsSnapshot live = await history.AtAsync(position, cancellation);
            return (live, drafted.Of(live));
        }
    }
}
