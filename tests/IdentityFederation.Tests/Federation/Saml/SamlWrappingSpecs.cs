using System.Text;
using System.Xml;
using AccessGov.IdentityFederation.Federation.Saml;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>What somebody does with genuinely signed responses to be taken for another.</summary>
public sealed class SamlWrappingSpecs
{
    private const string Evil = "mallory";
    private static readonly SentRequest Request = new("_request", Spec.Now.AddMinutes(-1), Fresh: false);

    /// <summary>XML signature wrapping, in the eight forms of the literature (Somorovsky et al., 2012), and some beside them.</summary>
    public static TheoryData<string> Wrappings =>
    [
        "XSW1", "XSW2", "XSW3", "XSW4", "XSW5", "XSW6", "XSW7", "XSW8", "same ID", "other namespace", "in the advice", "two signatures",
        "EncryptedAssertion",
    ];

    [Theory]
    [MemberData(nameof(Wrappings))]
    public void A_wrapped_signature_is_refused(string attack)
    {
        bool response = attack is "XSW1" or "XSW2";
        XmlDocument document = SamlPeer.Document(Encoding.UTF8.GetString(new Said().Signed(!response, response)));
        Wrap(document, attack);
        Read(SamlPeer.Bytes(document)).ShouldBeRefused("saml_wrapped", 400);
    }

    /// <summary>Whatever is done to one byte: it is refused, or says what was signed.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void No_changed_byte_makes_it_say_anything_else(bool assertion, bool response)
    {
        byte[] signed = new Said { AssertionId = "_assertion" }.Signed(assertion, response);
        string said = Told(Read(signed));
        said.ShouldStartWith("ada-1");
        var random = new Random(20260504);
        int believed = 0;
        for (int at = 0; at < signed.Length; at++)
        {
            byte[] changed = [.. signed];
            changed[at] ^= (byte)(1 << random.Next(8));
            if (Read(changed) is SamlReading.Believed other)
            {
                believed++;
                Told(other).ShouldBe(said, $"byte {at}");
            }
        }

        // Only what nobody has signed, or nobody reads, can be changed.
        believed.ShouldBeLessThan(signed.Length / 2);
    }

    private static string Told(SamlReading reading)
    {
        var believed = (SamlReading.Believed)reading;
        return $"{believed.Identity.Subject} {believed.Identity.Issuer} {believed.AssertionId} {believed.GoodUntil:O} "
            + $"{believed.Identity.AuthenticatedAt:O} "
            + $"{believed.Identity.ProviderSession} {string.Join(' ', believed.Identity.Contexts)} "
            + string.Join(' ', believed.Identity.Claims.Select(claim => $"{claim.Key}={string.Join(',', claim)}"));
    }

    private static void Wrap(XmlDocument document, string attack)
    {
        XmlElement response = document.DocumentElement!;
        XmlElement assertion = SamlPeer.AssertionOf(document);
        XmlElement original = (XmlElement)assertion.CloneNode(deep: true);
        XmlElement bare = Bare(original);
        XmlElement evil = Bare(assertion);
        Change(evil);
        switch (attack)
        {
            case "XSW1":
                XmlElement signed = Bare(response);
                Change(response);
                response["Signature", SamlNames.Signature]!.AppendChild(signed);
                break;
            case "XSW2":
                XmlElement before = Bare(response);
                Change(response);
                response.InsertBefore(before, response["Signature", SamlNames.Signature]);
                break;
            case "XSW3":
                response.InsertBefore(evil, assertion);
                break;
            case "XSW4":
                response.ReplaceChild(evil, assertion);
                evil.AppendChild(original);
                break;
            case "XSW5":
                Change(assertion);
                response.AppendChild(bare);
                break;
            case "XSW6":
                Change(assertion);
                assertion["Signature", SamlNames.Signature]!.AppendChild(bare);
                break;
            case "XSW7":
                XmlElement extensions = document.CreateElement("samlp", "Extensions", SamlNames.Protocol);
                extensions.AppendChild(evil);
                response.InsertBefore(extensions, response["Status", SamlNames.Protocol]);
                break;
            case "XSW8":
                Change(assertion);
                XmlElement holder = document.CreateElement("Object", SamlNames.Signature);
                holder.AppendChild(bare);
                assertion["Signature", SamlNames.Signature]!.AppendChild(holder);
                break;
            case "same ID":
                // Two elements with the ID that was signed: which one the reference names is anybody's guess.
                response.SetAttribute("ID", assertion.GetAttribute("ID"));
                break;
            case "other namespace":
                XmlElement foreign = document.CreateElement("Assertion", "urn:oasis:names:tc:SAML:1.0:assertion");
                response.AppendChild(foreign);
                break;
            case "in the advice":
                XmlElement advice = document.CreateElement("saml", "Advice", SamlNames.Assertion);
                advice.AppendChild(original);
                assertion.InsertAfter(advice, assertion["Conditions", SamlNames.Assertion]);
                break;
            case "two signatures":
                assertion.InsertAfter(
                    assertion["Signature", SamlNames.Signature]!.CloneNode(deep: true), assertion["Signature", SamlNames.Signature]);
                break;
            default:
                response.AppendChild(document.CreateElement("saml", "EncryptedAssertion", SamlNames.Assertion));
                break;
        }
    }

    /// <summary>A copy without its own signature.</summary>
    private static XmlElement Bare(XmlElement element)
    {
        var copy = (XmlElement)element.CloneNode(deep: true);
        if (copy["Signature", SamlNames.Signature] is { } signature)
        {
            copy.RemoveChild(signature);
        }

        return copy;
    }

    private static void Change(XmlElement element)
    {
        element.SetAttribute("ID", "_evil");
        element.GetElementsByTagName("NameID", SamlNames.Assertion)[0]!.InnerText = Evil;
    }

    private static SamlReading Read(byte[] xml) => SamlResponses.Read(xml, SamlPeer.Expectation(Request), Spec.Now);
}
