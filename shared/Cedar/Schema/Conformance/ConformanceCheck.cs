namespace AccessGov.Cedar;

/// <summary>Compares entities, requests and values with what the schema says. Recursion is bounded by the depth of the types.</summary>
internal sealed class ConformanceCheck(Schema schema, ConformanceErrors errors)
{
    public void Check(Entity entity)
    {
        if (errors.IsFull)
        {
            return;
        }

        errors.Entity = entity.Uid;
        errors.Begin("uid");
        if (Names.IsActionType(entity.Uid.Type))
        {
            CheckAction(entity);
        }
        else if (schema.EntityTypes.TryGetValue(entity.Uid.Type, out SchemaEntityType? type))
        {
            CheckUid(entity.Uid);
            errors.Begin("attrs");
            CheckRecord(entity.Attributes, type.Attributes);
            CheckParents(entity, type);
            CheckTags(entity, type);
        }
        else
        {
            errors.Add($"`{entity.Uid.Type}` is not an entity type of the schema{Near(entity.Uid.Type)}.");
        }
    }

    public void Check(in Request request)
    {
        errors.Entity = null;
        errors.Begin("action");
        if (!schema.Actions.TryGetValue(request.Action, out SchemaAction? action))
        {
            errors.Add($"{request.Action} is not an action of the schema.");
            return;
        }

        errors.Begin("principal");
        CheckSubject(request.Principal, action, action.PrincipalTypes);
        errors.Begin("resource");
        CheckSubject(request.Resource, action, action.ResourceTypes);
        errors.Begin("context");
        CheckRecord(request.Context, action.Context);
    }

    public void CheckContext(RecordValue context, SchemaAction action)
    {
        errors.Begin("context");
        CheckRecord(context, action.Context);
    }

    private void CheckSubject(EntityUid uid, SchemaAction action, IReadOnlyList<string> types)
    {
        if (types.Count == 0)
        {
            errors.Add($"{action.Uid} applies to nothing: it is a group of actions.");
        }
        else if (!types.Contains(uid.Type, StringComparer.Ordinal))
        {
            errors.Add($"{uid} is a `{uid.Type}`, but {action.Uid} applies to {Listed(types)}.");
        }
        else
        {
            CheckUid(uid);
        }
    }

    private void CheckAction(Entity entity)
    {
        if (!schema.Actions.TryGetValue(entity.Uid, out SchemaAction? action))
        {
            errors.Add("This is not an action of the schema; actions are taken from the schema and need not be given.");
            return;
        }

        var above = new HashSet<EntityUid>(entity.Parents);
        foreach (EntityUid parent in entity.Parents)
        {
            above.UnionWith(schema.Actions.TryGetValue(parent, out SchemaAction? group) ? group.Ancestors : []);
        }

        if (entity.Attributes.Count > 0 || entity.Tags.Count > 0 || !above.SetEquals(action.Ancestors))
        {
            errors.Add("The action differs from the schema, which gives it no attributes and no tags and puts it into "
                + (action.Ancestors.Count == 0 ? "no group." : $"{string.Join(", ", action.Ancestors.Take(10))}."));
        }
    }

    private void CheckParents(Entity entity, SchemaEntityType type)
    {
        errors.Begin("parents");
        foreach (EntityUid parent in entity.Parents.TakeWhile(_ => !errors.IsFull))
        {
            if (type.Ancestors.Contains(parent.Type))
            {
                CheckUid(parent);
            }
            else
            {
                errors.Add(type.Ancestors.Count == 0
                    ? $"A `{type.Name}` has no parents, so not {parent}."
                    : $"{parent} cannot be a parent of a `{type.Name}`; expected {Listed(type.Ancestors)}.");
            }
        }
    }

    private void CheckTags(Entity entity, SchemaEntityType type)
    {
        errors.Begin("tags");
        if (type.Tags is null && entity.Tags.Count > 0)
        {
            errors.Add($"A `{type.Name}` has no tags.");
            return;
        }

        for (int i = 0; i < entity.Tags.Count && !errors.IsFull; i++)
        {
            errors.Enter(entity.Tags.Names[i]);
            CheckValue(entity.Tags.Values[i], type.Tags!);
            errors.Leave();
        }
    }

    private void CheckValue(Value value, SchemaType type)
    {
        switch (type)
        {
            case BoolSchemaType when value is BoolValue:
            case LongSchemaType when value is LongValue:
            case StringSchemaType when value is StringValue:
                break;
            case ExtensionSchemaType extension when value.TypeName.Equals(extension.Name, StringComparison.Ordinal):
                break;
            case EntitySchemaType expected when value is EntityUid uid && uid.Type.Equals(expected.Name, StringComparison.Ordinal):
                CheckUid(uid);
                break;
            case SetSchemaType set when value is SetValue members:
                errors.EnterMember();
                foreach (Value member in members.Members)
                {
                    CheckValue(member, set.Element);
                }

                errors.Leave();
                break;
            case RecordSchemaType record when value is RecordValue attributes:
                CheckRecord(attributes, record);
                break;
            default:
                errors.Add($"Expected {Describe(type)}, found {value.TypeName}.");
                break;
        }
    }

    private void CheckRecord(RecordValue record, RecordSchemaType type)
    {
        foreach ((string name, SchemaAttribute attribute) in type.Attributes)
        {
            if (errors.IsFull)
            {
                return;
            }

            if (attribute.IsRequired && record.Find(name) is null)
            {
                errors.Enter(name);
                errors.Add($"This is required and missing; expected {Describe(attribute.Type)}.");
                errors.Leave();
            }
        }

        for (int i = 0; i < record.Count && !errors.IsFull; i++)
        {
            errors.Enter(record.Names[i]);
            if (type.Attributes.TryGetValue(record.Names[i], out SchemaAttribute? attribute))
            {
                CheckValue(record.Values[i], attribute.Type);
            }
            else
            {
                errors.Add($"This is not declared; expected {(type.Attributes.Count == 0 ? "no attributes" : Listed(type.Attributes.Keys))}.");
            }

            errors.Leave();
        }
    }

    private void CheckUid(EntityUid uid)
    {
        if (errors.IsFull)
        {
            return;
        }

        if (schema.EntityTypes.TryGetValue(uid.Type, out SchemaEntityType? type))
        {
            if (!type.Allows(uid.Id))
            {
                errors.Add($"There is no {uid}: the ids of `{uid.Type}` are {Listed(type.Choices!.Select(ValueText.Quote))}.");
            }
        }
        else if (!schema.Actions.ContainsKey(uid))
        {
            errors.Add($"{uid} is not an action of the schema.");
        }
    }

    private string Near(string name)
    {
        string? near = schema.EntityTypes.Keys.FirstOrDefault(known =>
            known.EndsWith($"::{name}", StringComparison.Ordinal) || known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return near is null ? "" : $"; is `{near}` meant?";
    }

    private static string Listed(IEnumerable<string> names)
    {
        string[] shown = [.. names.Order(StringComparer.Ordinal).Take(11)];
        return shown.Length > 10 ? $"{string.Join(", ", shown.Take(10))}, ..." : string.Join(", ", shown);
    }

    private static string Describe(SchemaType type) => type switch
    {
        BoolSchemaType => "Bool",
        LongSchemaType => "Long",
        StringSchemaType => "String",
        EntitySchemaType entity => entity.Name,
        ExtensionSchemaType extension => extension.Name,
        SetSchemaType set => $"Set<{Describe(set.Element)}>",
        _ => "a record",
    };
}
