namespace AccessGov.Cedar;

/// <summary>Proposals for making one leaf true or false, nearest first. Each is a set of changes, mostly of one.</summary>
internal static class LeafChanges
{
    // From a set of choices so many are proposed.
    private const int ChoicesMax = 8;

    private static readonly Dictionary<string, (string Yes, string No)> Addresses = new(StringComparer.Ordinal)
    {
        ["isIpv4"] = ("192.0.2.1", "2001:db8::1"),
        ["isIpv6"] = ("2001:db8::1", "192.0.2.1"),
        ["isLoopback"] = ("127.0.0.1", "192.0.2.1"),
        ["isMulticast"] = ("224.0.0.1", "192.0.2.1"),
    };

    public static IEnumerable<ChangeSet> Of(ExplanationNode leaf, bool wanted)
    {
        var single = new List<Change>();
        ExplanationNode[] operands = leaf.Operands;
        switch (leaf.Expression)
        {
            case HasExpression or BinaryExpression { Operator: BinaryOperator.HasTag }:
                OfPresence(leaf, wanted, single);
                break;
            case BinaryExpression { Operator: BinaryOperator.In } or IsExpression { In: not null } when operands[0].Raw is EntityUid uid:
                return OfMembership(leaf, uid, wanted);
            case BinaryExpression { Operator: < BinaryOperator.In } comparison:
                Relations.Solve(Relations.Of(comparison.Operator, wanted), operands[0], operands[1], single);
                break;
            case BinaryExpression { Operator: BinaryOperator.Contains or BinaryOperator.ContainsAll or BinaryOperator.ContainsAny } binary:
                OfSets(binary.Operator, operands[0], operands[1], wanted, single);
                break;
            case UnaryExpression { Operator: UnaryOperator.IsEmpty }:
                Inversion.Solve(operands[0], wanted ? SetValue.Empty : new SetValue([BoolValue.True]), hidden: false, example: !wanted, single);
                break;
            case LikeExpression like:
                string text = wanted ? string.Concat(like.Pattern.Segments) : like.Pattern.Matches("") ? "other" : "";
                Inversion.Solve(operands[0], Value.Of(text), hidden: false, example: like.Pattern.Segments.Count > 1 || !wanted, single);
                break;
            case CallExpression call:
                OfCall(call.Function.Name, operands, wanted, single);
                break;
            default:
                Inversion.Solve(leaf, Value.Of(wanted), hidden: false, example: false, single);
                break;
        }

        return single.Select(change => ChangeSet.Of(change));
    }

    private static void OfPresence(ExplanationNode leaf, bool wanted, List<Change> into)
    {
        if (leaf.Place is { IsChangeable: true } place)
        {
            into.Add(wanted
                ? new Change(ChangeKind.Set, place, null, BoolValue.True) { IsExample = true, IsAnyValue = true }
                : new Change(ChangeKind.Remove, place, null, null));
        }
    }

    private static IEnumerable<ChangeSet> OfMembership(ExplanationNode leaf, EntityUid uid, bool wanted)
    {
        if (leaf.Expression is IsExpression test && test.EntityType != uid.Type)
        {
            return [];
        }

        ExplanationNode right = leaf.Operands[1];
        EntityUid[] groups = right.Raw is SetValue set ? [.. set.Members.ToArray().OfType<EntityUid>()] : right.Raw is EntityUid one ? [one] : [];
        ValuePlace? place = leaf.Operands[0].Place;
        bool hidden = right.IsHidden;
        IEnumerable<ChangeSet> ofData = [];
        if (wanted && right.Raw is SetValue members)
        {
            ofData = Solved(right, new SetValue([.. members.Members, uid]), leaf.Operands[0].IsHidden);
        }

        if (place is null or { Root: PlaceRoot.Action } || leaf.Operands[0].IsHidden)
        {
            return ofData;
        }

        ValuePlace membership = ValuePlace.Membership(place.Kind == PlaceKind.Identity ? place.Root : PlaceRoot.Entity, uid);
        ChangeKind kind = wanted ? ChangeKind.AddToGroup : ChangeKind.RemoveFromGroup;
        Change[] changes = [.. groups.Where(group => group != uid).Take(ChoicesMax).Select(group => new Change(kind, membership, null, group) { IsToHidden = hidden })];
        return wanted ? changes.Select(change => ChangeSet.Of(change)).Concat(ofData) : changes.Length == 0 ? [] : [ChangeSet.Of(changes)];
    }

