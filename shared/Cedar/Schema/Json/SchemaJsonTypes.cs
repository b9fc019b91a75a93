namespace AccessGov.Cedar;

/// <summary>Reads the types, attributes and annotations of a schema written as JSON.</summary>
internal static class SchemaJsonTypes
{
    private static readonly string[] TypeFields = ["type", "element", "attributes", "additionalAttributes", "name"];

    /// <summary>Whether <paramref name="type"/> is a kind of type rather than the name of a common one.</summary>
    public static bool IsKind(string type) =>
        type is "String" or "Long" or "Boolean" or "Set" or "Record" or "Entity" or "EntityOrCommon" or "Extension";

    /// <summary>A type, whose object may have the keys <paramref name="company"/> that belong to what has the type.</summary>
    public static TypeTree Read(SchemaJsonCursor content, int depth, params ReadOnlySpan<string> company)
    {
        Dictionary<string, SchemaJsonCursor> fields = content.Fields("A type", [.. TypeFields, .. company]);
        string kind = fields.TryGetValue("type", out SchemaJsonCursor type) ? type.Text("`type`") : throw content.Fail("A type needs the key `type`.");
        switch (kind)
        {
            case "String" or "Long" or "Boolean":
                Only(fields, kind);
                return new PrimitiveTree(content.Place, kind is "Boolean" ? "Bool" : kind);
            case "Set":
                Only(fields, kind, "element");
                return new SetTree(content.Place, Read(Needed(fields, content, kind, "element"), Deeper(content, depth)));
            case "Record":
                Only(fields, kind, "attributes", "additionalAttributes");
                return Record(content, fields, Deeper(content, depth));
            case "Entity":
                Only(fields, kind, "name");
                return new NamedTree(content.Place, Needed(fields, content, kind, "name").TypeName("`name`"), NameKinds.Entity);
            case "EntityOrCommon":
                Only(fields, kind, "name");
                return new NamedTree(content.Place, Needed(fields, content, kind, "name").TypeName("`name`"), NameKinds.EntityOrCommon);
            case "Extension":
                Only(fields, kind, "name");
                return new ExtensionTree(content.Place, Needed(fields, content, kind, "name").TypeName("`name`"));
            default:
                Only(fields, kind);
                return new NamedTree(content.Place, type.TypeName("`type`"), NameKinds.Common);
        }
    }

    public static List<NameReference> EntityTypes(SchemaJsonCursor content, string what) =>
        [.. content.Items(what).Select(item => new NameReference(item.Place, item.TypeName("The name of an entity type")))];

    public static SchemaAnnotations AnnotationsOf(SchemaJsonCursor content) =>
        Annotations(content.Members("A type").ToDictionary(StringComparer.Ordinal));

    /// <summary>The annotations among the fields of what has them; <c>null</c> stands for an annotation without a value.</summary>
    public static SchemaAnnotations Annotations(Dictionary<string, SchemaJsonCursor> fields)
    {
        if (!fields.TryGetValue("annotations", out SchemaJsonCursor content))
        {
            return SchemaAnnotations.None;
        }

        var annotations = new SchemaAnnotations();
        foreach ((string name, SchemaJsonCursor value) in content.Members("`annotations`"))
        {
            if (!Names.IsWord(name))
            {
                throw value.Fail($"{ValueText.Quote(name)} cannot name an annotation; expected an identifier.");
            }

            annotations.Add(KeyValuePair.Create(name, value.IsNull ? "" : value.Text("The value of an annotation")));
        }

        return annotations;
    }

    private static RecordTree Record(SchemaJsonCursor content, Dictionary<string, SchemaJsonCursor> fields, int depth)
    {
        SchemaJsonCursor attributes = Needed(fields, content, "Record", "attributes");
        if (fields.TryGetValue("additionalAttributes", out SchemaJsonCursor additional) && additional.Boolean("`additionalAttributes`"))
        {
            throw additional.Fail("A record has exactly the attributes declared; leave `additionalAttributes` out or make it false.");
        }

        return new RecordTree(content.Place, [.. attributes.Members("`attributes`").Select(pair => Attribute(pair.Key, pair.Value, depth))]);
    }

    private static AttributeTree Attribute(string name, SchemaJsonCursor content, int depth)
    {
        TypeTree type = Read(content, depth, "required", "annotations");
        Dictionary<string, SchemaJsonCursor> fields = content.Members("An attribute").ToDictionary(StringComparer.Ordinal);
        bool isRequired = !fields.TryGetValue("required", out SchemaJsonCursor required) || required.Boolean("`required`");
        return new AttributeTree(content.Place, name, isRequired, Annotations(fields), type);
    }

    private static SchemaJsonCursor Needed(Dictionary<string, SchemaJsonCursor> fields, SchemaJsonCursor content, string kind, string name) =>
        fields.TryGetValue(name, out SchemaJsonCursor field) ? field : throw content.Fail($"A type of the kind {kind} needs `{name}`.");

    private static void Only(Dictionary<string, SchemaJsonCursor> fields, string kind, params ReadOnlySpan<string> allowed)
    {
        foreach (string name in TypeFields.AsSpan(1))
        {
            if (allowed.IndexOf(name) < 0 && fields.TryGetValue(name, out SchemaJsonCursor field))
            {
                throw field.Fail($"A type of the kind {kind} has no `{name}`.");
            }
        }
    }

    private static int Deeper(SchemaJsonCursor content, int depth) => depth < TypeTree.DepthMax
        ? depth + 1
        : throw content.Fail($"The type nests sets and records deeper than {TypeTree.DepthMax}.");
}
