using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>What came of looking at the signature of an element.</summary>
/// <param name="Content">
/// The element as it was signed, read again from the very bytes that were digested; null when it is not signed, or not well.
/// </param>
/// <param name="Refusal">Why the signature is not believed; null also when there is none.</param>
internal sealed record SignedElement(XmlElement? Content, Refusal? Refusal);

/// <summary>
/// The one form of XML Signature that SAML has (Core 2.0, 5.4): enveloped, over the element that it stands in, with exclusive
/// canonicalization. The key comes from the settings and never from the message; nothing else that XML Signature can do is done.
/// </summary>
internal static class XmlSignature
{
    private const string More = "http://www.w3.org/2001/04/xmldsig-more#";
    private const string RsaKey = "1.2.840.113549.1.1.1";

    private static readonly Dictionary<string, (bool Rsa, HashAlgorithmName Hash)> SignatureMethods = new(StringComparer.Ordinal)
    {
        [More + "rsa-sha256"] = (true, HashAlgorithmName.SHA256),
        [More + "rsa-sha384"] = (true, HashAlgorithmName.SHA384),
        [More + "rsa-sha512"] = (true, HashAlgorithmName.SHA512),
        [More + "ecdsa-sha256"] = (false, HashAlgorithmName.SHA256),
        [More + "ecdsa-sha384"] = (false, HashAlgorithmName.SHA384),
        [More + "ecdsa-sha512"] = (false, HashAlgorithmName.SHA512),
    };

    /// <summary>
    /// The signature over an element by one of these keys. A signature that does not hold is a refusal, also where another one would do.
    /// </summary>
    public static SignedElement Verify(XmlElement element, IReadOnlyList<X509Certificate2> certificates)
    {
        if (SamlXml.Child(element, SamlNames.Signature, "Signature") is not { } signature)
        {
            return new SignedElement(null, null);
        }

        if (!SamlXml.Has(signature, "ds:SignedInfo ds:SignatureValue (ds:KeyInfo )?")
            || SamlXml.Child(signature, SamlNames.Signature, "SignedInfo") is not { } signed
            || !SamlXml.Has(signed, "ds:CanonicalizationMethod ds:SignatureMethod ds:Reference ")
            || SamlXml.Children(signed).ToArray() is not [var canonicalization, var method, var reference]
            || !SamlXml.Has(reference, "ds:Transforms ds:DigestMethod ds:DigestValue "))
        {
            return Refuse(SamlRefusals.SignatureUnsupported);
        }

        string? id = SamlXml.Attribute(element, "ID");
        if (string.IsNullOrEmpty(id) || SamlXml.Attribute(reference, "URI") != $"#{id}")
        {
            return Refuse(SamlRefusals.SignatureElsewhere);
        }

        XmlElement[] transforms = [.. SamlXml.Children(SamlXml.Child(reference, SamlNames.Signature, "Transforms")!)];
        XmlElement digestMethod = SamlXml.Child(reference, SamlNames.Signature, "DigestMethod")!;
        if (!IsExclusive(canonicalization) || transforms is not [var enveloped, var exclusive] || !IsExclusive(exclusive)
            || Algorithm(enveloped) != SamlNames.EnvelopedSignature || enveloped.HasChildNodes
            || !SignatureMethods.TryGetValue(Algorithm(method), out (bool Rsa, HashAlgorithmName Hash) algorithm) || method.HasChildNodes
            || Digest(Algorithm(digestMethod)) is not { } hash || digestMethod.HasChildNodes)
        {
            return Refuse(SamlRefusals.SignatureUnsupported);
        }

        byte[] content = Canonical(element, exclusive);
        return IsBase64(SamlXml.Text(SamlXml.Child(reference, SamlNames.Signature, "DigestValue")), out byte[] digest)
            && IsBase64(SamlXml.Text(SamlXml.Child(signature, SamlNames.Signature, "SignatureValue")), out byte[] value)
            && CryptographicOperations.FixedTimeEquals(digest, CryptographicOperations.HashData(hash, content))
            && IsBy(certificates, algorithm.Rsa, algorithm.Hash, Canonical(signed, canonicalization), value)
            && SamlXml.Parse(content) is { DocumentElement: { } read }
                ? new SignedElement(read, null)
                : Refuse(SamlRefusals.SignatureWrong);
    }

