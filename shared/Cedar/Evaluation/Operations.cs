namespace AccessGov.Cedar;

/// <summary>What the operators do with values. A <see cref="Failure"/> among the operands becomes the result, the left one first.</summary>
internal static class Operations
{
    public const string AnyEntity = "(entity of type `any_entity_type`)";

    public static Value Mistyped(Value got, string expected) => got as Failure ?? Failure.Type(expected, got);

    public static Value Equal(Value left, Value right) =>
        left is Failure ? left : right is Failure ? right : Value.Of(left.Equals(right));

    public static Value NotEqual(Value left, Value right) =>
        left is Failure ? left : right is Failure ? right : Value.Of(!left.Equals(right));

    /// <summary>Orders two Longs, datetimes or durations: negative, zero or positive; anything else is a failure.</summary>
    public static int Compare(Value left, Value right, out Value? failure)
    {
        failure = null;
        switch (left, right)
        {
            case (LongValue a, LongValue b):
                return a.Number.CompareTo(b.Number);
            case (DatetimeValue a, DatetimeValue b):
                return a.EpochMilliseconds.CompareTo(b.EpochMilliseconds);
            case (DurationValue a, DurationValue b):
                return a.Milliseconds.CompareTo(b.Milliseconds);
            default:
                failure = Incomparable(left, right);
                return 0;
        }
    }

    public static Number Add(in Number left, in Number right)
    {
        if (left.Kind != NumberKind.Long || right.Kind != NumberKind.Long)
        {
            return NotLongs(in left, in right);
        }

        (long a, long b) = (left.Amount, right.Amount);
        long sum = unchecked(a + b);
        return ((a ^ sum) & (b ^ sum)) < 0 ? Number.Of(Failure.Overflow("add", a, b)) : new Number(NumberKind.Long, sum);
    }

    public static Number Subtract(in Number left, in Number right)
    {
        if (left.Kind != NumberKind.Long || right.Kind != NumberKind.Long)
        {
            return NotLongs(in left, in right);
        }

        (long a, long b) = (left.Amount, right.Amount);
        long difference = unchecked(a - b);
        return ((a ^ b) & (a ^ difference)) < 0
            ? Number.Of(Failure.Overflow("subtract", a, b))
            : new Number(NumberKind.Long, difference);
    }

    public static Number Multiply(in Number left, in Number right)
    {
        if (left.Kind != NumberKind.Long || right.Kind != NumberKind.Long)
        {
            return NotLongs(in left, in right);
        }

        long high = Math.BigMul(left.Amount, right.Amount, out long low);
        return high != low >> 63
            ? Number.Of(Failure.Overflow("multiply", left.Amount, right.Amount))
            : new Number(NumberKind.Long, low);
    }

    public static Number Negate(in Number operand) => operand switch
    {
        { Kind: NumberKind.Long, Amount: long.MinValue } => Number.Of(new Failure(
            EvaluationErrorKind.IntegerOverflow, $"integer overflow while attempting to negate the value `{long.MinValue}`")),
        { Kind: NumberKind.Long } => new Number(NumberKind.Long, -operand.Amount),
        _ => Number.Of(Mistyped(operand.ToValue(), "long")),
    };

    public static Value Not(Value operand) =>
        ReferenceEquals(operand, BoolValue.True) ? BoolValue.False
        : ReferenceEquals(operand, BoolValue.False) ? BoolValue.True
        : Mistyped(operand, "bool");

    public static Value IsEmpty(Value operand) => operand is SetValue set ? Value.Of(set.Count == 0) : Mistyped(operand, "set");

    public static Value Contains(Value set, Value member) =>
        set is Failure ? set
        : member is Failure ? member
        : set is SetValue members ? Value.Of(members.Contains(member))
        : Failure.Type("set", set);

    public static Value ContainsAll(Value left, Value right) =>
        left is SetValue a && right is SetValue b ? Value.Of(a.ContainsAll(b)) : Mistyped(left, right, "set", left is SetValue);

