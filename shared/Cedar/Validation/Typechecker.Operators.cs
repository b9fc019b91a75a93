namespace AccessGov.Cedar;

/// <summary>Operators with two sides: comparison, arithmetic, membership and sets. Tags are with the attributes.</summary>
internal sealed partial class Typechecker
{
    private Typed Binary(BinaryExpression binary, Capabilities known)
    {
        switch (binary.Operator)
        {
            case BinaryOperator.Equal:
                return Equality(binary, known);
            case BinaryOperator.NotEqual:
                return Not(Equality(binary, known));
            case BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual:
                return Order(binary, known);
            case BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply:
                return Arithmetic(binary, known);
            case BinaryOperator.In:
                Typed member = ExpectEntity(binary.Left, known, static _ => "To ask whether a value is in a set write `set.contains(value)`.");
                return In(binary.Left, member, binary.Right, known);
            case BinaryOperator.Contains:
                return Contains(binary, known);
            case BinaryOperator.ContainsAll or BinaryOperator.ContainsAny:
                return ContainsSet(binary, known);
            case BinaryOperator.HasTag:
                return HasTag(binary, known);
            default:
                return GetTag(binary, known);
        }
    }

    private Typed Equality(BinaryExpression binary, Capabilities known)
    {
        Typed left = Check(binary.Left, known);
        Typed right = Check(binary.Right, known);
        bool sound = left.IsSound && right.IsSound;
        if (left.Type is EntitySchemaType a && right.Type is EntitySchemaType b && !string.Equals(a.Name, b.Name, StringComparison.Ordinal))
        {
            return Typed.Sound(KnownBool.False).If(sound);
        }

        if (LiteralOrAction(binary.Left) is { } one && LiteralOrAction(binary.Right) is { } other)
        {
            return Typed.Sound(KnownBool.Of(one.Equals(other))).If(sound);
        }

        return Compatible(binary, "Both sides of this comparison", left.Type, right.Type).If(sound);
    }

    /// <summary>Bool, with an error when the types of two operands have none in common.</summary>
    private Typed Compatible(BinaryExpression binary, string what, SchemaType? left, SchemaType? right)
    {
        if (left is null || right is null || universe.Lattice.Join(left, right) is not null)
        {
            return Typed.Sound(SchemaType.Bool);
        }

        Incompatible(binary.Offset, what, left, right);
        return Typed.Unsound(SchemaType.Bool);
    }

    // In one environment the action is known, so it counts as a literal.
    private Value? LiteralOrAction(Expression expression) =>
        expression is VariableExpression { Variable: Variable.Action } ? Environment.Action.Uid : Literals.Of(expression);

    private Typed Order(BinaryExpression binary, Capabilities known)
    {
        Typed left = Check(binary.Left, known);
        Typed right = Check(binary.Right, known);
        if (left.Type is null || right.Type is null)
        {
            return Typed.Unsound(SchemaType.Bool);
        }

        bool leftIsOrdered = IsOrdered(left.Type);
        bool rightIsOrdered = IsOrdered(right.Type);
        if (leftIsOrdered && rightIsOrdered && universe.Lattice.Join(left.Type, right.Type) is not null)
        {
            return Typed.Sound(SchemaType.Bool).If(left.IsSound && right.IsSound);
        }

        // A number on one side asks for a number on the other; otherwise the left side sets the tone.
        if (rightIsOrdered && (!leftIsOrdered || right.Type is LongSchemaType) && left.Type is not LongSchemaType)
        {
            Unexpected(binary.Left, TypeText.One(right.Type), left.Type, Comparisons(left.Type));
        }
        else if (leftIsOrdered)
        {
            Unexpected(binary.Right, TypeText.One(left.Type), right.Type, Comparisons(right.Type));
        }
        else
        {
            Unexpected(binary.Left, "a Long, a datetime or a duration", left.Type, Comparisons(left.Type));
            Unexpected(binary.Right, "a Long, a datetime or a duration", right.Type, Comparisons(right.Type));
        }

        return Typed.Unsound(SchemaType.Bool);
    }

