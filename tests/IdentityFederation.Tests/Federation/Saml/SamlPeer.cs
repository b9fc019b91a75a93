using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using AccessGov.IdentityFederation.Federation.Saml;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>
/// An identity provider as tests play it: it says what it is told to, and signs with the framework's own implementation, not with ours.
/// </summary>
internal static class SamlPeer
{
    public const string EntityId = "https://idp.example/saml";
    public const string Own = "https://identity.test/sign-in/providers/clinic/saml";
    public const string Consumer = Own + "/acs";
    public const string OwnEntityId = Own + "/metadata";
    public const string SignOut = Own + "/logout";
    public const string RsaSha256 = SignedXml.XmlDsigRSASHA256Url;

    public static readonly X509Certificate2 Certificate = NewCertificate();
    public static readonly X509Certificate2 Foreign = NewCertificate();
    public static readonly X509Certificate2 Curve = NewCurveCertificate();

    /// <summary>What the service expects of the provider that tests play.</summary>
    public static SamlExpectation Expectation(
        SentRequest? request, Action<SamlOptions>? change = null, IReadOnlyList<X509Certificate2>? certificates = null,
        IReadOnlyList<X509Certificate2>? keys = null)
    {
        var options = new SamlOptions { EntityId = EntityId, SignInUrl = new Uri("https://idp.example/sso"), Certificates = ["idp.pem"] };
        change?.Invoke(options);
        return new SamlExpectation("clinic", options, certificates ?? [Certificate], keys ?? [], OwnEntityId, Consumer, request);
    }

    public static X509Certificate2 NewCertificate(int bits = 2048)
    {
        using var key = RSA.Create(bits);
        return new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(-1));
    }

    /// <summary>A document, as bytes.</summary>
    public static byte[] Bytes(XmlDocument document) => Encoding.UTF8.GetBytes(document.OuterXml);

    public static XmlDocument Document(string xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true };
        document.LoadXml(xml);
        return document;
    }

    public static XmlElement AssertionOf(XmlDocument document) =>
        (XmlElement)document.GetElementsByTagName("Assertion", SamlNames.Assertion)[0]!;

    /// <summary>Signs an element of a document: enveloped, after its issuer.</summary>
    /// <param name="element">The element.</param>
    /// <param name="key">Whose key; its certificate goes along.</param>
    /// <param name="change">What is done otherwise than it should be, before it is computed.</param>
    /// <param name="hasIssuer">Whether it has an issuer, after which the signature stands.</param>
    public static void Sign(XmlElement element, X509Certificate2? key = null, Action<SignedXml, Reference>? change = null,
        bool hasIssuer = true)
    {
        var signed = new SignedXml(element.OwnerDocument) { SigningKey = (key ?? Certificate).GetRSAPrivateKey() };
        signed.SignedInfo!.CanonicalizationMethod = SamlNames.ExclusiveCanonicalization;
        signed.SignedInfo.SignatureMethod = RsaSha256;
        var reference = new Reference($"#{element.GetAttribute("ID")}") { DigestMethod = SignedXml.XmlDsigSHA256Url };
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        reference.AddTransform(new XmlDsigExcC14NTransform());
        signed.KeyInfo = new KeyInfo();
        signed.KeyInfo.AddClause(new KeyInfoX509Data(key ?? Certificate));
        change?.Invoke(signed, reference);
        signed.AddReference(reference);
        signed.ComputeSignature();
        XmlNode signature = element.OwnerDocument.ImportNode(signed.GetXml(), deep: true);

        // Metadata have no issuer: there it comes first.
        element.InsertAfter(signature, hasIssuer ? element["Issuer", SamlNames.Assertion] : null);
    }

    /// <summary>
    /// Signs as <see cref="Sign"/> does, and then once more with an elliptic curve, which the framework's implementation does not offer.
    /// </summary>
    public static void SignWithCurve(XmlElement element)
    {
        Sign(element);
        var signature = (XmlElement)element.GetElementsByTagName("Signature", SignedXml.XmlDsigNamespaceUrl)[0]!;
        ((XmlElement)signature.GetElementsByTagName("SignatureMethod")[0]!)
            .SetAttribute("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256");
        var info = new XmlDocument { PreserveWhitespace = true };
        info.LoadXml(signature["SignedInfo"]!.OuterXml);
        var canonical = new XmlDsigExcC14NTransform();
        canonical.LoadInput(info);
        using ECDsa key = Curve.GetECDsaPrivateKey()!;
        using var stream = (Stream)canonical.GetOutput(typeof(Stream));
        signature["SignatureValue"]!.InnerText = Convert.ToBase64String(key.SignData(stream, HashAlgorithmName.SHA256));
    }

    /// <summary>Encrypts an assertion in its place.</summary>
    public static void Encrypt(XmlElement assertion, X509Certificate2 to, bool gcm = true, RSAEncryptionPadding? padding = null)
    {
        byte[] plain = Encoding.UTF8.GetBytes(assertion.OuterXml);
        byte[] key = RandomNumberGenerator.GetBytes(32);
        byte[] box;
        if (gcm)
        {
            box = new byte[12 + plain.Length + 16];
            RandomNumberGenerator.Fill(box.AsSpan(0, 12));
            using var aes = new AesGcm(key, 16);
            aes.Encrypt(box.AsSpan(0, 12), plain, box.AsSpan(12, plain.Length), box.AsSpan(12 + plain.Length));
        }
        else
        {
            using var aes = Aes.Create();
            (aes.Key, byte[] iv) = (key, RandomNumberGenerator.GetBytes(16));
            box = [.. iv, .. aes.EncryptCbc(plain, iv, PaddingMode.ISO10126)];
        }

        using RSA rsa = to.GetRSAPublicKey()!;
        byte[] wrapped = rsa.Encrypt(key, padding ?? RSAEncryptionPadding.OaepSHA1);
        string method = padding is null
            ? $"<e:EncryptionMethod Algorithm=\"{SamlNames.Encryption}rsa-oaep-mgf1p\"/>"
            : $"""
              <e:EncryptionMethod Algorithm="{SamlNames.Encryption11}rsa-oaep">
                <d:DigestMethod Algorithm="{SamlNames.Encryption}sha256"/>
                <m:MGF xmlns:m="{SamlNames.Encryption11}" Algorithm="{SamlNames.Encryption11}mgf1sha256"/>
              </e:EncryptionMethod>
              """;
        string cipher = gcm ? $"{SamlNames.Encryption11}aes256-gcm" : $"{SamlNames.Encryption}aes256-cbc";
        XmlDocument encrypted = Document(
            $"""
            <saml:EncryptedAssertion xmlns:saml="{SamlNames.Assertion}">
              <e:EncryptedData xmlns:e="{SamlNames.Encryption}" Type="{SamlNames.Encryption}Element">
                <e:EncryptionMethod Algorithm="{cipher}"/>
                <d:KeyInfo xmlns:d="{SamlNames.Signature}"><e:EncryptedKey>
                  {method}<e:CipherData><e:CipherValue>{Convert.ToBase64String(wrapped)}</e:CipherValue></e:CipherData>
                </e:EncryptedKey></d:KeyInfo>
                <e:CipherData><e:CipherValue>{Convert.ToBase64String(box)}</e:CipherValue></e:CipherData>
              </e:EncryptedData>
            </saml:EncryptedAssertion>
            """);
        assertion.ParentNode!.ReplaceChild(assertion.OwnerDocument.ImportNode(encrypted.DocumentElement!, deep: true), assertion);
    }

    private static X509Certificate2 NewCurveCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=idp", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(-1));
    }
}
