using System.Buffers;
using System.Text;
using System.Text.Json;

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

    /// <summary>Parses a schema written as JSON (<c>.cedarschema.json</c>).</summary>
    /// <param name="utf8">The schema.</param>
    /// <param name="file">A name for the text, for errors.</param>
    /// <exception cref="SchemaException">It is not the JSON of a schema; one error a declaration.</exception>
    public static SchemaFragment ParseJson(ReadOnlyMemory<byte> utf8, string? file = null)
    {
        var errors = new SchemaErrors();
        List<NamespaceTree> namespaces = SchemaJsonReader.Parse(utf8, file, errors);
        errors.ThrowIfAny();
        return new SchemaFragment(namespaces);
    }

    /// <summary>Parses a schema written as JSON (<c>.cedarschema.json</c>).</summary>
    /// <param name="json">The schema.</param>
    /// <param name="file">A name for the text, for errors.</param>
    /// <exception cref="SchemaException">It is not the JSON of a schema; one error a declaration.</exception>
    public static SchemaFragment ParseJson(string json, string? file = null) => ParseJson(Encoding.UTF8.GetBytes(json), file);

    /// <summary>
    /// The fragment written as text, ready to be parsed to the same meaning; annotations are kept. Names are taken to mean what they
    /// mean in this fragment alone.
    /// </summary>
    /// <exception cref="SchemaException">It came from JSON and says something for which the text has no words.</exception>
    public string ToText() => SchemaTextWriter.Write(Namespaces);

    /// <summary>The fragment written as JSON, ready to be parsed to the same meaning; annotations are kept.</summary>
    /// <param name="writer">Where to; it is not flushed.</param>
    public void WriteJson(Utf8JsonWriter writer) => SchemaJsonWriter.Write(writer, Namespaces);

    /// <summary>The fragment written as indented JSON; see <see cref="WriteJson"/>.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, SchemaJsonWriter.Indented))
        {
            WriteJson(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
