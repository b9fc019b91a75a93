namespace AccessGov.Cedar;

/// <summary>
/// How far nodes are from a wanted truth: what stands in the way and can be changed, counted by datum (a <c>has</c> and the comparison
/// behind it are one), and what cannot be changed by any datum. Nearer is less of the latter, then less of the former.
/// </summary>
internal sealed class Gap
{
    private readonly HashSet<object> changeable = [];
    private readonly HashSet<object> fixedLeaves = [];

    public int Changeable => changeable.Count;

    public int Fixed => fixedLeaves.Count;

    public static Gap Of(PolicyExplanation policy)
    {
        var gap = new Gap();
        var known = new Dictionary<(ExplanationNode, bool), Gap>();
        foreach (ExplanationNode node in policy.Nodes)
        {
            gap.Add(Of(node, BoolValue.True, known));
        }

        return gap;
    }

    // In an `if` without a value both branches count, each with the condition: what a node lacks is worked out once for each truth.
    private static Gap Of(ExplanationNode node, BoolValue wanted, Dictionary<(ExplanationNode, bool), Gap> known)
    {
        if (!known.TryGetValue((node, wanted.IsTrue), out Gap? gap))
        {
            gap = Work(node, wanted, known);
            known.Add((node, wanted.IsTrue), gap);
        }

        return gap;
    }

    /// <summary>What stands between <paramref name="node"/> and <paramref name="wanted"/>; of alternatives the nearest counts.</summary>
    private static Gap Work(ExplanationNode node, BoolValue wanted, Dictionary<(ExplanationNode, bool), Gap> known)
    {
        var gap = new Gap();
        if (ReferenceEquals(node.Raw, wanted))
        {
            return gap;
        }

        switch (node.Expression)
        {
            case LogicalExpression logical when logical.IsAnd == wanted.IsTrue:
                foreach (ExplanationNode operand in node.Operands)
                {
                    gap.Add(Of(operand, wanted, known));
                }

                return gap;
            case LogicalExpression:
                return NearestOperand(node.Operands, wanted, known);
            case UnaryExpression { Operator: UnaryOperator.Not }:
                return Of(node.Operands[0], Value.Of(!wanted.IsTrue), known);
            case ConditionalExpression:
                (Gap then, Gap otherwise) = (Branch(node, BoolValue.True, wanted, known), Branch(node, BoolValue.False, wanted, known));
                return otherwise.IsNearerThan(then) ? otherwise : then;
            default:
                gap.AddLeaf(node);
                return gap;
        }
    }

    /// <summary>The leaves that stand in the way, all alternatives among them, in the order of the text; at most <paramref name="max"/>.</summary>
    public static void Collect(ExplanationNode node, BoolValue wanted, List<ExplanationLeaf> into, int max)
    {
        if (ReferenceEquals(node.Raw, wanted) || into.Count >= max)
        {
            return;
        }

        switch (node.Expression)
        {
            case LogicalExpression:
                foreach (ExplanationNode operand in node.Operands)
                {
                    Collect(operand, wanted, into, max);
                }

                break;
            case UnaryExpression { Operator: UnaryOperator.Not }:
                Collect(node.Operands[0], Value.Of(!wanted.IsTrue), into, max);
                break;
            case ConditionalExpression when node.Operands[0].Raw is BoolValue chosen:
                Collect(node.Operands[chosen.IsTrue ? 1 : 2], wanted, into, max);
                break;
            case ConditionalExpression:
                Collect(node.Operands[0], BoolValue.True, into, max);
                break;
            default:
                into.Add(new ExplanationLeaf(node, wanted.IsTrue));
                break;
        }
    }

