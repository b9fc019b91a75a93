namespace AccessGov.Cli;

/// <summary>
/// The differing answers by kind, and those that are shown of each. A changed decision has other reasons as a rule, so that reasons and
/// errors count where the decision stayed.
/// </summary>
internal sealed class DiffSummary
{
    private const AnswerDifferences Decisions = AnswerDifferences.AllowToDeny | AnswerDifferences.DenyToAllow;
    private static readonly AnswerDifferences[] Kinds =
        [AnswerDifferences.AllowToDeny, AnswerDifferences.DenyToAllow, AnswerDifferences.Reasons, AnswerDifferences.Errors];

    private readonly Dictionary<AnswerDifferences, int> counts = [];
    private readonly List<AnswerDifference> shown = [];

    public DiffSummary(IEnumerable<AnswerDifference> differences, int shownMax)
    {
        foreach (AnswerDifference found in differences)
        {
            AnswerDifferences told = (found.Differences & Decisions) != AnswerDifferences.None ? found.Differences & Decisions : found.Differences;
            AnswerDifferences[] kinds = [.. Kinds.Where(kind => told.HasFlag(kind))];
            if (Array.Exists(kinds, kind => Count(kind) < shownMax))
            {
                shown.Add(found);
            }

            foreach (AnswerDifferences kind in kinds)
            {
                counts[kind] = Count(kind) + 1;
            }
        }
    }

    public int ReasonsChanged => Count(AnswerDifferences.Reasons);

    public int ErrorsChanged => Count(AnswerDifferences.Errors);

    /// <summary>The differing requests in their order, of each kind the first ones.</summary>
    public IReadOnlyList<AnswerDifference> Shown => shown;

    private int Count(AnswerDifferences kind) => counts.GetValueOrDefault(kind);
}
