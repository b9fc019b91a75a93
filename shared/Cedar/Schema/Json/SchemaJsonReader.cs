using System.Text;
using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>Reads a schema written as JSON, strictly: unknown and duplicate keys are refused, and so is what is only half there.</summary>
internal sealed class SchemaJsonReader(SchemaErrors errors)
{
    // A record takes three levels: its object, its attributes, the attribute.
    private const int JsonDepthMax = (3 * (TypeTree.DepthMax + 1)) + 16;

    public static List<NamespaceTree> Parse(ReadOnlyMemory<byte> utf8, string? file, SchemaErrors errors)
    {
        var namespaces = new List<NamespaceTree>();
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = JsonDepthMax });
            new SchemaJsonReader(errors).Read(new SchemaJsonCursor(document.RootElement, new JsonPlace(file, null, "")), namespaces);
        }
        catch (JsonException malformed)
        {
            errors.Add(new SchemaError(file, PositionOf(malformed, utf8.Span, file), null, $"This is not valid JSON: {malformed.Message}"));
        }

        return namespaces;
    }

    private static SourcePosition? PositionOf(JsonException malformed, ReadOnlySpan<byte> utf8, string? file)
    {
        if (malformed.LineNumber is not { } line || malformed.BytePositionInLine is not { } bytes)
        {
            return null;
        }

        int start = 0;
        for (long i = 0; i < line; i++)
        {
            start += utf8[start..].IndexOf((byte)'\n') + 1;
        }

        int end = (int)Math.Min(start + bytes, utf8.Length);
        int offset = Encoding.UTF8.GetCharCount(utf8[..end]);
        return new SourcePosition(file, offset, (int)line + 1, Encoding.UTF8.GetCharCount(utf8[start..end]) + 1);
    }

    private void Read(SchemaJsonCursor root, List<NamespaceTree> namespaces) => Guarded(() =>
    {
        foreach ((string name, SchemaJsonCursor content) in root.Members("A schema"))
        {
            Guarded(() => namespaces.Add(Namespace(name, content)));
        }
    });

    private void Guarded(Action read)
    {
        try
        {
            read();
        }
        catch (SchemaJsonFailureException failure)
        {
            errors.Add(failure.Place, failure.Message);
        }
    }

    private NamespaceTree Namespace(string name, SchemaJsonCursor content)
    {
        if (name is "entityTypes" or "actions" or "commonTypes")
        {
            throw content.Fail($"A schema holds namespaces; put `{name}` into one, into \"\" for the empty namespace.");
        }

        if (name.Length > 0 && !Names.IsNormalizedPath(name))
        {
            throw content.Fail($"{ValueText.Quote(name)} is not a namespace: expected identifiers joined by `::`, none of them reserved.");
        }

        if (name.Length > NamespaceTree.NameLengthMax)
        {
            throw content.Fail($"The name of a namespace is longer than {NamespaceTree.NameLengthMax} characters: {name}");
        }

        Dictionary<string, SchemaJsonCursor> fields = content.Fields("A namespace", "entityTypes", "actions", "commonTypes", "annotations");
        SchemaAnnotations annotations = SchemaJsonTypes.Annotations(fields);
        if (name.Length == 0 && annotations.Count > 0)
        {
            throw fields["annotations"].Fail("The empty namespace has no annotations.");
        }

        var home = new NamespaceTree(content.Place, name, annotations);
        Each(Required(fields, content, "entityTypes"), "entityTypes", (key, type) => home.EntityTypes.Add(EntityType(key, type)));
        Each(Required(fields, content, "actions"), "actions", (key, action) => home.Actions.Add(Action(key, action)));
        if (fields.TryGetValue("commonTypes", out SchemaJsonCursor commonTypes))
        {
            Each(commonTypes, "commonTypes", (key, type) => home.CommonTypes.Add(
                new CommonTypeTree(type.Place, Declared(key, type), SchemaJsonTypes.AnnotationsOf(type), SchemaJsonTypes.Read(type, 0, "annotations"))));
        }

        return home;
    }

    private static SchemaJsonCursor Required(Dictionary<string, SchemaJsonCursor> fields, SchemaJsonCursor content, string name) =>
        fields.TryGetValue(name, out SchemaJsonCursor field) ? field : throw content.Fail($"A namespace needs `{name}`, an object that may be empty.");

    private void Each(SchemaJsonCursor content, string what, Action<string, SchemaJsonCursor> read)
    {
        foreach ((string key, SchemaJsonCursor member) in content.Members($"`{what}`"))
        {
            Guarded(() => read(key, member));
        }
    }

    private static string Declared(string name, SchemaJsonCursor content) =>
        Names.IsNormalizedPath(name) && !name.Contains(':', StringComparison.Ordinal)
            ? name
            : throw content.Fail(
                $"{ValueText.Quote(name)} cannot name a type: expected one identifier that is not reserved; its namespace is the one around it.");

    private static EntityTypeTree EntityType(string name, SchemaJsonCursor content)
    {
        Dictionary<string, SchemaJsonCursor> fields = content.Fields("An entity type", "memberOfTypes", "shape", "tags", "enum", "annotations");
        SchemaAnnotations annotations = SchemaJsonTypes.Annotations(fields);
        if (!fields.TryGetValue("enum", out SchemaJsonCursor choices))
        {
            List<NameReference> parents = fields.TryGetValue("memberOfTypes", out SchemaJsonCursor types)
                ? SchemaJsonTypes.EntityTypes(types, "`memberOfTypes`")
                : [];
            TypeTree? shape = fields.TryGetValue("shape", out SchemaJsonCursor attributes) ? SchemaJsonTypes.Read(attributes, 0) : null;
            TypeTree? tags = fields.TryGetValue("tags", out SchemaJsonCursor tagType) ? SchemaJsonTypes.Read(tagType, 0) : null;
            return new EntityTypeTree(content.Place, Declared(name, content), annotations, parents, shape, tags, null);
        }

        foreach (string excluded in (string[])["memberOfTypes", "shape", "tags"])
        {
            if (fields.TryGetValue(excluded, out SchemaJsonCursor field))
            {
                throw field.Fail($"An enumerated entity type has nothing but its ids, so no `{excluded}`.");
            }
        }

        List<string> ids = [.. choices.Items("`enum`").Select(id => id.Text("An id"))];
        return ids.Count > 0
            ? new EntityTypeTree(content.Place, Declared(name, content), annotations, [], null, null, ids)
            : throw choices.Fail("`enum` needs at least one id.");
    }

    private static ActionTree Action(string name, SchemaJsonCursor content)
    {
        Dictionary<string, SchemaJsonCursor> fields = content.Fields("An action", "memberOf", "appliesTo", "attributes", "annotations");
        if (fields.TryGetValue("attributes", out SchemaJsonCursor attributes) && !attributes.IsNull)
        {
            throw attributes.Fail("Actions have no attributes; leave `attributes` out.");
        }

        List<ActionReference> parents = fields.TryGetValue("memberOf", out SchemaJsonCursor groups) && !groups.IsNull
            ? [.. groups.Items("`memberOf`").Select(Group)]
            : [];
        AppliesToTree? appliesTo = fields.TryGetValue("appliesTo", out SchemaJsonCursor applies) && !applies.IsNull ? AppliesTo(applies) : null;
        return new ActionTree(content.Place, name, SchemaJsonTypes.Annotations(fields), parents, appliesTo);
    }

    private static ActionReference Group(SchemaJsonCursor content)
    {
        Dictionary<string, SchemaJsonCursor> fields = content.Fields("A group of actions", "id", "type");
        string id = fields.TryGetValue("id", out SchemaJsonCursor text)
            ? text.Text("The id of an action")
            : throw content.Fail("A group of actions needs its `id`.");
        return new ActionReference(
            content.Place, fields.TryGetValue("type", out SchemaJsonCursor type) && !type.IsNull ? type.TypeName("The type of an action") : null, id);
    }

    private static AppliesToTree AppliesTo(SchemaJsonCursor content)
    {
        Dictionary<string, SchemaJsonCursor> fields = content.Fields("`appliesTo`", "principalTypes", "resourceTypes", "context");
        return new AppliesToTree(
            Types("principalTypes"),
            Types("resourceTypes"),
            fields.TryGetValue("context", out SchemaJsonCursor context) ? SchemaJsonTypes.Read(context, 0) : null);

        List<NameReference> Types(string name) => fields.TryGetValue(name, out SchemaJsonCursor types)
            ? SchemaJsonTypes.EntityTypes(types, $"`{name}`")
            : throw content.Fail($"`appliesTo` needs `{name}`, an array; an action that applies to nothing has no `appliesTo`.");
    }
}
