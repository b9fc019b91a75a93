using System.Text;

namespace AccessGov.Cedar;

/// <summary>Types and expressions as a message writes them: cut where they grow long, a shared type may spell out to gigabytes.</summary>
internal static class TypeText
{
    private const int LengthMax = 160;
    private const int NamesMax = 12;

    // More than anybody reads is not worth sorting.
    private const int SortedMax = 1_000;

    public static string Of(SchemaType type)
    {
        var text = new StringBuilder();
        Append(text, type);
        return text.Length > LengthMax ? Short(text.ToString(0, LengthMax + 1)) : text.ToString();
    }

    /// <summary>The type with its article: a Long, an ipaddr.</summary>
    public static string One(SchemaType type)
    {
        string name = Of(type);
        return "aeioAEIO".Contains(name[0], StringComparison.Ordinal) ? $"an {name}" : $"a {name}";
    }

    /// <summary>An expression that leads to an attribute: <c>principal.manager</c>; three dots for what is no path.</summary>
    public static string OfPath(Expression expression)
    {
        var text = new StringBuilder();
        AppendPath(text, expression);
        return Short(text.ToString());
    }

    /// <summary><c>target.name</c>, or <c>target["name"]</c> when the name is no identifier.</summary>
    public static string Member(string target, string name) => IsName(name) ? $"{target}.{Short(name)}" : $"{target}[{Short(ValueText.Quote(name))}]";

    public static string Name(string name) => IsName(name) ? Short(name) : Short(ValueText.Quote(name));

    public static string Short(string text) => Excerpt.Beginning(text, LengthMax);

    /// <summary>Some names for a sentence: the first dozen in order.</summary>
    public static string List(IEnumerable<string> names)
    {
        string[] sorted = [.. names.Take(SortedMax).Order(StringComparer.Ordinal).Take(NamesMax + 1)];
        string list = string.Join(", ", sorted.Take(NamesMax).Select(name => $"`{Short(name)}`"));
        return sorted.Length > NamesMax ? $"{list} and more" : list;
    }

    private static bool IsName(string name) => !name.Contains(':', StringComparison.Ordinal) && Names.IsNormalizedPath(name);

    private static void Append(StringBuilder text, SchemaType type)
    {
        if (text.Length > LengthMax)
        {
            return;
        }

        switch (type)
        {
            case SetSchemaType set:
                text.Append("Set<");
                Append(text, set.Element);
                text.Append('>');
                break;
            case RecordSchemaType record:
                AppendRecord(text, record);
                break;
            default:
                text.Append(type switch
                {
                    BoolSchemaType => "Bool",
                    KnownBool known => known.Value ? "Bool (always true)" : "Bool (always false)",
                    LongSchemaType => "Long",
                    StringSchemaType => "String",
                    EntitySchemaType entity => entity.Name,
                    ExtensionSchemaType extension => extension.Name,
                    _ => type.GetType().Name,
                });
                break;
        }
    }

    private static void AppendRecord(StringBuilder text, RecordSchemaType record)
    {
        text.Append('{');
        string separator = "";
        var attributes = record.Attributes.Take(SortedMax).OrderBy(attribute => attribute.Key, StringComparer.Ordinal);
        foreach ((string name, SchemaAttribute attribute) in attributes)
        {
            text.Append(separator).Append(Name(name)).Append(attribute.IsRequired ? ": " : "?: ");
            Append(text, attribute.Type);
            separator = ", ";
            if (text.Length > LengthMax)
            {
                return;
            }
        }

        text.Append('}');
    }

    private static void AppendPath(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case VariableExpression variable:
                text.Append(variable.Variable switch
                {
                    Variable.Principal => "principal",
                    Variable.Action => "action",
                    Variable.Resource => "resource",
                    _ => "context",
                });
                break;
            case AttributeExpression attribute:
                AppendPath(text, attribute.Target);
                text.Append(IsName(attribute.Name) ? $".{attribute.Name}" : $"[{ValueText.Quote(attribute.Name)}]");
                break;
            case BinaryExpression { Operator: BinaryOperator.GetTag } tag:
                AppendPath(text, tag.Left);
                text.Append(".getTag(");
                AppendPath(text, tag.Right);
                text.Append(')');
                break;
            case LiteralExpression literal:
                text.Append(literal.Value);
                break;
            default:
                text.Append("(...)");
                break;
        }
    }
}