    private static IEnumerable<ChangeSet> Solved(ExplanationNode node, Value target, bool hidden)
    {
        var changes = new List<Change>();
        Inversion.Solve(node, target, hidden, example: false, changes);
        return changes.Select(change => ChangeSet.Of(change));
    }

    private static void OfSets(BinaryOperator symbol, ExplanationNode left, ExplanationNode right, bool wanted, List<Change> into)
    {
        bool hidden = left.IsHidden || right.IsHidden;
        if (right.Raw is not Failure && left.Raw is SetValue or Failure)
        {
            Value[] own = left.Raw is SetValue set ? set.Members.ToArray() : [];
            Value[] others = symbol == BinaryOperator.Contains ? [right.Raw] : right.Raw is SetValue named ? named.Members.ToArray() : [];
            foreach (IEnumerable<Value> members in SetsInstead(symbol, own, others, wanted))
            {
                Value[] all = [.. members];
                if (all.All(member => member.Depth < Value.DepthMax))
                {
                    Inversion.Solve(left, new SetValue(all.AsSpan()), hidden, example: false, into);
                }
            }
        }

        if (symbol == BinaryOperator.Contains && left.Raw is SetValue choices)
        {
            IEnumerable<Value> targets = wanted ? choices.Members.ToArray().Take(ChoicesMax) : Relations.Other(right.Raw) is { } other ? [other] : [];
            foreach (Value target in targets)
            {
                Inversion.Solve(right, target, hidden, example: !wanted, into);
            }
        }
        else if (symbol == BinaryOperator.ContainsAny && left.Raw is SetValue { Count: > 0 } found && right.Raw is SetValue wished && wanted)
        {
            Inversion.Solve(right, new SetValue([.. wished.Members, found.Members[0]]), hidden, example: false, into);
        }
    }

    private static IEnumerable<IEnumerable<Value>> SetsInstead(BinaryOperator symbol, Value[] own, Value[] others, bool wanted) => (symbol, wanted) switch
    {
        (BinaryOperator.ContainsAny, true) => others.Take(ChoicesMax).Select(other => own.Append(other)),
        (_, true) => [own.Concat(others)],
        (BinaryOperator.ContainsAll, false) => others.Take(ChoicesMax).Select(other => own.Where(member => !member.Equals(other))),
        _ => [own.Except(others)],
    };

    private static void OfCall(string function, ExplanationNode[] operands, bool wanted, List<Change> into)
    {
        if (Relations.OfMethod(function, wanted) is { } relation && operands.Length == 2)
        {
            Relations.Solve(relation, operands[0], operands[1], into);
        }
        else if (function == "isInRange" && operands is [var address, { Raw: IpAddressValue range } named])
        {
            Value target = wanted ? range : Address(range.IsIpv6 ? "192.0.2.1" : "2001:db8::1");
            Inversion.Solve(address, target, wanted && named.IsHidden, example: true, into);
        }
        else if (Addresses.TryGetValue(function, out (string Yes, string No) example) && operands.Length == 1)
        {
            Inversion.Solve(operands[0], Address(wanted ? example.Yes : example.No), hidden: false, example: true, into);
        }
    }

    private static IpAddressValue Address(string text) => IpAddressValue.TryParse(text, out IpAddressValue? address)
        ? address
        : throw new InvalidOperationException($"{text} is no address.");
}