    private static bool IsOrdered(SchemaType type) => type is LongSchemaType or ExtensionSchemaType { Name: "datetime" or "duration" };

    private static string? Comparisons(SchemaType type) => type is ExtensionSchemaType { Name: "decimal" }
        ? "Decimals are compared with `.lessThan()`, `.lessThanOrEqual()`, `.greaterThan()` and `.greaterThanOrEqual()`."
        : null;

    private Typed Arithmetic(BinaryExpression binary, Capabilities known)
    {
        string? Hint(SchemaType type) => type switch
        {
            StringSchemaType when binary.Operator == BinaryOperator.Add =>
                "Cedar has no concatenation of strings; put the whole string into the data.",
            SetSchemaType => "Cedar has no union or difference of sets; use `contains`, `containsAll` or `containsAny`.",
            ExtensionSchemaType { Name: "datetime" or "duration" } => "Add a duration with `.offset()`, subtract datetimes with `.durationSince()`.",
            _ => null,
        };

        Typed left = ExpectLong(binary.Left, known, Hint);
        Typed right = ExpectLong(binary.Right, known, Hint);
        return Typed.Sound(SchemaType.Long).If(left.IsSound && right.IsSound);
    }

    // The left side comes checked: checking it here again would double the work at each level of `x is T in y` inside another one.
    private Typed In(Expression member, Typed left, Expression group, Capabilities known)
    {
        Typed right = Expect(
            group, known, static type => type is EntitySchemaType or SetSchemaType { Element: EntitySchemaType }, "an entity or a set of entities",
            static type => type switch
            {
                SetSchemaType => "To ask whether a value is in a set write `set.contains(value)`.",
                StringSchemaType => "To look into a string use `like`.",
                _ => null,
            });
        if (!left.IsSound || !right.IsSound)
        {
            return Typed.Unsound(SchemaType.Bool);
        }

        if (LiteralOrAction(member) is EntityUid uid && Names.IsActionType(uid.Type) && Groups(group) is { } groups)
        {
            IReadOnlySet<EntityUid> ancestors = universe.Schema.Actions[uid].Ancestors;
            return Typed.Sound(KnownBool.Of(groups.Exists(candidate => candidate == uid || ancestors.Contains(candidate))));
        }

        SchemaType target = right.Type is SetSchemaType set ? set.Element : right.Type!;
        return Typed.Sound(
            left.Type is EntitySchemaType descendant && target is EntitySchemaType ancestor && !universe.MayBeIn(descendant.Name, ancestor.Name)
                ? KnownBool.False
                : SchemaType.Bool);
    }

    private List<EntityUid>? Groups(Expression group)
    {
        if (LiteralOrAction(group) is EntityUid single)
        {
            return [single];
        }

        if (group is not SetExpression set)
        {
            return null;
        }

        var groups = new List<EntityUid>(set.Items.Count);
        foreach (Expression item in set.Items)
        {
            if (LiteralOrAction(item) is not EntityUid uid)
            {
                return null;
            }

            groups.Add(uid);
        }

        return groups;
    }

    private Typed Contains(BinaryExpression binary, Capabilities known)
    {
        Typed set = ExpectSet(binary.Left, known, NoSet);
        Typed element = Check(binary.Right, known);
        return Compatible(binary, "The elements of the set and the argument of `contains`", (set.Type as SetSchemaType)?.Element, element.Type)
            .If(set.IsSound && element.IsSound);
    }

    private Typed ContainsSet(BinaryExpression binary, Capabilities known)
    {
        Typed left = ExpectSet(binary.Left, known, NoSet);
        Typed right = ExpectSet(binary.Right, known, static _ => "To ask for a single element use `contains`.");
        return Compatible(binary, "The two sets", left.Type, right.Type).If(left.IsSound && right.IsSound);
    }

    private static string? NoSet(SchemaType type) => type switch
    {
        EntitySchemaType => "Membership of an entity in another one is asked with `in`.",
        RecordSchemaType => "Whether a record has an attribute is asked with `has`.",
        StringSchemaType => "To look into a string use `like`.",
        _ => null,
    };
}
