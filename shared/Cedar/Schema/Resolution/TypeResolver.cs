namespace AccessGov.Cedar;

/// <summary>
/// Turns types as written into resolved ones. A common type is resolved once and shared, and how large and how deep it is when every
/// name is replaced is counted, so that a few lines cannot describe a type nobody could walk over.
/// </summary>
internal sealed class TypeResolver(SchemaDeclarations declarations, SchemaErrors errors)
{
    /// <summary>How many attributes, elements and names a type may have once common types are replaced by what they stand for.</summary>
    public const int SizeMax = 100_000;

    private static readonly Resolved Unknown = new(SchemaType.Bool, 0, 1);

    private readonly Dictionary<string, Resolved> commonTypes = new(StringComparer.Ordinal);

    private readonly record struct Resolved(SchemaType Type, int Depth, int Size);

    /// <summary>Resolves every common type, those first that others refer to. It walks with a stack of its own: the chain may be long.</summary>
    public void ResolveCommonTypes()
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        var path = new Stack<(string Name, List<string> References, int Next)>();
        foreach (string start in declarations.CommonTypes.Keys)
        {
            Enter(start);
            while (path.TryPop(out (string Name, List<string> References, int Next) step))
            {
                if (step.Next == step.References.Count)
                {
                    open.Remove(step.Name);
                    (NamespaceTree home, CommonTypeTree tree) = declarations.CommonTypes[step.Name];
                    commonTypes[step.Name] = Resolve(home, tree.Type);
                    continue;
                }

                path.Push((step.Name, step.References, step.Next + 1));
                Enter(step.References[step.Next]);
            }
        }

        void Enter(string name)
        {
            if (open.Contains(name))
            {
                if (!errors.IsFull)
                {
                    IEnumerable<string> cycle = path.Select(step => step.Name).TakeWhile(other => other != name).Take(5).Reverse().Prepend(name);
                    errors.Add(
                        declarations.CommonTypes[name].Tree.Place,
                        $"Common types may not refer to themselves: `{string.Join("`, `", cycle)}`. An attribute can hold an entity instead.");
                }

                commonTypes[name] = Unknown;
            }
            else if (!commonTypes.ContainsKey(name))
            {
                open.Add(name);
                (NamespaceTree home, CommonTypeTree tree) = declarations.CommonTypes[name];
                path.Push((name, References(home, tree.Type), 0));
            }
        }
    }

    public SchemaType Read(NamespaceTree home, TypeTree tree) => Resolve(home, tree).Type;

    /// <summary>A type that must be a record: the attributes of an entity, or a context.</summary>
    public RecordSchemaType ReadRecord(NamespaceTree home, TypeTree? tree, string what)
    {
        int errorsBefore = errors.Count;
        SchemaType type = tree is null ? RecordSchemaType.Empty : Read(home, tree);
        if (type is RecordSchemaType record)
        {
            return record;
        }

        if (errors.Count == errorsBefore)
        {
            errors.Add(tree!.Place, $"{what} must be a record: attributes, or the name of a common type that stands for a record.");
        }

        return RecordSchemaType.Empty;
    }

    private Resolved Resolve(NamespaceTree home, TypeTree tree)
    {
        Resolved resolved = tree switch
        {
            NamedTree named => Named(home, named),
            PrimitiveTree primitive => new Resolved(BuiltInTypes.FindShort(primitive.Name)!, 0, 1),
            ExtensionTree extension => Extension(extension),
            SetTree set => Set(Resolve(home, set.Element)),
            RecordTree record => Record(home, record),
            _ => throw new InvalidOperationException($"{tree.GetType().Name} is no type."),
        };
        string? bound = resolved.Depth > TypeTree.DepthMax ? $"nests sets and records deeper than {TypeTree.DepthMax}"
            : resolved.Size > SizeMax ? $"has more than {SizeMax} attributes"
            : null;
        if (bound is null)
        {
            return resolved;
        }

        errors.Add(tree.Place, $"The type {bound} once its common types are replaced by what they stand for; make it smaller.");
        return Unknown;
    }

    private Resolved Named(NamespaceTree home, NamedTree named)
    {
        if (declarations.Find(home, named.Name, named.Kinds) is not var (name, kind))
        {
            errors.Add(named.Place, declarations.Complaint(home, named.Name, named.Kinds));
            return Unknown;
        }

        return kind == NameKinds.Entity ? new Resolved(new EntitySchemaType(name), 0, 1)
            : BuiltInTypes.Find(name) is { } builtIn ? new Resolved(builtIn, 0, 1)
            : commonTypes.GetValueOrDefault(name, Unknown);
    }

    private Resolved Extension(ExtensionTree extension)
    {
        if (BuiltInTypes.FindExtension(extension.Name) is { } type)
        {
            return new Resolved(type, 0, 1);
        }

        errors.Add(extension.Place, $"`{extension.Name}` is not an extension type; there are ipaddr, decimal, datetime and duration.");
        return Unknown;
    }

    private static Resolved Set(Resolved element) => new(new SetSchemaType(element.Type), element.Depth + 1, element.Size + 1);

    private Resolved Record(NamespaceTree home, RecordTree record)
    {
        int depth = 0;
        int size = 1;
        var attributes = new Dictionary<string, SchemaAttribute>(record.Attributes.Count, StringComparer.Ordinal);
        foreach (AttributeTree attribute in record.Attributes)
        {
            Resolved type = Resolve(home, attribute.Type);
            attributes[attribute.Name] = new SchemaAttribute(type.Type, attribute.IsRequired);
            depth = Math.Max(depth, type.Depth);
            size = Math.Min(size + type.Size, SizeMax + 1);
        }

        return new Resolved(attributes.Count == 0 ? RecordSchemaType.Empty : new RecordSchemaType(attributes), depth + 1, size);
    }

    private List<string> References(NamespaceTree home, TypeTree tree)
    {
        var found = new List<string>();
        var rest = new Stack<TypeTree>([tree]);
        while (rest.TryPop(out TypeTree? next))
        {
            switch (next)
            {
                case SetTree set:
                    rest.Push(set.Element);
                    break;
                case RecordTree record:
                    record.Attributes.ToList().ForEach(attribute => rest.Push(attribute.Type));
                    break;
                case NamedTree named when declarations.Find(home, named.Name, named.Kinds) is (var name, NameKinds.Common)
                    && BuiltInTypes.Find(name) is null:
                    found.Add(name);
                    break;
                default:
                    break;
            }
        }

        return found;
    }
}
