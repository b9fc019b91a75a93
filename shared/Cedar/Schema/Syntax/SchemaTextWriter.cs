using System.Text;

namespace AccessGov.Cedar;

/// <summary>Writes a schema as text. Recursion is bounded by <see cref="TypeTree.DepthMax"/>.</summary>
internal sealed class SchemaTextWriter
{
    private readonly StringBuilder text = new();
    private readonly SchemaErrors errors = new();
    private readonly SchemaTextTypes types;

    private SchemaTextWriter(IReadOnlyList<NamespaceTree> namespaces) => types = new SchemaTextTypes(namespaces, errors);

    /// <exception cref="SchemaException">The schema says something for which the text has no words.</exception>
    public static string Write(IReadOnlyList<NamespaceTree> namespaces)
    {
        var writer = new SchemaTextWriter(namespaces);
        foreach (NamespaceTree home in namespaces)
        {
            writer.Write(home);
        }

        writer.errors.ThrowIfAny();
        return writer.text.ToString();
    }

    private void Write(NamespaceTree home)
    {
        if (home.Name.Length == 0)
        {
            WriteDeclarations(home, 0);
            return;
        }

        Separate();
        SchemaTextTypes.Append(text, home.Annotations, 0);
        text.Append("namespace ").Append(home.Name).Append(" {\n");
        WriteDeclarations(home, 2);
        text.Append("}\n");
    }

    private void WriteDeclarations(NamespaceTree home, int indent)
    {
        foreach (CommonTypeTree type in home.CommonTypes)
        {
            Begin(type.Annotations, indent, "type ", type.Name);
            text.Append(" = ");
            types.Append(text, home, type.Type, indent);
            text.Append(";\n");
        }

        home.EntityTypes.ForEach(type => Write(home, type, indent));
        home.Actions.ForEach(action => Write(home, action, indent));
    }

    private void Write(NamespaceTree home, EntityTypeTree type, int indent)
    {
        Begin(type.Annotations, indent, "entity ", type.Name);
        if (type.Choices is not null)
        {
            text.Append(" enum [").AppendJoin(", ", type.Choices.Select(ValueText.Quote)).Append("];\n");
            return;
        }

        if (type.Parents.Count > 0)
        {
            text.Append(" in ");
            Write(type.Parents);
        }

        if (type.Shape is not null && types.Shape(home, type.Shape) is { Attributes.Count: > 0 } shape)
        {
            text.Append(' ');
            types.Append(text, home, shape, indent);
        }

        if (type.Tags is not null)
        {
            text.Append(" tags ");
            types.Append(text, home, type.Tags, indent);
        }

        text.Append(";\n");
    }

    private void Write(NamespaceTree home, ActionTree action, int indent)
    {
        Begin(action.Annotations, indent, "action ", SchemaTextTypes.Identifier(action.Name));
        if (action.Parents.Count > 0)
        {
            text.Append(" in [").AppendJoin(", ", action.Parents.Select(Group)).Append(']');
        }

        // A text has no words for an action that applies to principals but to no resource; it applies to nothing, like a group.
        if (action.AppliesTo is { Principals.Count: > 0, Resources.Count: > 0 } appliesTo)
        {
            text.Append(" appliesTo {\n");
            text.Append(' ', indent + 2).Append("principal: ");
            Write(appliesTo.Principals);
            text.Append(",\n").Append(' ', indent + 2).Append("resource: ");
            Write(appliesTo.Resources);
            text.Append(",\n");
            WriteContext(home, appliesTo.Context, indent + 2);
            text.Append(' ', indent).Append('}');
        }

        text.Append(";\n");
    }

    private void WriteContext(NamespaceTree home, TypeTree? context, int indent)
    {
        if (context is null)
        {
            return;
        }

        if (context is not (RecordTree or NamedTree { Kinds: not NameKinds.Entity }))
        {
            errors.Add(context.Place, "A text can only give a context attributes or the name of a common type.");
        }

        text.Append(' ', indent).Append("context: ");
        types.Append(text, home, context, indent);
        text.Append(",\n");
    }

    private static string Group(ActionReference group) =>
        group.Type is null ? SchemaTextTypes.Identifier(group.Id) : $"{group.Type}::{ValueText.Quote(group.Id)}";

    private void Write(IReadOnlyList<NameReference> names) => text.Append('[').AppendJoin(", ", names.Select(name => name.Name)).Append(']');

    private void Begin(SchemaAnnotations annotations, int indent, string keyword, string name)
    {
        Separate();
        SchemaTextTypes.Append(text, annotations, indent);
        text.Append(' ', indent).Append(keyword).Append(name);
    }

    /// <summary>A blank line between declarations, none at the start of the text or of a namespace.</summary>
    private void Separate()
    {
        if (text.Length > 0 && !(text.Length > 1 && text[^2] == '{'))
        {
            text.Append('\n');
        }
    }
}