    public static Value ContainsAny(Value left, Value right) =>
        left is SetValue a && right is SetValue b ? Value.Of(a.ContainsAny(b)) : Mistyped(left, right, "set", left is SetValue);

    public static Value Attribute(in EvaluationFrame frame, Value target, string name) => target switch
    {
        RecordValue record => record.Find(name) ?? NoAttribute(name),
        EntityUid uid => frame.Find(uid) is { } entity ? OfEntity(entity, name) : Failure.NoEntity(uid),
        _ => Mistyped(target, $"{AnyEntity} or record"),
    };

    public static Value OfEntity(Entity entity, string name) => entity.Attributes.Find(name) ?? new Failure(
        EvaluationErrorKind.EntityAttributeDoesNotExist, $"`{Failure.Short(entity.Uid)}` does not have the attribute `{Excerpt.Of(name)}`");

    public static Value NoAttribute(string name) => new Failure(
        EvaluationErrorKind.RecordAttributeDoesNotExist, $"record does not have the attribute `{Excerpt.Of(name)}`");

    public static Value Has(in EvaluationFrame frame, Value target, string name) => target switch
    {
        RecordValue record => Value.Of(record.Find(name) is not null),
        EntityUid uid => Value.Of(frame.Find(uid)?.Attributes.Find(name) is not null),
        _ => Mistyped(target, $"{AnyEntity} or record"),
    };

    public static Value HasTag(in EvaluationFrame frame, Value target, Value key) =>
        target is EntityUid uid && key is StringValue name
            ? Value.Of(frame.Find(uid)?.Tags.Find(name.Text) is not null)
            : NoTagAccess(target, key);

    public static Value GetTag(in EvaluationFrame frame, Value target, Value key)
    {
        if (target is not EntityUid uid || key is not StringValue name)
        {
            return NoTagAccess(target, key);
        }

        return frame.Find(uid) is not { } entity
            ? Failure.NoEntity(uid)
            : entity.Tags.Find(name.Text) ?? new Failure(
                EvaluationErrorKind.EntityAttributeDoesNotExist, $"`{Failure.Short(uid)}` does not have the tag `{Excerpt.Of(name.Text)}`");
    }

    /// <summary><c>in</c> with an entity or a set of entities on the right; every member must be one, also behind a hit.</summary>
    public static Value In(in EvaluationFrame frame, Value left, Value right)
    {
        if (left is Failure || right is Failure)
        {
            return left is Failure ? left : right;
        }

        if (left is not EntityUid uid)
        {
            return Failure.Type(AnyEntity, left);
        }

        switch (right)
        {
            case EntityUid group:
                return Value.Of(frame.IsIn(uid, group));
            case SetValue groups:
                foreach (Value member in groups.Members)
                {
                    if (member is not EntityUid)
                    {
                        return Failure.Type(AnyEntity, member);
                    }
                }

                foreach (Value member in groups.Members)
                {
                    if (frame.IsIn(uid, (EntityUid)member))
                    {
                        return BoolValue.True;
                    }
                }

                return BoolValue.False;
            default:
                return Failure.Type($"{AnyEntity} or set", right);
        }
    }

    public static Value Incomparable(Value left, Value right) => (left, right) switch
    {
        (Failure, _) => left,
        (_, Failure) => right,
        (LongValue or DatetimeValue or DurationValue, _) => Failure.Type(left.TypeName, right),
        _ => Failure.Type("one of [long, datetime, duration]", left),
    };

    private static Number NotLongs(in Number left, in Number right) =>
        Number.Of(Mistyped(left.ToValue(), right.ToValue(), "long", left.Kind == NumberKind.Long));

    // Both operands are evaluated before either is looked at: a failure on the right comes before a wrong type on the left.
    private static Value Mistyped(Value left, Value right, string expected, bool leftFits) =>
        left is Failure ? left : right is Failure ? right : Failure.Type(expected, leftFits ? right : left);

    private static Value NoTagAccess(Value target, Value key) =>
        target is Failure ? target
        : key is Failure ? key
        : target is EntityUid ? Failure.Type("string", key) : Failure.Type(AnyEntity, target);
}
