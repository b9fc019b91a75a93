namespace AccessGov.Cedar;

/// <summary>
/// Which datum would have to be what for an operand to have a given value: the operand itself when it is a datum, else through sums,
/// durations and the like, one unknown at a time. Only proposals: each is tried by evaluating again.
/// </summary>
internal static class Inversion
{
    private static readonly Dictionary<string, long> UnitOf = new(StringComparer.Ordinal)
    {
        ["toMilliseconds"] = 1,
        ["toSeconds"] = 1_000,
        ["toMinutes"] = 60_000,
        ["toHours"] = 3_600_000,
        ["toDays"] = 86_400_000,
    };

    /// <summary>
    /// Adds every single change of a datum that would give <paramref name="node"/> the value <paramref name="target"/>, which is
    /// <paramref name="hidden"/> when it was computed from something hidden, and an <paramref name="example"/> when others would do.
    /// </summary>
    public static void Solve(ExplanationNode node, Value target, bool hidden, bool example, List<Change> into)
    {
        if (node.IsBehindHidden)
        {
            // The place alone would tell which entity it is.
            return;
        }

        if (node.Place is { } place)
        {
            if (place is { IsChangeable: true, Kind: not PlaceKind.Membership } && !target.Equals(node.Raw))
            {
                into.Add(new Change(ChangeKind.Set, place, node.Raw, target)
                {
                    IsFromHidden = node.IsHidden,
                    IsToHidden = hidden,
                    IsExample = example,
                });
            }

            return;
        }

        int hiddenOperands = node.Operands.Count(operand => operand.IsHidden);
        for (int i = 0; i < node.Operands.Length; i++)
        {
            bool revealing = hidden || hiddenOperands > (node.Operands[i].IsHidden ? 1 : 0);
            if (!node.Operands[i].IsConstant && Needed(node, i, target) is { } needed)
            {
                Solve(node.Operands[i], needed, revealing, example, into);
            }
        }
    }

    /// <summary>The value operand <paramref name="at"/> needs, the other one being what it is; null when there is none.</summary>
    private static Value? Needed(ExplanationNode node, int at, Value target)
    {
        Value? other = node.Operands.Length == 2 ? node.Operands[1 - at].Raw : null;
        return node.Expression switch
        {
            UnaryExpression { Operator: UnaryOperator.Negate } => Long(target) is { } n ? Number(-(Int128)n) : null,
            BinaryExpression binary => Long(target) is { } n && other is LongValue known ? OfSum(binary.Operator, at, n, known.Number) : null,
            CallExpression call => OfCall(call.Function.Name, node, at, target, other),
            _ => null,
        };
    }

    private static LongValue? OfSum(BinaryOperator symbol, int at, Int128 target, Int128 other) => symbol switch
    {
        BinaryOperator.Add => Number(target - other),
        BinaryOperator.Subtract => Number(at == 0 ? target + other : other - target),
        BinaryOperator.Multiply => other != 0 && target % other == 0 ? Number(target / other) : null,
        _ => null,
    };

    private static Value? OfCall(string function, ExplanationNode node, int at, Value target, Value? other)
    {
        switch (function)
        {
            case "durationSince" when target is DurationValue length && other is DatetimeValue known:
                return Instant(at == 0
                    ? (Int128)known.EpochMilliseconds + length.Milliseconds
                    : (Int128)known.EpochMilliseconds - length.Milliseconds);
            case "offset" when target is DatetimeValue end && at == 0 && other is DurationValue length:
                return Instant((Int128)end.EpochMilliseconds - length.Milliseconds);
            case "offset" when target is DatetimeValue end && at == 1 && other is DatetimeValue start:
                return Length((Int128)end.EpochMilliseconds - start.EpochMilliseconds);
            case "toDate" when target is DatetimeValue:
                return target;
            case "toTime" when target is DurationValue time && node.Operands[0].Raw is DatetimeValue before:
                return Instant((Int128)before.EpochMilliseconds - before.MillisecondsIntoDay + time.Milliseconds);
            case "ip" or "decimal" or "datetime" or "duration":
                return target is ExtensionValue { ConstructorArgument: { } text } value && value.Constructor == function ? Value.Of(text) : null;
            default:
                return UnitOf.TryGetValue(function, out long unit) && Long(target) is { } count ? Length((Int128)count * unit) : null;
        }
    }

    private static long? Long(Value value) => (value as LongValue)?.Number;

    private static LongValue? Number(Int128 number) => IsLong(number) ? Value.Of((long)number) : null;

    private static DatetimeValue? Instant(Int128 milliseconds) => IsLong(milliseconds) ? new DatetimeValue((long)milliseconds) : null;

    private static DurationValue? Length(Int128 milliseconds) => IsLong(milliseconds) ? new DurationValue((long)milliseconds) : null;

    private static bool IsLong(Int128 number) => number >= long.MinValue && number <= long.MaxValue;
}
