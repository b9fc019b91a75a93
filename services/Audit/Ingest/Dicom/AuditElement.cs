using System.Text;
using System.Xml;

namespace AccessGov.Audit.Ingest.Dicom;

/// <summary>An element of an audit message. Namespaces are left away: some senders have them, the standard has none.</summary>
internal sealed class AuditElement(string name)
{
    private const int DepthMax = 24;
    private const int ElementsMax = 50_000;

    private static readonly XmlReaderSettings Settings = new()
    {
        // No definitions, no entities, nothing from elsewhere.
        DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
    };

    private readonly Dictionary<string, string> attributes = new(StringComparer.Ordinal);
    private readonly List<AuditElement> children = [];
    private readonly StringBuilder text = new();

    public string Name => name;

    /// <summary>The text between the tags.</summary>
    public string Text => text.ToString().Trim();

    /// <summary>Reads the first element of a document and what is in it; whatever follows it is not looked at.</summary>
    /// <exception cref="XmlException">It is not XML, has definitions, or is too deep.</exception>
    public static AuditElement Read(Stream document)
    {
        using var reader = XmlReader.Create(document, Settings);
        var open = new Stack<AuditElement>();
        for (int elements = 0; reader.Read();)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.Depth >= DepthMax || ++elements > ElementsMax:
                    throw new XmlException("It is deeper or has more elements than an audit message has.");
                case XmlNodeType.Element:
                    bool isEmpty = reader.IsEmptyElement;
                    AuditElement element = Start(reader);
                    if (open.TryPeek(out AuditElement? parent))
                    {
                        parent.children.Add(element);
                    }
                    else if (isEmpty)
                    {
                        return element;
                    }

                    if (!isEmpty)
                    {
                        open.Push(element);
                    }

                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when open.TryPeek(out AuditElement? around):
                    around.text.Append(reader.Value);
                    break;
                case XmlNodeType.EndElement when open.Pop() is var ended && open.Count == 0:
                    return ended;
            }
        }

        throw new XmlException("It ends before its first element does.");
    }

    /// <summary>The children of a name; letters' case does not matter, as with attributes.</summary>
    public IEnumerable<AuditElement> All(string child) =>
        children.Where(one => string.Equals(one.Name, child, StringComparison.OrdinalIgnoreCase));

    public AuditElement? First(string child) => All(child).FirstOrDefault();

    /// <summary>An attribute that is not empty.</summary>
    public string? this[string attribute] =>
        attributes.GetValueOrDefault(attribute.ToUpperInvariant()) is { Length: > 0 } value ? value : null;

    /// <summary>The code of a coded element: <c>csd-code</c> of DICOM, <c>code</c> of RFC 3881.</summary>
    public string? Code => this["csd-code"] ?? this["code"];

    private static AuditElement Start(XmlReader reader)
    {
        var element = new AuditElement(reader.LocalName);
        while (reader.MoveToNextAttribute())
        {
            element.attributes.TryAdd(reader.LocalName.ToUpperInvariant(), reader.Value.Trim());
        }

        reader.MoveToElement();
        return element;
    }
}
