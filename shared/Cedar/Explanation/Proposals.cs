namespace AccessGov.Cedar;

/// <summary>
/// Sets of changes that may give a tree the wanted truth: every failing operand of a conjunction together, one operand of a
/// disjunction, the branch that is taken or the other one. Proposals only, and bounded in number and size.
/// </summary>
internal sealed class Proposals(int changesMax)
{
    // No node hands more alternatives to the one above it.
    private const int AlternativesMax = 32;

    // Over all trees of one search so many pairs are put together: thousands of comparisons of one datum would be without end.
    private const int PairsMax = 100_000;

    // In an `if` without a value both branches count, each with the condition: what a node asks for is worked out once for each truth.
    private readonly Dictionary<(ExplanationNode, bool), List<ChangeSet>> known = [];

    private int pairs;

    /// <summary>Whether the bound on work left some out.</summary>
    public bool IsExhausted => pairs >= PairsMax;

    public List<ChangeSet> ForPermit(PolicyExplanation policy)
    {
        known.Clear();
        return All(policy.Nodes, BoolValue.True);
    }

    public List<ChangeSet> AgainstForbid(PolicyExplanation policy)
    {
        known.Clear();
        return Any(policy.Nodes, BoolValue.False);
    }

    public List<ChangeSet> Together(List<ChangeSet> some, List<ChangeSet> others) => Bounded(
        some.SelectMany(one => others.TakeWhile(_ => pairs++ < PairsMax).SelectMany(one.With)));

    private List<ChangeSet> Of(ExplanationNode node, BoolValue wanted)
    {
        if (ReferenceEquals(node.Raw, wanted))
        {
            return [ChangeSet.Empty];
        }

        if (!known.TryGetValue((node, wanted.IsTrue), out List<ChangeSet>? sets))
        {
            sets = Work(node, wanted);
            known.Add((node, wanted.IsTrue), sets);
        }

        return sets;
    }

    private List<ChangeSet> Work(ExplanationNode node, BoolValue wanted) => node.Expression switch
    {
        LogicalExpression logical when logical.IsAnd == wanted.IsTrue => All(node.Operands, wanted),
        LogicalExpression => Any(node.Operands, wanted),
        UnaryExpression { Operator: UnaryOperator.Not } => Of(node.Operands[0], Value.Of(!wanted.IsTrue)),
        ConditionalExpression => Bounded(Branch(node, BoolValue.True, wanted).Concat(Branch(node, BoolValue.False, wanted))),
        _ => Bounded(LeafChanges.Of(node, wanted.IsTrue)),
    };

    private List<ChangeSet> Branch(ExplanationNode node, BoolValue condition, BoolValue wanted) =>
        Together(Of(node.Operands[0], condition), Of(node.Operands[condition.IsTrue ? 1 : 2], wanted));

    private List<ChangeSet> All(IReadOnlyList<ExplanationNode> nodes, BoolValue wanted)
    {
        List<ChangeSet> together = [ChangeSet.Empty];
        foreach (ExplanationNode node in nodes)
        {
            if (ReferenceEquals(node.Raw, wanted))
            {
                continue;
            }

            together = Together(together, Of(node, wanted));
            if (together.Count == 0)
            {
                break;
            }
        }

        return together;
    }

    private List<ChangeSet> Any(IReadOnlyList<ExplanationNode> nodes, BoolValue wanted) => Bounded(nodes.SelectMany(node => Of(node, wanted)));

    private List<ChangeSet> Bounded(IEnumerable<ChangeSet> sets) =>
        [.. sets.Where(set => set.Count <= changesMax).DistinctBy(set => set.Key).Take(AlternativesMax * 2).OrderBy(set => set.Count).Take(AlternativesMax)];
}
