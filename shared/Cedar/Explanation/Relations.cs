namespace AccessGov.Cedar;

internal enum Relation
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>Comparisons turned round: which value on one side makes them true, the nearest one where there is an order.</summary>
internal static class Relations
{
    /// <summary>The relation that has to hold for the operator to be <paramref name="wanted"/>.</summary>
    public static Relation Of(BinaryOperator symbol, bool wanted)
    {
        Relation relation = symbol switch
        {
            BinaryOperator.Equal => Relation.Equal,
            BinaryOperator.NotEqual => Relation.NotEqual,
            BinaryOperator.Less => Relation.Less,
            BinaryOperator.LessOrEqual => Relation.LessOrEqual,
            BinaryOperator.Greater => Relation.Greater,
            _ => Relation.GreaterOrEqual,
        };
        return wanted ? relation : Opposite(relation);
    }

    /// <summary>The same for the methods that compare decimals; null for other methods.</summary>
    public static Relation? OfMethod(string name, bool wanted)
    {
        Relation? relation = name switch
        {
            "lessThan" => Relation.Less,
            "lessThanOrEqual" => Relation.LessOrEqual,
            "greaterThan" => Relation.Greater,
            "greaterThanOrEqual" => Relation.GreaterOrEqual,
            _ => null,
        };
        return relation is { } found && !wanted ? Opposite(found) : relation;
    }

    /// <summary>Proposes values for either side, the other being what it is.</summary>
    public static void Solve(Relation relation, ExplanationNode left, ExplanationNode right, List<Change> into)
    {
        if (Target(relation, right.Raw, left.Raw) is { } forLeft)
        {
            Inversion.Solve(left, forLeft, right.IsHidden || (relation == Relation.NotEqual && left.IsHidden), relation == Relation.NotEqual, into);
        }

        if (Target(Mirror(relation), left.Raw, right.Raw) is { } forRight)
        {
            Inversion.Solve(right, forRight, left.IsHidden || (relation == Relation.NotEqual && right.IsHidden), relation == Relation.NotEqual, into);
        }
    }

    /// <summary>A value of the same type that differs; null for types without an obvious one.</summary>
    public static Value? Other(Value value) => value switch
    {
        BoolValue boolean => Value.Of(!boolean.IsTrue),
        StringValue text => Value.Of(text.Text.Length == 0 ? "other" : ""),
        EntityUid uid => new EntityUid(uid.Type, uid.Id.Length == 0 ? "other" : ""),
        IpAddressValue address => OtherAddress(address),
        SetValue set => set.Count == 0 ? new SetValue([BoolValue.True]) : SetValue.Empty,
        _ => Moved(value, 1) ?? Moved(value, -1),
    };

    private static IpAddressValue? OtherAddress(IpAddressValue address) =>
        IpAddressValue.TryParse("192.0.2.1", out IpAddressValue? one) && !one.Equals(address) ? one
        : IpAddressValue.TryParse("192.0.2.2", out IpAddressValue? two) ? two
        : null;

    private static Value? Target(Relation relation, Value known, Value before) => relation switch
    {
        _ when known is Failure => null,
        Relation.Equal => known,
        Relation.NotEqual => Other(before is Failure ? known : before),
        Relation.Less => Moved(known, -1),
        Relation.Greater => Moved(known, 1),
        _ => Moved(known, 0),
    };

    private static Value? Moved(Value value, int steps) => value switch
    {
        LongValue integer => Step(integer.Number, steps) is { } number ? Value.Of(number) : null,
        DatetimeValue instant => Step(instant.EpochMilliseconds, steps) is { } number ? new DatetimeValue(number) : null,
        DurationValue length => Step(length.Milliseconds, steps) is { } number ? new DurationValue(number) : null,
        DecimalValue number => Step(number.TenThousandths, steps) is { } moved ? new DecimalValue(moved) : null,
        _ => null,
    };

    private static long? Step(long number, int steps)
    {
        Int128 moved = (Int128)number + steps;
        return moved >= long.MinValue && moved <= long.MaxValue ? (long)moved : null;
    }

    private static Relation Opposite(Relation relation) => relation switch
    {
        Relation.Equal => Relation.NotEqual,
        Relation.NotEqual => Relation.Equal,
        Relation.Less => Relation.GreaterOrEqual,
        Relation.LessOrEqual => Relation.Greater,
        Relation.Greater => Relation.LessOrEqual,
        _ => Relation.Less,
    };

    private static Relation Mirror(Relation relation) => relation switch
    {
        Relation.Less => Relation.Greater,
        Relation.LessOrEqual => Relation.GreaterOrEqual,
        Relation.Greater => Relation.Less,
        Relation.GreaterOrEqual => Relation.LessOrEqual,
        _ => relation,
    };
}