    /// <summary>The leaves that made <paramref name="node"/> what it was, of those that were reached; at most <paramref name="max"/>.</summary>
    public static void CollectCauses(ExplanationNode node, List<ExplanationLeaf> into, int max)
    {
        if (!node.IsReached || into.Count >= max || node.IsConstant)
        {
            return;
        }

        switch (node.Expression)
        {
            case LogicalExpression:
                // Either all operands were neutral, or the one that was not decided alone.
                ExplanationNode? deciding = Array.Find(node.Operands, operand => ReferenceEquals(operand.Raw, node.Raw));
                bool neutral = ReferenceEquals(node.Raw, Value.Of(((LogicalExpression)node.Expression).IsAnd));
                foreach (ExplanationNode operand in deciding is null || neutral ? node.Operands : [deciding])
                {
                    CollectCauses(operand, into, max);
                }

                break;
            case UnaryExpression { Operator: UnaryOperator.Not } or ConditionalExpression:
                foreach (ExplanationNode operand in node.Operands)
                {
                    CollectCauses(operand, into, max);
                }

                break;
            default:
                into.Add(new ExplanationLeaf(node, wanted: node.Raw is not BoolValue { IsTrue: true }));
                break;
        }
    }

    private static Gap Branch(
        ExplanationNode conditional, BoolValue condition, BoolValue wanted, Dictionary<(ExplanationNode, bool), Gap> known)
    {
        var gap = new Gap();
        gap.Add(Of(conditional.Operands[0], condition, known));
        gap.Add(Of(conditional.Operands[condition.IsTrue ? 1 : 2], wanted, known));
        return gap;
    }

    // One operand decides, but only when each before it has a truth: an error ends the chain.
    private static Gap NearestOperand(
        ExplanationNode[] operands, BoolValue wanted, Dictionary<(ExplanationNode, bool), Gap> known)
    {
        Gap? nearest = null;
        var before = new Gap();
        foreach (ExplanationNode operand in operands)
        {
            // A copy: what is known of the operand stays as it is.
            var gap = new Gap();
            gap.Add(Of(operand, wanted, known));
            gap.Add(before);
            nearest = nearest is null || gap.IsNearerThan(nearest) ? gap : nearest;
            if (operand.Raw is not BoolValue)
            {
                before.Add(Of(operand, Value.Of(!wanted.IsTrue), known));
                if (!before.IsNearerThan(nearest))
                {
                    break;
                }
            }
        }

        return nearest ?? before;
    }

    private bool IsNearerThan(Gap other) => (Fixed, Changeable).CompareTo((other.Fixed, other.Changeable)) < 0;

    private void AddLeaf(ExplanationNode leaf)
    {
        switch (Subject(leaf))
        {
            case null:
                fixedLeaves.Add(leaf);
                break;
            case { Kind: PlaceKind.Membership } entity:
                // Each group is a datum of its own.
                changeable.Add((entity, leaf.Operands[1].Raw));
                break;
            case var place:
                changeable.Add(place);
                break;
        }
    }

    private void Add(Gap other)
    {
        changeable.UnionWith(other.changeable);
        fixedLeaves.UnionWith(other.fixedLeaves);
    }

    /// <summary>The datum to change so that the leaf ends otherwise; null when there is none.</summary>
    private static ValuePlace? Subject(ExplanationNode leaf)
    {
        if (leaf.Datum is { } own)
        {
            return own.IsChangeable ? own : null;
        }

        bool asksMembership = leaf.Expression is BinaryExpression { Operator: BinaryOperator.In }
            || (leaf.Expression is IsExpression { In: not null } test && leaf.Operands[0].Raw is EntityUid typed && typed.Type == test.EntityType);
        if (asksMembership && leaf.Operands[0] is { Raw: EntityUid uid, Datum: { Root: not PlaceRoot.Action } place })
        {
            return ValuePlace.Membership(place.Kind == PlaceKind.Identity ? place.Root : PlaceRoot.Entity, uid);
        }

        return leaf.Operands.Select(FirstChangeable).FirstOrDefault(found => found is not null);
    }

    private static ValuePlace? FirstChangeable(ExplanationNode node) =>
        node.Datum is { } place ? (place.IsChangeable ? place : null) : node.Operands.Select(FirstChangeable).FirstOrDefault(found => found is not null);
}
