using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml;
using AccessGov.IdentityFederation.Federation.Saml;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>Assertions that only we can read.</summary>
public sealed class SamlEncryptionSpecs
{
    private static readonly X509Certificate2 OurKey = SamlPeer.Foreign;
    private static readonly SentRequest Request = new("_request", Spec.Now.AddMinutes(-1), Fresh: false);

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    public void An_encrypted_assertion_is_as_good_as_its_signature_or_that_of_the_response(bool assertion, bool response, bool sha256) =>
        Read(Encrypted(assertion, response, padding: sha256 ? RSAEncryptionPadding.OaepSHA256 : null))
            .ShouldBeOfType<SamlReading.Believed>().Identity.Subject.ShouldBe("ada-1");

    [Fact]
    public void One_that_nobody_signed_is_worth_nothing_however_well_it_is_encrypted() =>
        Read(Encrypted(assertion: false, response: false)).ShouldBeRefused("saml_unsigned", 403);

    [Fact]
    public void An_assertion_that_anybody_can_read_is_refused_where_it_is_to_be_encrypted() =>
        Read(SamlPeer.Document(Encoding.UTF8.GetString(new Said().Signed()))).ShouldBeRefused("saml_not_encrypted", 403);

    [Fact]
    public void One_for_another_key_or_changed_cannot_be_decrypted()
    {
        Read(Encrypted(assertion: true, response: false, to: SamlPeer.Certificate)).ShouldBeRefused("saml_not_decryptable", 403);
        XmlDocument changed = Encrypted(assertion: true, response: false);
        XmlNode value = changed.GetElementsByTagName("CipherValue", SamlNames.Encryption)[1]!;
        byte[] box = Convert.FromBase64String(value.InnerText);
        box[40] ^= 1;
        value.InnerText = Convert.ToBase64String(box);
        Read(changed).ShouldBeRefused("saml_not_decryptable", 403);
        value.InnerText = "AAAA";
        Read(changed).ShouldBeRefused("saml_not_decryptable", 403);
    }

    [Fact]
    public void The_former_key_goes_on_decrypting_during_a_change() =>
        SamlResponses.Read(SamlPeer.Bytes(Encrypted(assertion: true, response: false)),
            SamlPeer.Expectation(Request, keys: [SamlPeer.Certificate, OurKey]), Spec.Now)
            .ShouldBeOfType<SamlReading.Believed>();

    [Fact]
    public void A_cipher_that_tells_who_asks_often_enough_is_taken_only_where_it_is_allowed_and_signed_from_outside()
    {
        Read(Encrypted(assertion: true, response: true, gcm: false)).ShouldBeRefused("saml_encryption_unsupported", 403);
        Read(Encrypted(assertion: true, response: false, gcm: false), cbc: true).ShouldBeRefused("saml_encryption_unsupported", 403);
        Read(Encrypted(assertion: true, response: true, gcm: false), cbc: true).ShouldBeOfType<SamlReading.Believed>();
    }

    [Fact]
    public void A_key_under_the_old_padding_is_refused()
    {
        XmlDocument document = Encrypted(assertion: true, response: false);
        ((XmlElement)document.GetElementsByTagName("EncryptionMethod", SamlNames.Encryption)[1]!)
            .SetAttribute("Algorithm", $"{SamlNames.Encryption}rsa-1_5");
        Read(document).ShouldBeRefused("saml_encryption_unsupported", 403);
    }

    [Fact]
    public void What_is_wrapped_in_what_is_encrypted_is_seen()
    {
        XmlDocument document = new Said().Document();
        XmlElement assertion = SamlPeer.AssertionOf(document);
        SamlPeer.Sign(assertion);
        var evil = (XmlElement)assertion.CloneNode(deep: true);
        evil.SetAttribute("ID", "_evil");
        evil.AppendChild(assertion.CloneNode(deep: true));
        assertion.ParentNode!.ReplaceChild(evil, assertion);
        SamlPeer.Encrypt(evil, OurKey);

        Read(document).ShouldBeRefused("saml_not_decryptable", 403);
    }

    private static XmlDocument Encrypted(bool assertion, bool response, bool gcm = true, X509Certificate2? to = null,
        RSAEncryptionPadding? padding = null)
    {
        XmlDocument document = new Said().Document();
        XmlElement plain = SamlPeer.AssertionOf(document);
        if (assertion)
        {
            SamlPeer.Sign(plain);
        }

        SamlPeer.Encrypt(plain, to ?? OurKey, gcm, padding);
        if (response)
        {
            SamlPeer.Sign(document.DocumentElement!);
        }

        return document;
    }

    private static SamlReading Read(XmlDocument document, bool cbc = false) => SamlResponses.Read(
        SamlPeer.Bytes(document), SamlPeer.Expectation(
            Request, options => (options.WantAssertionsEncrypted, options.AllowCbc) = (true, cbc), keys: [OurKey]), Spec.Now);
}
