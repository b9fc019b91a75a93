namespace AccessGov.Cedar;

/// <summary>
/// One text of a schema as written: parsed, but its names not looked up yet, so it may speak of what other fragments declare. Immutable
/// and safe for any number of threads.
/// </summary>
public sealed class SchemaFragment
{
    private SchemaFragment(IReadOnlyList<NamespaceTree> namespaces) => Namespaces = namespaces;

    internal IReadOnlyList<NamespaceTree> Namespaces { get; }

    /// <summary>Parses a schema written as text (<c>.cedarschema</c>).</summary>
    /// <param name="text">The schema.</param>
    /// <param name="file">A name for the text, for positions.</param>
    /// <exception cref="SchemaException">The text breaks the grammar; one error a declaration.</exception>
    public static SchemaFragment Parse(string text, string? file = null)
    {
        var errors = new SchemaErrors();
        List<NamespaceTree> namespaces = SchemaTextParser.Parse(new SourceText(file, text), errors);
        errors.ThrowIfAny();
        return new SchemaFragment(namespaces);
    }
}
