using System.Runtime.CompilerServices;

namespace AccessGov.Cedar;

/// <summary>
/// The strict type rules, for one policy in one environment at a time. After an error it goes on with the type the expression would have,
/// so that one reading finds every mistake. What cannot be reached (behind <c>false &amp;&amp;</c>, say) is not checked: that is what
/// makes <c>principal is Nurse &amp;&amp; principal.ward</c> right.
/// </summary>
/// <remarks>
/// By the Lean specification (cedar-spec, Cedar/Validation/Typechecker.lean); where the official implementation goes on after an error, so
/// does this one, at the same places. Recursion is bounded by the height of the tree, which the parser bounds.
/// </remarks>
internal sealed partial class Typechecker(TypeUniverse universe, Findings findings)
{
    private readonly ExpressionShapes shapes = new();

    /// <summary>The request that is assumed. It may change between two checks.</summary>
    public required RequestEnvironment Environment { get; set; }

    /// <summary>When set, the type of every expression that is reached is noted here.</summary>
    public Dictionary<Expression, SchemaType?>? Notes { get; set; }

    /// <summary>The type of a policy's condition, which must be Boolean.</summary>
    public Typed CheckCondition(Expression condition) => ExpectBool(condition, Capabilities.None);

    private Typed Check(Expression expression, Capabilities known)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Typed typed = expression switch
        {
            LiteralExpression literal => Literal(literal.Value),
            VariableExpression variable => Typed.Sound(TypeOf(variable.Variable)),
            UnaryExpression unary => Unary(unary, known),
            BinaryExpression binary => Binary(binary, known),
            LogicalExpression { IsAnd: true } conjunction => Conjunction(conjunction, known),
            LogicalExpression disjunction => Disjunction(disjunction, known),
            ConditionalExpression conditional => Conditional(conditional, known),
            AttributeExpression attribute => Attribute(attribute, known),
            HasExpression has => Has(has, known),
            LikeExpression like => Like(like, known),
            IsExpression test => Is(test, known),
            SetExpression set => Set(set, known),
            RecordExpression record => Record(record, known),
            CallExpression call => Call(call, known),
            _ => Unknown(expression),
        };
        if (Notes is not null)
        {
            Notes[expression] = typed.Type;
        }

