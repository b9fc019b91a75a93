using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>
/// Reads XML that anybody may have sent. Nothing in it is looked up, expanded or left out: no document type, no comments and no
/// processing instructions, so that a text is one text for whoever reads it.
/// </summary>
internal static partial class SamlXml
{
    public const int BytesMax = 384 * 1024;
    private const int DepthMax = 40;
    private const int ElementsMax = 10_000;
    private const int AttributesMax = 50;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The document; null when it is none, or more than a message needs.</summary>
    public static XmlDocument? Parse(byte[] bytes, int bytesMax = BytesMax)
    {
        if (bytes.Length > bytesMax)
        {
            return null;
        }

        try
        {
            string text = StrictUtf8.GetString(bytes).TrimStart('\uFEFF');
            using XmlReader first = Reader(text, bytesMax);
            if (!IsPlain(first))
            {
                return null;
            }

            using XmlReader second = Reader(text, bytesMax);
            var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
            document.Load(second);
            return document;
        }
        catch (Exception unreadable) when (unreadable is XmlException or DecoderFallbackException)
        {
            return null;
        }
    }

    public static IEnumerable<XmlElement> Children(XmlElement parent) => parent.ChildNodes.OfType<XmlElement>();

    public static XmlElement? Child(XmlElement parent, string space, string name) =>
        Children(parent).FirstOrDefault(child => Is(child, space, name));

    public static bool Is(XmlElement element, string space, string name) => element.LocalName == name && element.NamespaceURI == space;

    /// <summary>
    /// Whether the children are these, in an order that the pattern allows. Each stands in it as "saml:Issuer "; a text between them as
    /// "text ".
    /// </summary>
    public static bool Has(XmlElement parent, string pattern)
    {
        string sequence = string.Concat(parent.ChildNodes.Cast<XmlNode>().Select(node => node switch
        {
            XmlElement element => $"{SamlNames.ShortOf(element.NamespaceURI)}:{element.LocalName} ",
            XmlWhitespace or XmlSignificantWhitespace => "",
            _ => "text ",
        }));
        return Regex.IsMatch(sequence, $"^{pattern}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
    }

    /// <summary>The text of an element that holds nothing else; null of one that does, or of none.</summary>
    public static string? Text(XmlElement? element) =>
        element is null || element.ChildNodes.OfType<XmlElement>().Any() ? null : element.InnerText;

    /// <summary>An attribute that is in no namespace; null when it is absent.</summary>
    public static string? Attribute(XmlElement element, string name) => element.GetAttributeNode(name)?.Value;

    /// <summary>A time as SAML writes it (Core 2.0, 1.3.3): in UTC. Null when it is none.</summary>
    public static DateTimeOffset? Time(string? text) =>
        text is not null && TimePattern().IsMatch(text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time
            : null;

    public static string Written(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static XmlReader Reader(string text, int charactersMax) => XmlReader.Create(new StringReader(text), new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = charactersMax, MaxCharactersFromEntities = 1,
    });

    // Whoever walks through it may do so recursively: it is not deep.
    private static bool IsPlain(XmlReader reader)
    {
        int elements = 0;
        while (reader.Read())
        {
            bool plain = reader.NodeType switch
            {
                XmlNodeType.Element => ++elements <= ElementsMax && reader.Depth <= DepthMax && reader.AttributeCount <= AttributesMax,
                XmlNodeType.XmlDeclaration => reader.Depth == 0,
                XmlNodeType.EndElement or XmlNodeType.Text or XmlNodeType.CDATA => true,
                XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace => true,
                _ => false,
            };
            if (!plain)
            {
                return false;
            }
        }

        return elements > 0;
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex TimePattern();
}