    /// <summary>
    /// Whether these bytes were signed by one of these keys. The names are those of XML Signature, which the redirect binding uses, too.
    /// </summary>
    /// <returns>Null, or why not.</returns>
    public static Refusal? Check(IReadOnlyList<X509Certificate2> certificates, string method, byte[] content, byte[] value) =>
        !SignatureMethods.TryGetValue(method, out (bool Rsa, HashAlgorithmName Hash) algorithm) ? SamlRefusals.SignatureUnsupported
        : IsBy(certificates, algorithm.Rsa, algorithm.Hash, content, value) ? null
        : SamlRefusals.SignatureWrong;

    /// <summary>The name of the method with which our key signs.</summary>
    public static string MethodOf(X509Certificate2 own) => More + (own.PublicKey.Oid.Value == RsaKey ? "rsa-sha256" : "ecdsa-sha256");

    /// <summary>Signs bytes with our key.</summary>
    public static byte[] Sign(X509Certificate2 own, byte[] content)
    {
        using RSA? rsa = own.GetRSAPrivateKey();
        using ECDsa? curve = own.GetECDsaPrivateKey();
        return rsa?.SignData(content, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            ?? curve!.SignData(content, HashAlgorithmName.SHA256);
    }

    private static bool IsBy(IReadOnlyList<X509Certificate2> certificates, bool rsa, HashAlgorithmName hash, byte[] content, byte[] value)
    {
        foreach (X509Certificate2 certificate in certificates)
        {
            using RSA? rsaKey = rsa ? certificate.GetRSAPublicKey() : null;
            using ECDsa? curveKey = rsa ? null : certificate.GetECDsaPublicKey();
            if (rsaKey?.VerifyData(content, value, hash, RSASignaturePadding.Pkcs1) == true
                || curveKey?.VerifyData(content, value, hash) == true)
            {
                return true;
            }
        }

        return false;
    }

    private static string Algorithm(XmlElement element) => SamlXml.Attribute(element, "Algorithm") ?? "";

    private static bool IsExclusive(XmlElement method) =>
        Algorithm(method) == SamlNames.ExclusiveCanonicalization
        && SamlXml.Children(method).All(child => SamlXml.Is(child, SamlNames.ExclusiveCanonicalization, "InclusiveNamespaces"));

    private static HashAlgorithmName? Digest(string algorithm) => algorithm switch
    {
        SamlNames.Encryption + "sha256" => HashAlgorithmName.SHA256,
        More + "sha384" => HashAlgorithmName.SHA384,
        SamlNames.Encryption + "sha512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static byte[] Canonical(XmlElement element, XmlElement method)
    {
        var alone = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var root = (XmlElement)alone.ImportNode(element, deep: true);
        if (SamlXml.Child(root, SamlNames.Signature, "Signature") is { } signature)
        {
            root.RemoveChild(signature);
        }

        // The namespaces that are in scope come along; only those that are used, or named by the method, are written.
        for (XmlNode? above = element.ParentNode; above is XmlElement parent; above = parent.ParentNode)
        {
            foreach (XmlAttribute declared in parent.Attributes.Cast<XmlAttribute>()
                .Where(attribute => attribute.NamespaceURI == "http://www.w3.org/2000/xmlns/" && !root.HasAttribute(attribute.Name)))
            {
                root.SetAttributeNode((XmlAttribute)alone.ImportNode(declared, deep: true));
            }
        }

        alone.AppendChild(root);
        string? prefixes = SamlXml.Children(method).Select(child => SamlXml.Attribute(child, "PrefixList")).FirstOrDefault();
        var transform = new XmlDsigExcC14NTransform(includeComments: false, prefixes);
        transform.LoadInput(alone);
        using var canonical = (Stream)transform.GetOutput(typeof(Stream));
        using var bytes = new MemoryStream();
        canonical.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static bool IsBase64(string? text, out byte[] bytes)
    {
        bytes = new byte[text?.Length ?? 0];
        bool is64 = Convert.TryFromBase64String(text ?? "", bytes, out int written) && written > 0;
        bytes = bytes[..written];
        return is64;
    }

    private static SignedElement Refuse(Refusal refusal) => new(null, refusal);
}