        return typed;
    }

    private Typed Unknown(Expression expression)
    {
        findings.Error(
            ValidationErrorKind.InternalInvariantViolation, expression.Offset,
            $"The validator does not know the expression {expression.GetType().Name}.",
            "Report it with the policy and the schema; the policy may be right.");
        return Typed.Unsound(null);
    }

    // An entity that the schema does not declare has no type; the literal checks report it.
    private Typed Literal(Value value) => value switch
    {
        BoolValue boolean => Typed.Sound(KnownBool.Of(boolean.IsTrue)),
        LongValue => Typed.Sound(SchemaType.Long),
        StringValue => Typed.Sound(SchemaType.String),
        EntityUid uid when universe.Declares(uid) => Typed.Sound(universe.Reference(uid.Type)),
        _ => Typed.Unsound(null),
    };

    private SchemaType TypeOf(Variable variable) => variable switch
    {
        Variable.Principal => Environment.Principal,
        Variable.Resource => Environment.Resource,
        Variable.Action => universe.Reference(Environment.Action.Uid.Type),
        _ => Environment.Action.Context,
    };

    private Typed ExpectBool(Expression expression, Capabilities known) =>
        Expect(expression, known, static type => type is BoolSchemaType or KnownBool, "a Bool", null);

    private Typed ExpectString(Expression expression, Capabilities known, Func<SchemaType, string?>? hint = null) =>
        Expect(expression, known, static type => type is StringSchemaType, "a String", hint);

    private Typed ExpectLong(Expression expression, Capabilities known, Func<SchemaType, string?>? hint = null) =>
        Expect(expression, known, static type => type is LongSchemaType, "a Long", hint);

    private Typed ExpectEntity(Expression expression, Capabilities known, Func<SchemaType, string?>? hint = null) =>
        Expect(expression, known, static type => type is EntitySchemaType, "an entity", hint);

    private Typed ExpectSet(Expression expression, Capabilities known, Func<SchemaType, string?> hint) =>
        Expect(expression, known, static type => type is SetSchemaType, "a set", hint);

    /// <summary>The type of an expression whose place takes some types only; of another one there is no type to go on with.</summary>
    private Typed Expect(
        Expression expression, Capabilities known, Func<SchemaType, bool> isRight, string expected, Func<SchemaType, string?>? hint)
    {
        Typed typed = Check(expression, known);
        if (typed.Type is null || isRight(typed.Type))
        {
            return typed;
        }

        Unexpected(expression, expected, typed.Type, hint?.Invoke(typed.Type));
        return Typed.Unsound(null);
    }

    private void Unexpected(Expression expression, string expected, SchemaType actual, string? hint) => findings.Error(
        ValidationErrorKind.UnexpectedType, expression.Offset,
        $"This expression has the type {TypeText.Of(actual)} where {expected} is expected.",
        hint ?? $"Give {expected} here.");

    private Typed Like(LikeExpression like, Capabilities known)
    {
        Typed target = ExpectString(like.Target, known, static type =>
            type is EntitySchemaType ? "To test the type of an entity use `is`, to compare entities `==` or `in`." : null);
        return Typed.Sound(SchemaType.Bool).If(target.IsSound);
    }

    private Typed Is(IsExpression test, Capabilities known)
    {
        Typed target = ExpectEntity(test.Target, known, static _ => "Cedar tests the type of entities only.");
        Typed isType = target.Type is EntitySchemaType entity
            ? Typed.Sound(KnownBool.Of(string.Equals(entity.Name, test.EntityType, StringComparison.Ordinal))).If(target.IsSound)
            : Typed.Unsound(SchemaType.Bool);
        if (test.In is null || isType.IsFalse)
        {
            return isType;
        }

        Typed isIn = In(test.Target, target, test.In, known);
        SchemaType type = isIn.IsFalse ? KnownBool.False : SchemaType.Bool;
        return Typed.Sound(isIn.IsTrue ? isType.Type! : type).If(isType.IsSound && isIn.IsSound);
    }

    private Typed Set(SetExpression set, Capabilities known)
    {
        bool sound = true;
        bool complete = true;
        var types = new List<SchemaType>(set.Items.Count);
        foreach (Expression item in set.Items)
        {
            Typed typed = Check(item, known);
            sound &= typed.IsSound;
            complete &= typed.Type is not null;
            if (typed.Type is not null)
            {
                types.Add(typed.Type);
            }
        }

        if (set.Items.Count == 0)
        {
            findings.Error(
                ValidationErrorKind.EmptySetForbidden, set.Offset, "The elements of an empty set literal have no type.",
                "To ask whether a set is empty write `.isEmpty()`; otherwise name at least one element.");
            return Typed.Unsound(null);
        }

        if (!complete)
        {
            return Typed.Unsound(null);
        }

        SchemaType joined = types[0];
        foreach (SchemaType type in types)
        {
            if (universe.Lattice.Join(joined, type) is not { } next)
            {
                Incompatible(set.Offset, "The elements of this set", joined, type);
                return Typed.Unsound(null);
            }

            joined = next;
        }

        return Typed.Sound(new SetSchemaType(joined)).If(sound);
    }

    private Typed Record(RecordExpression record, Capabilities known)
    {
        bool sound = true;
        bool complete = true;
        var attributes = new Dictionary<string, SchemaAttribute>(record.Names.Count, StringComparer.Ordinal);
        for (int i = 0; i < record.Names.Count; i++)
        {
            Typed typed = Check(record.Values[i], known);
            sound &= typed.IsSound;
            complete &= typed.Type is not null;
            if (typed.Type is not null)
            {
                attributes.Add(record.Names[i], new SchemaAttribute(typed.Type, IsRequired: true));
            }
        }

        return complete ? Typed.Sound(new RecordSchemaType(attributes)).If(sound) : Typed.Unsound(null);
    }

    private void Incompatible(int offset, string what, SchemaType left, SchemaType right) => findings.Error(
        ValidationErrorKind.IncompatibleTypes, offset,
        $"{what} have the types {TypeText.Of(left)} and {TypeText.Of(right)}, which are not compatible.", universe.Lattice.WhyApart(left, right));
}
