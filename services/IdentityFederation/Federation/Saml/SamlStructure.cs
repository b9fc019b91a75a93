using System.Xml;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>
/// Refuses every document that a signature could be wrapped in: there is one message and at most one assertion in it, signatures stand
/// where the schema puts them and nowhere else, and no two elements have one ID, whatever else is in the document and wherever it hides.
/// </summary>
internal static class SamlStructure
{
    private static readonly string[] Messages =
    [
        "Response", "LogoutRequest", "LogoutResponse", "AuthnRequest", "ArtifactResponse", "ArtifactResolve", "EntityDescriptor",
        "EntitiesDescriptor",
    ];

    public static bool IsWrapped(XmlDocument document)
    {
        XmlElement root = document.DocumentElement!;
        XmlElement[] all = [.. document.SelectNodes("//*")!.OfType<XmlElement>()];

        // By their local names: what is in another namespace looks the same to whoever is careless about it.
        XmlElement[] assertions = [.. all.Where(element => element.LocalName is "Assertion" or "EncryptedAssertion")];
        XmlElement[] signatures = [.. all.Where(element => element.LocalName == "Signature")];
        return assertions.Length > 1
            || assertions.Any(assertion => assertion != root && assertion.ParentNode != root)
            || all.Any(element => element != root && Messages.Contains(element.LocalName, StringComparer.Ordinal))
            || signatures.Any(signature => signature.ParentNode != root && !assertions.Contains(signature.ParentNode))
            || signatures.Select(signature => signature.ParentNode).Distinct().Count() != signatures.Length
            || HasTwice(all);
    }

    private static bool HasTwice(XmlElement[] all)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return all.SelectMany(element => element.Attributes.Cast<XmlAttribute>())
            .Where(attribute => attribute.LocalName.Equals("ID", StringComparison.OrdinalIgnoreCase))
            .Any(attribute => !seen.Add(attribute.Value));
    }
}
