namespace AccessGov.Cedar;

/// <summary>Attributes and tags: whether they are there, and what it takes to read them.</summary>
internal sealed partial class Typechecker
{
    private Typed ExpectOwner(Expression expression, Capabilities known, Func<SchemaType, string?>? hint) => Expect(
        expression, known, static type => type is EntitySchemaType or RecordSchemaType, "an entity or a record", hint);

    private Typed Attribute(AttributeExpression access, Capabilities known)
    {
        Typed target = ExpectOwner(access.Target, known, null);
        if (target.Type is null)
        {
            return Typed.Unsound(null);
        }

        RecordSchemaType attributes = universe.AttributesOf(target.Type)!;
        if (!attributes.Attributes.TryGetValue(access.Name, out SchemaAttribute? attribute))
        {
            MissingAttribute(access, target.Type, attributes);
            return Typed.Unsound(null);
        }

        if (attribute.IsRequired || known.Contains(Capability.OfAttribute(shapes.Of(access.Target), access.Name)))
        {
            return Typed.Sound(attribute.Type).If(target.IsSound);
        }

        string owner = TypeText.OfPath(access.Target);
        findings.Error(
            ValidationErrorKind.UnsafeOptionalAttributeAccess, access.Offset,
            $"The attribute `{TypeText.Member(owner, access.Name)}` is optional ({Owner(access.Target, target.Type)}) and may be absent here.",
            $"Guard it with `{owner} has {TypeText.Name(access.Name)} && ...`.");
        return Typed.Unsound(attribute.Type);
    }

    private void MissingAttribute(AttributeExpression access, SchemaType target, RecordSchemaType attributes)
    {
        string suggestion = universe.Nearest.Find(access.Name, attributes.Attributes.Keys) is { } near ? $"Did you mean `{near}`?"
            : attributes.Attributes.Count > 0 ? $"There are {TypeText.List(attributes.Attributes.Keys)}."
            : "It has no attributes at all; declare the attribute in the schema.";
        findings.Error(
            ValidationErrorKind.UnsafeAttributeAccess, access.Offset,
            $"There is no attribute `{TypeText.Member(TypeText.OfPath(access.Target), access.Name)}` ({Owner(access.Target, target)}).", suggestion);
    }

    // Where a context comes from is its action; it has no name of its own.
    private string Owner(Expression expression, SchemaType type) => expression switch
    {
        VariableExpression { Variable: Variable.Context } => $"the context of {TypeText.Short(Environment.Action.Uid.ToString())}",
        _ when type is EntitySchemaType entity => $"entity type `{entity.Name}`",
        _ => $"record {TypeText.Of(type)}",
    };

    /// <summary>
    /// <c>target has a.b.c</c> is <c>target has a &amp;&amp; target.a has b &amp;&amp; target.a.b has c</c>; it is walked instead of
    /// written out, since the target need be checked only once.
    /// </summary>
    private Typed Has(HasExpression has, Capabilities known)
    {
        Typed target = ExpectOwner(has.Target, known, static type => type switch
        {
            SetSchemaType => "Whether a value is in a set is asked with `contains`.",
            StringSchemaType => "To look into a string use `like`.",
            _ => null,
        });
        if (target.Type is null)
        {
            return Typed.Unsound(SchemaType.Bool);
        }

        SchemaType owner = target.Type;
        int ownerShape = shapes.Of(has.Target);
        bool always = true;
        Capabilities guaranteed = Capabilities.None;
        for (int i = 0; i < has.Path.Count; i++)
        {
            string name = has.Path[i];
            if (universe.AttributesOf(owner) is not { } attributes)
            {
                return NoOwner(has, i, owner);
            }

            if (!attributes.Attributes.TryGetValue(name, out SchemaAttribute? attribute))
            {
                return Typed.Sound(KnownBool.False).If(target.IsSound);
            }

            // An entity may be missing from the data, whatever its type requires; a record is there.
            Capability capability = Capability.OfAttribute(ownerShape, name);
            always &= known.Contains(capability) || guaranteed.Contains(capability) || (attribute.IsRequired && owner is RecordSchemaType);
            guaranteed = guaranteed.And(Capabilities.Of(capability));
            (owner, ownerShape) = (attribute.Type, shapes.OfAttribute(ownerShape, name));
        }

        return Typed.Sound(always ? KnownBool.True : SchemaType.Bool, guaranteed).If(target.IsSound);
    }

    private Typed NoOwner(HasExpression has, int steps, SchemaType type)
    {
        string path = has.Path.Take(Math.Min(steps, 20)).Aggregate(TypeText.OfPath(has.Target), TypeText.Member);
        findings.Error(
            ValidationErrorKind.UnexpectedType, has.Offset,
            $"`{TypeText.Short(path)}` has the type {TypeText.Of(type)} where an entity or a record is expected.",
            $"End the path before `.{TypeText.Name(has.Path[steps])}`.");
        return Typed.Unsound(SchemaType.Bool);
    }

    private Typed HasTag(BinaryExpression binary, Capabilities known)
    {
        Typed entity = ExpectEntity(binary.Left, known);
        Typed tag = ExpectString(binary.Right, known);
        bool sound = entity.IsSound && tag.IsSound;
        if (entity.Type is not EntitySchemaType owner)
        {
            return Typed.Unsound(null);
        }

        if (universe.TagsOf(owner) is null)
        {
            return Typed.Sound(KnownBool.False).If(sound);
        }

        Capability capability = TagCapability(binary);
        return Typed.Sound(known.Contains(capability) ? KnownBool.True : SchemaType.Bool, Capabilities.Of(capability)).If(sound);
    }

    private Typed GetTag(BinaryExpression binary, Capabilities known)
    {
        Typed entity = ExpectEntity(binary.Left, known);
        Typed tag = ExpectString(binary.Right, known);
        if (entity.Type is not EntitySchemaType owner)
        {
            return Typed.Unsound(null);
        }

        if (universe.TagsOf(owner) is not { } type)
        {
            findings.Error(
                ValidationErrorKind.NoTagsAllowed, binary.Offset,
                $"Entities of the type `{owner.Name}` have no tags.", $"Declare `tags` for `{owner.Name}` in the schema, or read an attribute.");
            return Typed.Unsound(null);
        }

        if (known.Contains(TagCapability(binary)))
        {
            return Typed.Sound(type).If(entity.IsSound && tag.IsSound);
        }

        string target = TypeText.OfPath(binary.Left);
        string name = TypeText.OfPath(binary.Right);
        findings.Error(
            ValidationErrorKind.UnsafeTagAccess, binary.Offset,
            $"The tag {name} of `{target}` (entity type `{owner.Name}`) may be absent here.", $"Guard it with `{target}.hasTag({name}) && ...`.");
        return Typed.Unsound(null);
    }

    private Capability TagCapability(BinaryExpression binary) => Capability.OfTag(shapes.Of(binary.Left), shapes.Of(binary.Right));
}
