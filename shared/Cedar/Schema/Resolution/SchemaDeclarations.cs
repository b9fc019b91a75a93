namespace AccessGov.Cedar;

/// <summary>
/// Everything that all texts of one schema declare, by complete name, and what a name written in some namespace means: the namespace
/// itself before the empty one, and there a common type before an entity type before what Cedar has built in.
/// </summary>
internal sealed class SchemaDeclarations
{
    private static readonly string[] ReservedCommonTypes = ["Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String"];

    private readonly SchemaErrors errors;
    private readonly HashSet<string> actionTypes = new(StringComparer.Ordinal);

    public SchemaDeclarations(IEnumerable<NamespaceTree> namespaces, SchemaErrors errors)
    {
        this.errors = errors;
        foreach (NamespaceTree home in namespaces)
        {
            Declare(home);
        }

        RefuseShadowing();
    }

    public Dictionary<string, (NamespaceTree Home, CommonTypeTree Tree)> CommonTypes { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, (NamespaceTree Home, EntityTypeTree Tree)> EntityTypes { get; } = new(StringComparer.Ordinal);

    public Dictionary<EntityUid, (NamespaceTree Home, ActionTree Tree)> Actions { get; } = [];

    /// <summary>
    /// What <paramref name="name"/> means in <paramref name="home"/>: the complete name and the one kind it turned out to be, or null
    /// when nothing is declared by that name. A built-in type is a common type whose complete name starts with <c>__cedar::</c>.
    /// </summary>
    public (string Name, NameKinds Kind)? Find(NamespaceTree home, string name, NameKinds kinds)
    {
        foreach (string candidate in Candidates(home, name))
        {
            if (kinds.HasFlag(NameKinds.Common) && (CommonTypes.ContainsKey(candidate) || BuiltInTypes.Find(candidate) is not null))
            {
                return (candidate, NameKinds.Common);
            }

            if (kinds.HasFlag(NameKinds.Entity) && (EntityTypes.ContainsKey(candidate) || actionTypes.Contains(candidate)))
            {
                return (candidate, NameKinds.Entity);
            }

            // Cedar's own types have names in the empty namespace too, as far as nothing else is called so.
            if (kinds.HasFlag(NameKinds.Common) && !EntityTypes.ContainsKey(candidate) && BuiltInTypes.FindShort(candidate) is not null)
            {
                return ($"{Names.ReservedNamespace}::{candidate}", NameKinds.Common);
            }
        }

        return null;
    }

    /// <summary>The action that <paramref name="reference"/> means in <paramref name="home"/>, or null when there is none.</summary>
    public EntityUid? Find(NamespaceTree home, ActionReference reference) =>
        Candidates(home, reference.Type ?? "Action")
            .Select(type => new EntityUid(type, reference.Id))
            .FirstOrDefault(Actions.ContainsKey);

    /// <summary>A sentence about a name that means nothing; empty when nobody would read it.</summary>
    public string Complaint(NamespaceTree home, string name, NameKinds kinds)
    {
        if (errors.IsFull)
        {
            return "";
        }

        string kind = kinds switch
        {
            NameKinds.Common => "common type",
            NameKinds.Entity => "entity type",
            _ => "entity type or common type",
        };
        string looked = string.Join(" or ", Candidates(home, name).Select(candidate => $"`{TypeText.Short(candidate)}`"));
        return $"`{TypeText.Short(name)}` is not declared: there is no {kind} {looked}.{Hint(name, kinds)}";
    }

    public static IEnumerable<string> Candidates(NamespaceTree home, string name) =>
        home.Name.Length == 0 || name.Contains("::", StringComparison.Ordinal) ? [name] : [home.Qualify(name), name];

    private string Hint(string name, NameKinds kinds)
    {
        switch (name)
        {
            case "Boolean": return " The Boolean type is called Bool.";
            case "Set": return " A set needs the type of its elements: Set<String>.";
            case "Record": return " The type of a record is its attributes in braces.";
            default: break;
        }

        string last = LastPart(name);
        IEnumerable<string> entities = kinds.HasFlag(NameKinds.Entity) ? EntityTypes.Keys : [];
        IEnumerable<string> types = kinds.HasFlag(NameKinds.Common) ? CommonTypes.Keys.Concat(BuiltInTypes.ShortNames) : [];
        string? near = entities.Concat(types).FirstOrDefault(candidate => LastPart(candidate).Equals(last, StringComparison.OrdinalIgnoreCase));
        return near is null ? "" : $" Is `{near}` meant?";
    }

    private void Declare(NamespaceTree home)
    {
        foreach (CommonTypeTree type in home.CommonTypes)
        {
            if (ReservedCommonTypes.Contains(type.Name, StringComparer.Ordinal))
            {
                errors.Add(type.Place, $"`{type.Name}` is reserved and cannot name a common type; choose another name.");
            }
            else if (!CommonTypes.TryAdd(home.Qualify(type.Name), (home, type)))
            {
                errors.Add(type.Place, $"The type `{home.Qualify(type.Name)}` is declared twice; remove or rename one.");
            }
        }

        foreach (EntityTypeTree type in home.EntityTypes)
        {
            if (type.Name is "Action")
            {
                errors.Add(type.Place, "`Action` is the type of actions and cannot be declared; choose another name.");
            }
            else if (!EntityTypes.TryAdd(home.Qualify(type.Name), (home, type)))
            {
                errors.Add(type.Place, $"The entity type `{home.Qualify(type.Name)}` is declared twice; remove or rename one.");
            }
        }

        foreach (ActionTree action in home.Actions)
        {
            var uid = new EntityUid(home.Qualify("Action"), action.Name);
            actionTypes.Add(uid.Type);
            if (!Actions.TryAdd(uid, (home, action)))
            {
                errors.Add(action.Place, $"The action {uid} is declared twice; remove or rename one.");
            }
        }
    }

    // Otherwise adding a name to the empty namespace could silently change what the same name means elsewhere (RFC 70).
    private void RefuseShadowing()
    {
        foreach ((string name, SchemaPlace place) in CommonTypes.Select(type => (type.Key, type.Value.Tree.Place))
            .Concat(EntityTypes.Select(type => (type.Key, type.Value.Tree.Place))))
        {
            string last = LastPart(name);
            if (last.Length < name.Length && (CommonTypes.ContainsKey(last) || EntityTypes.ContainsKey(last)))
            {
                errors.Add(place, $"`{name}` shadows `{last}` of the empty namespace; rename one of them.");
            }
        }

        foreach ((EntityUid uid, (NamespaceTree home, ActionTree tree)) in Actions)
        {
            var shadowed = new EntityUid("Action", uid.Id);
            if (home.Name.Length > 0 && Actions.ContainsKey(shadowed))
            {
                errors.Add(tree.Place, $"{uid} shadows {shadowed} of the empty namespace; rename one of them.");
            }
        }
    }

    private static string LastPart(string name) => name[(name.LastIndexOf(':') + 1)..];
}

/// <summary>The types that Cedar itself declares in the namespace <c>__cedar</c>.</summary>
internal static class BuiltInTypes
{
    private static readonly Dictionary<string, SchemaType> Types = new(StringComparer.Ordinal)
    {
        ["Bool"] = SchemaType.Bool,
        ["Long"] = SchemaType.Long,
        ["String"] = SchemaType.String,
        ["ipaddr"] = new ExtensionSchemaType("ipaddr"),
        ["decimal"] = new ExtensionSchemaType("decimal"),
        ["datetime"] = new ExtensionSchemaType("datetime"),
        ["duration"] = new ExtensionSchemaType("duration"),
    };

    public static IEnumerable<string> ShortNames => Types.Keys;

    public static SchemaType? FindShort(string name) => Types.GetValueOrDefault(name);

    public static SchemaType? Find(string name) =>
        name.StartsWith("__cedar::", StringComparison.Ordinal) ? FindShort(name["__cedar::".Length..]) : null;

    public static SchemaType? FindExtension(string name) => FindShort(name) as ExtensionSchemaType;
}
