using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>The messages that we send, and what we say of ourselves.</summary>
internal static class SamlMessages
{
    /// <summary>An ID that nobody guesses; it begins as the name of an element may.</summary>
    public static string NewId() => $"_{RandomNumberGenerator.GetHexString(32, lowercase: true)}";

    /// <param name="request">The request.</param>
    /// <param name="partner">Who is asked.</param>
    /// <param name="classes">The classes of authentication context of which one is asked for.</param>
    public static string AuthnRequest(SentRequest request, SamlPartner partner, IReadOnlyList<string> classes) => Written(xml =>
    {
        Begin(xml, "AuthnRequest", request.Id, request.At, partner.Known.SignInUrl);
        xml.WriteAttributeString("AssertionConsumerServiceURL", partner.Own.Consumer);
        xml.WriteAttributeString("ProtocolBinding", SamlNames.PostBinding);
        if (request.Fresh)
        {
            xml.WriteAttributeString("ForceAuthn", "true");
        }

        Issuer(xml, partner);
        if (partner.Options.SubjectAttribute is null && partner.Options.NameIdFormat != SamlNames.UnspecifiedNameId)
        {
            xml.WriteStartElement("samlp", "NameIDPolicy", SamlNames.Protocol);
            xml.WriteAttributeString("Format", partner.Options.NameIdFormat);
            xml.WriteAttributeString("AllowCreate", "true");
            xml.WriteEndElement();
        }

        if (classes.Count > 0)
        {
            xml.WriteStartElement("samlp", "RequestedAuthnContext", SamlNames.Protocol);
            xml.WriteAttributeString("Comparison", "exact");
            foreach (string one in classes)
            {
                xml.WriteElementString("saml", "AuthnContextClassRef", SamlNames.Assertion, one);
            }

            xml.WriteEndElement();
        }
    });

    public static string LogoutResponse(string inResponseTo, SamlPartner partner, Uri destination, DateTimeOffset now) => Written(xml =>
    {
        Begin(xml, "LogoutResponse", NewId(), now, destination);
        xml.WriteAttributeString("InResponseTo", inResponseTo);
        Issuer(xml, partner);
        xml.WriteStartElement("samlp", "Status", SamlNames.Protocol);
        xml.WriteStartElement("samlp", "StatusCode", SamlNames.Protocol);
        xml.WriteAttributeString("Value", SamlNames.Success);
        xml.WriteEndElement();
        xml.WriteEndElement();
    });

    /// <summary>What we say of ourselves to a provider.</summary>
    /// <param name="own">Where we are, for it.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="signing">Our key to sign with; null without one.</param>
    /// <param name="encryption">Our key that it is to encrypt for; null without one.</param>
    public static string Metadata(OwnAddresses own, SamlOptions options, X509Certificate2? signing, X509Certificate2? encryption) =>
        Written(xml =>
    {
        xml.WriteStartElement("md", "EntityDescriptor", SamlNames.Metadata);
        xml.WriteAttributeString("entityID", own.EntityId);
        xml.WriteStartElement("md", "SPSSODescriptor", SamlNames.Metadata);
        xml.WriteAttributeString("AuthnRequestsSigned", options.SignRequests ? "true" : "false");
        xml.WriteAttributeString("WantAssertionsSigned", "true");
        xml.WriteAttributeString("protocolSupportEnumeration", SamlNames.Protocol);
        if (signing is not null)
        {
            Key(xml, "signing", signing.RawData);
        }

        if (encryption is not null)
        {
            Key(xml, "encryption", encryption.RawData);
        }

        foreach (string binding in new[] { SamlNames.RedirectBinding, SamlNames.PostBinding })
        {
            Service(xml, "SingleLogoutService", binding, own.SignOut);
            xml.WriteEndElement();
        }

        if (options.SubjectAttribute is null)
        {
            xml.WriteElementString("md", "NameIDFormat", SamlNames.Metadata, options.NameIdFormat);
        }

        Service(xml, "AssertionConsumerService", SamlNames.PostBinding, own.Consumer);
        xml.WriteAttributeString("index", "0");
        xml.WriteAttributeString("isDefault", "true");
        xml.WriteEndElement();
        xml.WriteEndElement();
    });

    private static void Begin(XmlWriter xml, string name, string id, DateTimeOffset at, Uri destination)
    {
        xml.WriteStartElement("samlp", name, SamlNames.Protocol);
        xml.WriteAttributeString("ID", id);
        xml.WriteAttributeString("Version", "2.0");
        xml.WriteAttributeString("IssueInstant", SamlXml.Written(at));
        xml.WriteAttributeString("Destination", destination.OriginalString);
    }

    private static void Issuer(XmlWriter xml, SamlPartner partner) =>
        xml.WriteElementString("saml", "Issuer", SamlNames.Assertion, partner.Own.EntityId);

    private static void Key(XmlWriter xml, string use, byte[] certificate)
    {
        xml.WriteStartElement("md", "KeyDescriptor", SamlNames.Metadata);
        xml.WriteAttributeString("use", use);
        xml.WriteStartElement("ds", "KeyInfo", SamlNames.Signature);
        xml.WriteStartElement("ds", "X509Data", SamlNames.Signature);
        xml.WriteElementString("ds", "X509Certificate", SamlNames.Signature, Convert.ToBase64String(certificate));
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Service(XmlWriter xml, string name, string binding, string location)
    {
        xml.WriteStartElement("md", name, SamlNames.Metadata);
        xml.WriteAttributeString("Binding", binding);
        xml.WriteAttributeString("Location", location);
    }

    private static string Written(Action<XmlWriter> write)
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true }))
        {
            write(xml);
            xml.WriteEndElement();
        }

        return text.ToString();
    }
}
