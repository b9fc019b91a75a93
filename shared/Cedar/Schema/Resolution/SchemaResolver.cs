namespace AccessGov.Cedar;

/// <summary>Turns the namespaces of all texts of a schema into the schema: every name complete, every rule checked.</summary>
internal sealed class SchemaResolver
{
    /// <summary>How many steps up the hierarchies of types and of actions are walked in all: parents times descendants.</summary>
    public const int StepsMax = 1_000_000;

    /// <summary>How many kinds of request there may be: pairs of a principal type and a resource type, over all actions.</summary>
    public const int PairsMax = 1_000_000;

    private readonly SchemaDeclarations declarations;
    private readonly TypeResolver types;
    private readonly SchemaErrors errors = new();
    private long steps;
    private long pairs;

    private SchemaResolver(IReadOnlyList<NamespaceTree> namespaces)
    {
        declarations = new SchemaDeclarations(namespaces, errors);
        types = new TypeResolver(declarations, errors);
    }

    /// <exception cref="SchemaException">The namespaces break a rule.</exception>
    public static Schema Resolve(IReadOnlyList<NamespaceTree> namespaces)
    {
        var resolver = new SchemaResolver(namespaces);
        resolver.types.ResolveCommonTypes();
        Schema schema = new(resolver.EntityTypes(), resolver.Actions());
        resolver.errors.ThrowIfAny();
        return schema;
    }

    private Dictionary<string, SchemaEntityType> EntityTypes()
    {
        var parents = declarations.EntityTypes.ToDictionary(
            type => type.Key,
            type => Declared(type.Value.Home, type.Value.Tree.Parents).ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal);
        var resolved = new Dictionary<string, SchemaEntityType>(StringComparer.Ordinal);
        foreach ((string name, (NamespaceTree home, EntityTypeTree tree)) in declarations.EntityTypes)
        {
            resolved[name] = new SchemaEntityType(
                name,
                parents[name],
                Closure(name, tree.Place, parents),
                types.ReadRecord(home, tree.Shape, $"The shape of `{name}`"),
                tree.Tags is null ? null : types.Read(home, tree.Tags),
                tree.Choices is null ? null : [.. tree.Choices.Distinct(StringComparer.Ordinal)]);
        }

        return resolved;
    }

    private Dictionary<EntityUid, SchemaAction> Actions()
    {
        Dictionary<EntityUid, HashSet<EntityUid>> parents =
            declarations.Actions.ToDictionary(action => action.Key, action => Groups(action.Value.Home, action.Value.Tree));
        var resolved = new Dictionary<EntityUid, SchemaAction>();
        foreach ((EntityUid uid, (NamespaceTree home, ActionTree tree)) in declarations.Actions)
        {
            HashSet<EntityUid> ancestors = Closure(uid, tree.Place, parents);
            if (ancestors.Contains(uid))
            {
                errors.Add(tree.Place, $"The action {uid} is in a group that is in {uid}: groups of actions may not form a cycle.");
            }

            List<string> principals = Declared(home, tree.AppliesTo?.Principals ?? []);
            List<string> resources = Declared(home, tree.AppliesTo?.Resources ?? []);
            RecordSchemaType context = types.ReadRecord(home, tree.AppliesTo?.Context, $"The context of {uid}");

            // Without one of the two there is no request, so the other and the context say nothing.
            bool applies = principals.Count > 0 && resources.Count > 0;
            pairs += (long)principals.Count * resources.Count;
            if (pairs > PairsMax)
            {
                errors.Add(tree.Place, $"The actions apply to more than {PairsMax} pairs of a principal type and a resource type; name groups of fewer types.");
                return resolved;
            }

            resolved[uid] = new SchemaAction(
                uid, parents[uid], ancestors, applies ? principals : [], applies ? resources : [], applies ? context : RecordSchemaType.Empty);
        }

        return resolved;
    }

    /// <summary>The complete names of entity types, each once.</summary>
    private List<string> Declared(NamespaceTree home, IReadOnlyList<NameReference> references)
    {
        var names = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (NameReference reference in references)
        {
            if (declarations.Find(home, reference.Name, NameKinds.Entity) is not var (name, _))
            {
                errors.Add(reference.Place, declarations.Complaint(home, reference.Name, NameKinds.Entity));
            }
            else if (!declarations.EntityTypes.ContainsKey(name))
            {
                errors.Add(reference.Place, $"`{name}` is the type of actions; expected a declared entity type here.");
            }
            else if (seen.Add(name))
            {
                names.Add(name);
            }
        }

        return names;
    }

    private HashSet<EntityUid> Groups(NamespaceTree home, ActionTree tree)
    {
        var groups = new HashSet<EntityUid>();
        foreach (ActionReference reference in tree.Parents)
        {
            if (declarations.Find(home, reference) is { } group)
            {
                groups.Add(group);
            }
            else
            {
                string looked = string.Join(
                    " nor ",
                    SchemaDeclarations.Candidates(home, reference.Type ?? "Action").Select(type => new EntityUid(type, reference.Id).ToString()));
                errors.Add(reference.Place, $"There is no action {looked}; declare it, as a group it needs no `appliesTo`.");
            }
        }

        return groups;
    }

    /// <summary>All ancestors of <paramref name="start"/>; itself among them when there is a cycle.</summary>
    private HashSet<T> Closure<T>(T start, SchemaPlace place, Dictionary<T, HashSet<T>> parents)
        where T : notnull
    {
        var found = new HashSet<T>(parents.Comparer);
        var rest = new Stack<T>([start]);
        while (rest.TryPop(out T? next))
        {
            steps += parents[next].Count;
            if (steps > StepsMax)
            {
                errors.Add(place, $"The hierarchy of types or actions takes more than {StepsMax} steps to walk; make it flatter.");
                return [];
            }

            foreach (T parent in parents[next])
            {
                if (found.Add(parent))
                {
                    rest.Push(parent);
                }
            }
        }

        return found;
    }
}
