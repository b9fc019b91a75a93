using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using AccessGov.IdentityFederation.Federation.Saml;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>What somebody makes up to be taken for another, or to do harm.</summary>
public sealed class SamlForgerySpecs
{
    private const string Evil = "mallory";
    private static readonly SentRequest Request = new("_request", Spec.Now.AddMinutes(-1), Fresh: false);

    public static TheoryData<string, string> Forgeries => new()
    {
        { "unsigned", "saml_unsigned" }, { "stripped", "saml_unsigned" }, { "foreign key", "saml_signature_wrong" },
        { "foreign key in KeyInfo", "saml_signature_wrong" }, { "changed", "saml_signature_wrong" },
        { "changed in the signed response", "saml_signature_wrong" },
        { "signed response, bad assertion", "saml_signature_wrong" }, { "sha1", "saml_signature_unsupported" },
        { "sha1 digest", "saml_signature_unsupported" },
        { "hmac with the public key", "saml_signature_unsupported" }, { "xslt", "saml_signature_unsupported" },
        { "xpath", "saml_signature_unsupported" },
        { "inclusive", "saml_signature_unsupported" }, { "no transforms", "saml_signature_unsupported" },
        { "two references", "saml_signature_unsupported" },
        { "empty reference", "saml_signature_elsewhere" }, { "reference to the response", "saml_signature_elsewhere" },
        { "object", "saml_signature_unsupported" },
        { "external reference", "saml_signature_elsewhere" }, { "empty signature", "saml_signature_wrong" },
    };

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_signature_that_is_none_is_refused(string forgery, string code) => Read(Forge(forgery)).ShouldBeRefused(code, 403);

    [Theory]
    [InlineData("comment", "ada-1<!-- -->.evil.example")]
    [InlineData("comment around", "<!-- -->ada-1")]
    [InlineData("instruction", "ada-1<?x y?>2")]
    [InlineData("element", "ada-1<saml:x/>2")]
    public void A_name_is_one_text(string what, string name)
    {
        // Canonicalization leaves comments out: the signature holds with them, and careless readers stop there.
        string xml = Encoding.UTF8.GetString(new Said { Subject = what == "comment" ? "ada-1.evil.example" : "ada-1" }.Signed());
        string changed = xml.Replace(what == "comment" ? ">ada-1.evil.example<" : ">ada-1<", $">{name}<", StringComparison.Ordinal);
        changed.ShouldNotBe(xml);

        Read(Encoding.UTF8.GetBytes(changed)).ShouldBeOfType<SamlReading.Refused>().Reason.Code
            .ShouldBe(what == "element" ? "saml_signature_wrong" : "saml_malformed");
    }

    [Fact]
    public void Sections_of_character_data_are_the_text_that_was_signed()
    {
        string xml = Encoding.UTF8.GetString(new Said().Signed()).Replace(">ada-1<", "><![CDATA[ada]]>-1<", StringComparison.Ordinal);
        Read(Encoding.UTF8.GetBytes(xml)).ShouldBeOfType<SamlReading.Believed>().Identity.Subject.ShouldBe("ada-1");
    }

    public static TheoryData<string> NoDocuments =>
    [
        "DTD", "entity bomb", "external entity", "not XML", "empty", "deep", "large", "UTF-16", "two roots", "other root",
        "many attributes", "text between",
    ];

