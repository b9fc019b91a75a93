namespace AccessGov.Cedar;

/// <summary>Where something of a schema is written: an offset into a text, or a place in JSON.</summary>
internal readonly record struct SchemaPlace(SourceText? Text, int Offset, JsonPlace? Json)
{
    public static SchemaPlace InText(SourceText text, int offset) => new(text, offset, null);

    public SchemaError Error(string message) => Json is null
        ? new SchemaError(Text?.File, Text?.PositionOf(Offset), null, message)
        : new SchemaError(Json.File, null, Json.Pointer, message);
}

/// <summary>A place in JSON as a chain of keys: the pointer is put together only when an error needs it, for keys may be long.</summary>
internal sealed class JsonPlace(string? file, JsonPlace? parent, string key)
{
    public string? File => file;

    public string Pointer
    {
        get
        {
            var keys = new Stack<string>();
            for (JsonPlace place = this; place.Parent is { } above; place = above)
            {
                keys.Push(place.Key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
            }

            return string.Concat(keys.Select(step => $"/{step}"));
        }
    }

    private JsonPlace? Parent => parent;

    private string Key => key;

    public static implicit operator SchemaPlace(JsonPlace place) => new(null, 0, place);
}

/// <summary>Annotations in the order written; one without a value has the value <c>""</c>.</summary>
internal sealed class SchemaAnnotations : List<KeyValuePair<string, string>>
{
    public static readonly SchemaAnnotations None = [];
}

/// <summary>A namespace of one text or one JSON as written; the empty name is the empty namespace, which always comes first.</summary>
internal sealed class NamespaceTree(SchemaPlace place, string name, SchemaAnnotations annotations)
{
    /// <summary>How long a name may be: every declared name carries its namespace along.</summary>
    public const int NameLengthMax = 1_000;

    public SchemaPlace Place => place;

    public string Name => name;

    public SchemaAnnotations Annotations => annotations;

    public List<CommonTypeTree> CommonTypes { get; } = [];

    public List<EntityTypeTree> EntityTypes { get; } = [];

    public List<ActionTree> Actions { get; } = [];

    public bool IsEmpty => CommonTypes.Count == 0 && EntityTypes.Count == 0 && Actions.Count == 0;

    /// <summary>The complete name of what this namespace declares as <paramref name="declared"/>.</summary>
    public string Qualify(string declared) => name.Length == 0 ? declared : $"{name}::{declared}";
}

internal sealed record CommonTypeTree(SchemaPlace Place, string Name, SchemaAnnotations Annotations, TypeTree Type);

/// <summary>An entity type: with <c>Choices</c> (<c>enum</c>), or with parents, a shape (null means no attributes) and tags.</summary>
internal sealed record EntityTypeTree(
    SchemaPlace Place,
    string Name,
    SchemaAnnotations Annotations,
    IReadOnlyList<NameReference> Parents,
    TypeTree? Shape,
    TypeTree? Tags,
    IReadOnlyList<string>? Choices);

internal sealed record ActionTree(
    SchemaPlace Place,
    string Name,
    SchemaAnnotations Annotations,
    IReadOnlyList<ActionReference> Parents,
    AppliesToTree? AppliesTo);

internal sealed record AppliesToTree(IReadOnlyList<NameReference> Principals, IReadOnlyList<NameReference> Resources, TypeTree? Context);

/// <summary>A name of an entity type as written, so perhaps without its namespace.</summary>
internal sealed record NameReference(SchemaPlace Place, string Name);

/// <summary>An action as another one's group; the type is null when only the id is written.</summary>
internal sealed record ActionReference(SchemaPlace Place, string? Type, string Id);

/// <summary>A type as written.</summary>
internal abstract record TypeTree(SchemaPlace Place)
{
    /// <summary>How deep sets and records may nest in one type, common types replaced by what they stand for.</summary>
    public const int DepthMax = 100;
}

/// <summary><c>Bool</c>, <c>Long</c> or <c>String</c>, meant as such by JSON. In a text these are names.</summary>
internal sealed record PrimitiveTree(SchemaPlace Place, string Name) : TypeTree(Place);

/// <summary>An extension type, meant as such by JSON.</summary>
internal sealed record ExtensionTree(SchemaPlace Place, string Name) : TypeTree(Place);

internal sealed record SetTree(SchemaPlace Place, TypeTree Element) : TypeTree(Place);

internal sealed record RecordTree(SchemaPlace Place, IReadOnlyList<AttributeTree> Attributes) : TypeTree(Place);

internal sealed record NamedTree(SchemaPlace Place, string Name, NameKinds Kinds) : TypeTree(Place);

internal sealed record AttributeTree(SchemaPlace Place, string Name, bool IsRequired, SchemaAnnotations Annotations, TypeTree Type);

/// <summary>What a name may stand for.</summary>
[Flags]
internal enum NameKinds
{
    Common = 1,
    Entity = 2,
    EntityOrCommon = Common | Entity,
}
