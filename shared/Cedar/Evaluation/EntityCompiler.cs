namespace AccessGov.Cedar;

/// <summary>What reads entities: attributes, <c>has</c>, <c>in</c>, <c>is</c> and tags.</summary>
internal static class EntityCompiler
{
    public static Compiled Attribute(AttributeExpression attribute, int depth)
    {
        string name = attribute.Name;
        if (attribute.Target is VariableExpression variable)
        {
            return new(OfVariable(variable.Variable, name));
        }

        Compiled target = ExpressionCompiler.Compile(attribute.Target, depth);
        Evaluation code = target.Code;
        Evaluation access = (in frame) => Operations.Attribute(in frame, code(in frame), name);
        return target.Constant is EntityUid ? new(access) : Compiled.Pure(access, target);
    }

    public static Compiled Has(HasExpression has, int depth)
    {
        if (has.Path.Count == 1 && has.Target is VariableExpression variable)
        {
            return new(VariableHas(variable.Variable, has.Path[0]));
        }

        Evaluation code = ExpressionCompiler.Compile(has.Target, depth).Code;
        string[] path = [.. has.Path];
        return new((in frame) => HasPath(in frame, code(in frame), path));
    }

    public static Compiled In(Compiled left, Compiled right)
    {
        (Evaluation code, Evaluation group) = (left.Code, right.Code);
        return right.Constant switch
        {
            EntityUid uid => new(InOne(code, uid)),
            SetValue set when OnlyEntities(set) is { } uids => new(InSome(code, uids)),
            _ => new((in frame) => Operations.In(in frame, code(in frame), group(in frame))),
        };
    }

    public static Compiled Is(IsExpression test, int depth)
    {
        Evaluation code = ExpressionCompiler.Compile(test.Target, depth).Code;
        string type = test.EntityType;
        if (test.In is null)
        {
            return new((in frame) => IsOfType(code(in frame), type));
        }

        Evaluation group = ExpressionCompiler.Compile(test.In, depth).Code;
        return new((in frame) =>
        {
            Value target = code(in frame);
            Value isOfType = IsOfType(target, type);
            return ReferenceEquals(isOfType, BoolValue.True) ? Operations.In(in frame, target, group(in frame)) : isOfType;
        });
    }

    public static Compiled HasTag(Compiled target, Compiled key)
    {
        (Evaluation code, Evaluation name) = (target.Code, key.Code);
        return new((in frame) => Operations.HasTag(in frame, code(in frame), name(in frame)));
    }

    public static Compiled GetTag(Compiled target, Compiled key)
    {
        (Evaluation code, Evaluation name) = (target.Code, key.Code);
        return new((in frame) => Operations.GetTag(in frame, code(in frame), name(in frame)));
    }

    private static Evaluation OfVariable(Variable variable, string name) => variable switch
    {
        Variable.Principal => (in frame) => OfEntity(frame.PrincipalEntity, frame.Principal, name),
        Variable.Action => (in frame) => OfEntity(frame.Find(frame.Action), frame.Action, name),
        Variable.Resource => (in frame) => OfEntity(frame.ResourceEntity, frame.Resource, name),
        _ => (in frame) => frame.Context.Find(name) ?? Operations.NoAttribute(name),
    };

    private static Value OfEntity(Entity? entity, EntityUid uid, string name) =>
        entity is null ? Failure.NoEntity(uid) : Operations.OfEntity(entity, name);

    private static Evaluation VariableHas(Variable variable, string name) => variable switch
    {
        Variable.Principal => (in frame) => Value.Of(frame.PrincipalEntity?.Attributes.Find(name) is not null),
        Variable.Action => (in frame) => Value.Of(frame.Find(frame.Action)?.Attributes.Find(name) is not null),
        Variable.Resource => (in frame) => Value.Of(frame.ResourceEntity?.Attributes.Find(name) is not null),
        _ => (in frame) => Value.Of(frame.Context.Find(name) is not null),
    };

    // `e has a.b` is `e has a && e.a has b`: each step but the last reads the attribute that it has found.
    private static Value HasPath(in EvaluationFrame frame, Value target, string[] path)
    {
        for (int i = 0; i < path.Length; i++)
        {
            Value found = Operations.Has(in frame, target, path[i]);
            if (!ReferenceEquals(found, BoolValue.True) || i == path.Length - 1)
            {
                return found;
            }

            target = Operations.Attribute(in frame, target, path[i]);
        }

        return BoolValue.True;
    }

    private static Evaluation InOne(Evaluation code, EntityUid group) => (in frame) =>
    {
        Value value = code(in frame);
        return value is EntityUid uid ? Value.Of(frame.IsIn(uid, group)) : Operations.Mistyped(value, Operations.AnyEntity);
    };

    private static Evaluation InSome(Evaluation code, EntityUid[] groups) => (in frame) =>
    {
        Value value = code(in frame);
        if (value is not EntityUid uid)
        {
            return Operations.Mistyped(value, Operations.AnyEntity);
        }

        foreach (EntityUid group in groups)
        {
            if (frame.IsIn(uid, group))
            {
                return BoolValue.True;
            }
        }

        return BoolValue.False;
    };

    private static EntityUid[]? OnlyEntities(SetValue set)
    {
        var uids = new EntityUid[set.Count];
        for (int i = 0; i < uids.Length; i++)
        {
            if (set.Members[i] is not EntityUid uid)
            {
                return null;
            }

            uids[i] = uid;
        }

        return uids;
    }

    private static Value IsOfType(Value value, string type) => value is EntityUid uid
        ? Value.Of(string.Equals(uid.Type, type, StringComparison.Ordinal))
        : Operations.Mistyped(value, Operations.AnyEntity);
}
