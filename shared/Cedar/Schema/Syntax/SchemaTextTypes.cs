using System.Text;

namespace AccessGov.Cedar;

/// <summary>
/// Finds the words for types in a schema text. JSON can say of a name that it is a common type, an entity type or built in; a text
/// cannot, so where the same name stands for several things another way of writing it is looked for.
/// </summary>
internal sealed class SchemaTextTypes(IReadOnlyList<NamespaceTree> namespaces, SchemaErrors errors)
{
    private readonly HashSet<string> entityTypes =
        namespaces.SelectMany(home => home.EntityTypes, (home, type) => home.Qualify(type.Name)).ToHashSet(StringComparer.Ordinal);

    private readonly Dictionary<string, (NamespaceTree Home, TypeTree Type)> commonTypes = CommonTypes(namespaces);

    public void Append(StringBuilder text, NamespaceTree home, TypeTree type, int indent)
    {
        switch (type)
        {
            case SetTree set:
                text.Append("Set<");
                Append(text, home, set.Element, indent);
                text.Append('>');
                break;
            case RecordTree record:
                AppendRecord(text, home, record, indent);
                break;
            case PrimitiveTree primitive:
                text.Append(BuiltIn(home, primitive.Name));
                break;
            case ExtensionTree extension:
                text.Append(BuiltIn(home, extension.Name));
                break;
            case NamedTree named:
                text.Append(Name(home, named));
                break;
            default:
                throw new InvalidOperationException($"{type.GetType().Name} is no type.");
        }
    }

    /// <summary>The attributes of an entity type, which a text writes out, following the name of a common type if JSON gave one.</summary>
    public RecordTree Shape(NamespaceTree home, TypeTree shape)
    {
        TypeTree type = shape;
        for (int steps = 0; steps < TypeTree.DepthMax && type is NamedTree named; steps++)
        {
            if (Candidates(home, named).FirstOrDefault(commonTypes.ContainsKey) is not { } found || commonTypes[found].Home != home)
            {
                break;
            }

            type = commonTypes[found].Type;
        }

        if (type is RecordTree record)
        {
            return record;
        }

        errors.Add(shape.Place, "A text writes the attributes of an entity type out, and here they are not declared in the same namespace.");
        return new RecordTree(shape.Place, []);
    }

    public static string Identifier(string name) =>
        Names.IsWord(name) && (name is Names.ReservedNamespace || !Names.IsReserved(name)) ? name : ValueText.Quote(name);

    public static void Append(StringBuilder text, SchemaAnnotations annotations, int indent)
    {
        foreach ((string name, string value) in annotations)
        {
            text.Append(' ', indent).Append('@').Append(name);
            text.Append(value.Length == 0 ? "" : $"({ValueText.Quote(value)})").Append('\n');
        }
    }

    private void AppendRecord(StringBuilder text, NamespaceTree home, RecordTree record, int indent)
    {
        if (record.Attributes.Count == 0)
        {
            text.Append("{}");
            return;
        }

        text.Append("{\n");
        foreach (AttributeTree attribute in record.Attributes)
        {
            Append(text, attribute.Annotations, indent + 2);
            text.Append(' ', indent + 2).Append(Identifier(attribute.Name)).Append(attribute.IsRequired ? ": " : "?: ");
            Append(text, home, attribute.Type, indent + 2);
            text.Append(",\n");
        }

        text.Append(' ', indent).Append('}');
    }

    private string Name(NamespaceTree home, NamedTree named)
    {
        bool isCommon = Candidates(home, named).Any(commonTypes.ContainsKey);
        bool isEntity = Candidates(home, named).Any(entityTypes.Contains);
        if (named.Kinds == NameKinds.Entity && isCommon)
        {
            errors.Add(named.Place, $"A text cannot say that `{named.Name}` is an entity type here, because a common type has this name too; rename one.");
        }

        return named.Kinds == NameKinds.Common && isEntity && !isCommon && BuiltInTypes.FindShort(named.Name) is not null
            ? $"{Names.ReservedNamespace}::{named.Name}"
            : named.Name;
    }

    private string BuiltIn(NamespaceTree home, string name)
    {
        bool isTaken = entityTypes.Contains(name) || commonTypes.ContainsKey(name)
            || entityTypes.Contains(home.Qualify(name)) || commonTypes.ContainsKey(home.Qualify(name));
        return isTaken ? $"{Names.ReservedNamespace}::{name}" : name;
    }

    private static IEnumerable<string> Candidates(NamespaceTree home, NamedTree named) => SchemaDeclarations.Candidates(home, named.Name);

    private static Dictionary<string, (NamespaceTree Home, TypeTree Type)> CommonTypes(IReadOnlyList<NamespaceTree> namespaces)
    {
        var found = new Dictionary<string, (NamespaceTree Home, TypeTree Type)>(StringComparer.Ordinal);
        foreach (NamespaceTree home in namespaces)
        {
            home.CommonTypes.ForEach(type => found[home.Qualify(type.Name)] = (home, type.Type));
        }

        return found;
    }
}