    [Theory]
    [MemberData(nameof(NoDocuments))]
    public void What_is_no_response_is_refused_quickly(string what)
    {
        string signed = Encoding.UTF8.GetString(new Said().Signed());
        byte[] bytes = what switch
        {
            "UTF-16" => Encoding.Unicode.GetBytes(signed),
            _ => Encoding.UTF8.GetBytes(what switch
            {
                "DTD" => "<!DOCTYPE x>" + signed,
                "entity bomb" => "<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;\">]>"
                    + signed.Replace("ada-1", "&c;", StringComparison.Ordinal),
                "external entity" => "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
                + signed.Replace("ada-1", "&a;", StringComparison.Ordinal),
                "not XML" => "{}",
                "empty" => "",
                "deep" => string.Concat(Enumerable.Repeat("<a>", 30_000)) + string.Concat(Enumerable.Repeat("</a>", 30_000)),
                "large" => signed.Replace("ada-1", new string('a', SamlXml.BytesMax), StringComparison.Ordinal),
                "two roots" => signed + signed,
                "other root" => SamlPeer.AssertionOf(SamlPeer.Document(signed)).OuterXml,
                "many attributes" => $"<a {string.Concat(Enumerable.Range(0, 5_000).Select(n => $"b{n}=\"\" "))}/>",
                _ => signed.Replace("<samlp:Status>", "hello<samlp:Status>", StringComparison.Ordinal),
            }),
        };

        Read(bytes).ShouldBeRefused("saml_malformed", 400);
    }

    private static XmlDocument Forge(string forgery)
    {
        XmlDocument document = new Said().Document();
        XmlElement assertion = SamlPeer.AssertionOf(document);
        switch (forgery)
        {
            case "unsigned":
                break;
            case "stripped":
                SamlPeer.Sign(assertion);
                assertion.RemoveChild(assertion["Signature", SamlNames.Signature]!);
                break;
            case "foreign key":
                SamlPeer.Sign(assertion, SamlPeer.Foreign, (signed, _) => signed.KeyInfo = new KeyInfo());
                break;
            case "foreign key in KeyInfo":
                SamlPeer.Sign(assertion, SamlPeer.Foreign);
                break;
            case "changed":
                SamlPeer.Sign(assertion);
                assertion.GetElementsByTagName("NameID", SamlNames.Assertion)[0]!.InnerText = Evil;
                break;
            case "changed in the signed response":
                SamlPeer.Sign(document.DocumentElement!);
                assertion.GetElementsByTagName("NameID", SamlNames.Assertion)[0]!.InnerText = Evil;
                break;
            case "signed response, bad assertion":
                SamlPeer.Sign(assertion, SamlPeer.Foreign);
                SamlPeer.Sign(document.DocumentElement!);
                break;
            case "empty signature":
                SamlPeer.Sign(assertion);
                assertion["Signature", SamlNames.Signature]!["SignatureValue"]!.InnerText = "";
                break;
            case "object":
                SamlPeer.Sign(assertion);
                assertion["Signature", SamlNames.Signature]!.AppendChild(document.CreateElement("Object", SamlNames.Signature));
                break;
            default:
                SamlPeer.Sign(assertion, change: (signed, reference) => Weaken(forgery, signed, reference));
                Afterwards(forgery, assertion);
                break;
        }

        return document;
    }

    private static void Weaken(string forgery, SignedXml signed, Reference reference)
    {
        switch (forgery)
        {
            case "sha1":
                signed.SignedInfo!.SignatureMethod = SignedXml.XmlDsigRSASHA1Url;
                break;
            case "sha1 digest":
                reference.DigestMethod = SignedXml.XmlDsigSHA1Url;
                break;
            case "inclusive":
                signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigC14NTransformUrl;
                break;
            case "two references":
                var second = new Reference("#_response") { DigestMethod = SignedXml.XmlDsigSHA256Url };
                second.AddTransform(new XmlDsigEnvelopedSignatureTransform());
                second.AddTransform(new XmlDsigExcC14NTransform());
                signed.AddReference(second);
                break;
            case "empty reference":
                reference.Uri = "";
                break;
            case "reference to the response":
                reference.Uri = "#_response";
                break;
            case "xpath":
                var path = new XmlDsigXPathTransform();
                path.LoadInnerXml(SamlPeer.Document("<XPath xmlns=\"http://www.w3.org/2000/09/xmldsig#\">true()</XPath>").ChildNodes);
                reference.AddTransform(path);
                break;
        }
    }

    // What the framework's implementation does not sign at all is changed when it has signed: it is refused before anybody looks at the
    // value.
    private static void Afterwards(string forgery, XmlElement assertion)
    {
        var signed = (XmlElement)assertion.GetElementsByTagName("SignedInfo", SamlNames.Signature)[0]!;
        var reference = (XmlElement)signed.GetElementsByTagName("Reference", SamlNames.Signature)[0]!;
        XmlElement transforms = reference["Transforms"]!;
        switch (forgery)
        {
            case "hmac with the public key":
                signed["SignatureMethod"]!.SetAttribute("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256");
                var info = new XmlDsigExcC14NTransform();
                info.LoadInput(SamlPeer.Document(signed.OuterXml));
                using (var stream = (Stream)info.GetOutput(typeof(Stream)))
                {
                    assertion["Signature", SamlNames.Signature]!["SignatureValue"]!.InnerText =
                        Convert.ToBase64String(HMACSHA256.HashData(SamlPeer.Certificate.GetPublicKey(), stream));
                }

                break;
            case "xslt":
                ((XmlElement)transforms.LastChild!).SetAttribute("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116");
                break;
            case "no transforms":
                transforms.RemoveAll();
                break;
            case "external reference":
                reference.SetAttribute("URI", "https://evil.example/x.xml");
                break;
        }
    }

    private static SamlReading Read(XmlDocument document) => Read(SamlPeer.Bytes(document));

    private static SamlReading Read(byte[] xml) => SamlResponses.Read(xml, SamlPeer.Expectation(Request), Spec.Now);
}
