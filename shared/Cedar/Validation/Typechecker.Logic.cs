namespace AccessGov.Cedar;

/// <summary>The operators that do not evaluate everything, <c>!</c>, and the flow of capabilities through them.</summary>
internal sealed partial class Typechecker
{
    /// <summary>
    /// A chain of <c>&amp;&amp;</c> is taken from the left, two at a time. Whoever comes later may use what all before it guarantee, unless
    /// one of them has an error: then nothing is guaranteed.
    /// </summary>
    private Typed Conjunction(LogicalExpression chain, Capabilities known)
    {
        Typed left = ExpectBool(chain.Operands[0], known);
        Capabilities knownNext = known.And(left.Capabilities);
        for (int i = 1; i < chain.Operands.Count && !left.IsFalse; i++)
        {
            Typed right = ExpectBool(chain.Operands[i], knownNext);
            bool sound = left.IsSound && right.IsSound;
            Capabilities both = left.Capabilities.And(right.Capabilities);
            left = (left.Type, right.Type) switch
            {
                (null, _) or (_, null) => Typed.Unsound(SchemaType.Bool),
                (_, KnownBool { Value: false }) => Typed.Sound(KnownBool.False).If(sound),
                ({ } type, KnownBool { Value: true }) => Typed.Sound(type, both).If(sound),
                (KnownBool { Value: true }, { } type) => Typed.Sound(type, both).If(sound),
                _ => Typed.Sound(SchemaType.Bool, both).If(sound),
            };
            knownNext = left.IsSound ? knownNext.And(right.Capabilities) : known;
        }

        return left.IsFalse ? Typed.Sound(KnownBool.False).If(left.IsSound) : left;
    }

    /// <summary>Of <c>||</c> the right side may be reached without the left one being true, and guarantees only what both guarantee.</summary>
    private Typed Disjunction(LogicalExpression chain, Capabilities known)
    {
        Typed left = ExpectBool(chain.Operands[0], known);
        for (int i = 1; i < chain.Operands.Count && !left.IsTrue; i++)
        {
            Typed right = ExpectBool(chain.Operands[i], known);
            bool sound = left.IsSound && right.IsSound;
            left = (left.Type, right.Type) switch
            {
                (null, _) or (_, null) => Typed.Unsound(SchemaType.Bool),
                (_, KnownBool { Value: true }) => Typed.Sound(KnownBool.True, right.Capabilities).If(sound),
                ({ } type, KnownBool { Value: false }) => Typed.Sound(type, left.Capabilities).If(sound),
                (KnownBool { Value: false }, { } type) => Typed.Sound(type, right.Capabilities).If(sound),
                _ => Typed.Sound(SchemaType.Bool, left.Capabilities.Or(right.Capabilities)).If(sound),
            };
        }

        return left;
    }

    private Typed Conditional(ConditionalExpression conditional, Capabilities known)
    {
        Typed condition = ExpectBool(conditional.Condition, known);
        if (condition.IsFalse)
        {
            return Check(conditional.Otherwise, known).If(condition.IsSound);
        }

        Typed then = Check(conditional.Then, known.And(condition.Capabilities));
        Capabilities whenThen = then.Capabilities.And(condition.Capabilities);
        if (condition.IsTrue)
        {
            return (then with { Capabilities = whenThen }).If(condition.IsSound && then.IsSound);
        }

        Typed otherwise = Check(conditional.Otherwise, known);
        if (then.Type is null || otherwise.Type is null)
        {
            return Typed.Unsound(null);
        }

        if (universe.Lattice.Join(then.Type, otherwise.Type) is { } joined)
        {
            return Typed.Sound(joined, whenThen.Or(otherwise.Capabilities)).If(condition.IsSound && then.IsSound && otherwise.IsSound);
        }

        Incompatible(conditional.Offset, "Both branches of this `if`", then.Type, otherwise.Type);
        return Typed.Unsound(null);
    }

    private Typed Unary(UnaryExpression unary, Capabilities known)
    {
        switch (unary.Operator)
        {
            case UnaryOperator.Not:
                return Not(ExpectBool(unary.Operand, known));
            case UnaryOperator.Negate:
                return Typed.Sound(SchemaType.Long).If(ExpectLong(unary.Operand, known).IsSound);
            default:
                Typed set = ExpectSet(unary.Operand, known, static type =>
                    type is StringSchemaType ? "To ask whether a string is empty compare it with `== \"\"`." : null);
                return Typed.Sound(SchemaType.Bool).If(set.IsSound);
        }
    }

    private static Typed Not(Typed operand) => operand.Type switch
    {
        null => Typed.Unsound(SchemaType.Bool),
        KnownBool known => Typed.Sound(KnownBool.Of(!known.Value)).If(operand.IsSound),
        _ => Typed.Sound(SchemaType.Bool).If(operand.IsSound),
    };
}
