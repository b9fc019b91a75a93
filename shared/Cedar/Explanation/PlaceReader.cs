namespace AccessGov.Cedar;

/// <summary>What reads the request and the entities, each read with the place it read, found or missing.</summary>
internal sealed class PlaceReader(SourceText source, EvaluationFrame frame, Redaction redaction)
{
    public ExplanationNode OfVariable(VariableExpression variable, bool reached)
    {
        (Value value, ValuePlace place) = variable.Variable switch
        {
            Variable.Principal => ((Value)frame.Principal, ValuePlace.Identity(PlaceRoot.Principal, frame.Principal)),
            Variable.Action => (frame.Action, ValuePlace.Identity(PlaceRoot.Action, frame.Action)),
            Variable.Resource => (frame.Resource, ValuePlace.Identity(PlaceRoot.Resource, frame.Resource)),
            _ => (frame.Context, ValuePlace.Context),
        };
        return new ExplanationNode(source, variable, value, reached) { Datum = place, IsHidden = redaction.Hides(place, value) };
    }

    public ExplanationNode Attribute(AttributeExpression attribute, ExplanationNode target, bool reached)
    {
        Value value = Operations.Attribute(in frame, target.Raw, attribute.Name);
        ValuePlace? place = MemberOf(target.Datum, target.Raw, attribute.Name);
        return Read(attribute, value, place, reached, target);
    }

    public ExplanationNode Has(HasExpression has, ExplanationNode target, bool reached)
    {
        Value value = target.Raw;
        Value? outcome = null;
        ValuePlace? place = target.Datum;
        bool behind = IsBehind(target);
        foreach (string name in has.Path)
        {
            behind |= place is not null && value is EntityUid && redaction.Hides(place, value);
            place = MemberOf(place, value, name);
            if (outcome is null)
            {
                Value found = Operations.Has(in frame, value, name);
                outcome = ReferenceEquals(found, BoolValue.True) ? null : found;
                value = outcome ?? Operations.Attribute(in frame, value, name);
            }
        }

        // That something is there is a truth like any other; only an error can tell what it is.
        return new ExplanationNode(source, has, outcome ?? BoolValue.True, reached, target)
        {
            Datum = place,
            IsBehindHidden = behind,
            IsHidden = outcome is Failure && (behind || target.IsHidden),
        };
    }

    public ExplanationNode Tag(BinaryExpression access, ExplanationNode target, ExplanationNode key, bool reached)
    {
        bool asks = access.Operator == BinaryOperator.HasTag;
        Value value = asks ? Operations.HasTag(in frame, target.Raw, key.Raw) : Operations.GetTag(in frame, target.Raw, key.Raw);
        ValuePlace? place = target.Raw is EntityUid uid && key.Raw is StringValue name ? ValuePlace.Tag(RootOf(target.Datum, uid), uid, name.Text) : null;
        return asks
            ? new ExplanationNode(source, access, value, reached, target, key)
            {
                Datum = place,
                IsBehindHidden = key.IsHidden || IsBehind(target),
                IsHidden = value is Failure && (key.IsHidden || target.IsHidden),
            }
            : Read(access, value, place, reached, target, key);
    }

    private ExplanationNode Read(Expression expression, Value value, ValuePlace? place, bool reached, params ExplanationNode[] operands)
    {
        ExplanationNode target = operands[0];
        bool behind = operands.Skip(1).Any(key => key.IsHidden) || IsBehind(target);
        return new ExplanationNode(source, expression, value, reached, operands)
        {
            Datum = place,
            IsBehindHidden = behind,
            IsHidden = behind || (place is not null && redaction.Hides(place, value)),
        };
    }

    // A record with a place is judged member by member; of anything else the whole is hidden or shown.
    private static bool IsBehind(ExplanationNode target) =>
        target.Raw is RecordValue && target.Datum is not null ? target.IsBehindHidden : target.IsHidden;

    /// <summary>
    /// The place of a member: of an entity its attribute, of a record that has a place what lies in it. What is missing counts as a
    /// record, so that the place of what would have been read in it is known.
    /// </summary>
    private ValuePlace? MemberOf(ValuePlace? target, Value value, string name) => value switch
    {
        EntityUid uid => ValuePlace.Attribute(RootOf(target, uid), uid, name),
        RecordValue or Failure or BoolValue { IsTrue: false } when target is { Kind: not PlaceKind.Identity } => target.Member(name),
        _ => null,
    };

    private PlaceRoot RootOf(ValuePlace? variable, EntityUid uid) =>
        variable is { Kind: PlaceKind.Identity } ? variable.Root
        : uid.Equals(frame.Principal) ? PlaceRoot.Principal
        : uid.Equals(frame.Resource) ? PlaceRoot.Resource
        : uid.Equals(frame.Action) ? PlaceRoot.Action
        : PlaceRoot.Entity;
}
