using System.Xml;
using AccessGov.IdentityFederation.Federation.Saml;

namespace AccessGov.IdentityFederation.Tests.Federation.Saml;

/// <summary>What the provider says, which tests change before it is signed.</summary>
internal sealed class Said
{
    public string ResponseId { get; set; } = "_response";

    public string AssertionId { get; set; } = $"_{Guid.NewGuid():n}";

    public string? InResponseTo { get; set; } = "_request";

    public string Issuer { get; set; } = SamlPeer.EntityId;

    public string? Destination { get; set; } = SamlPeer.Consumer;

    public string Recipient { get; set; } = SamlPeer.Consumer;

    public string Audience { get; set; } = SamlPeer.OwnEntityId;

    public string Subject { get; set; } = "ada-1";

    public string Format { get; set; } = SamlNames.PersistentNameId;

    public string Qualifiers { get; set; } = "";

    public DateTimeOffset Now { get; set; } = Spec.Now;

    public DateTimeOffset? NotBefore { get; set; }

    public DateTimeOffset? NotOnOrAfter { get; set; }

    public DateTimeOffset? ConfirmedUntil { get; set; }

    public DateTimeOffset? AuthenticatedAt { get; set; }

    public DateTimeOffset? SessionEndsAt { get; set; }

    public string? SessionIndex { get; set; } = "s1";

    public bool HasNameId { get; set; } = true;

    public string Status { get; set; } = $"<samlp:StatusCode Value=\"{SamlNames.Success}\"/>";

    public string Conditions { get; set; } = "<saml:OneTimeUse/>";

    public string Confirmation { get; set; } = SamlNames.Bearer;

    public string ClaimName { get; set; } = "groups";

    public string NameId => HasNameId ? $"""<saml:NameID Format="{Format}"{Qualifiers}>{Subject}</saml:NameID>""" : "";

    public XmlDocument Document() => SamlPeer.Document(
        $"""
        <samlp:Response xmlns:samlp="{SamlNames.Protocol}" xmlns:saml="{SamlNames.Assertion}" xmlns:xs="http://www.w3.org/2001/XMLSchema"
          ID="{ResponseId}" Version="2.0" IssueInstant="{At(Now)}"{Destined}{Answers}>
        <saml:Issuer>{Issuer}</saml:Issuer><samlp:Status>{Status}</samlp:Status>
        <saml:Assertion ID="{AssertionId}" Version="2.0" IssueInstant="{At(Now)}"><saml:Issuer>{Issuer}</saml:Issuer>
          <saml:Subject>{NameId}
            <saml:SubjectConfirmation Method="{Confirmation}">
              <saml:SubjectConfirmationData NotOnOrAfter="{At(ConfirmedUntil ?? Now.AddMinutes(5))}" Recipient="{Recipient}"{Answers}/>
            </saml:SubjectConfirmation>
          </saml:Subject>
          <saml:Conditions NotBefore="{At(NotBefore ?? Now)}" NotOnOrAfter="{At(NotOnOrAfter ?? Now.AddHours(1))}">
            <saml:AudienceRestriction>
              <saml:Audience>https://other.test/</saml:Audience><saml:Audience>{Audience}</saml:Audience>
            </saml:AudienceRestriction>{Conditions}
          </saml:Conditions>
          <saml:AuthnStatement AuthnInstant="{At(AuthenticatedAt ?? Now)}"{Optional("SessionIndex", SessionIndex)}{Ends}>
            <saml:AuthnContext>
              <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>
            </saml:AuthnContext>
          </saml:AuthnStatement>
          <saml:AttributeStatement>
            <saml:Attribute Name="{ClaimName}">
              <saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">readers</saml:AttributeValue>
              <saml:AttributeValue>night</saml:AttributeValue>
            </saml:Attribute>
            <saml:Attribute Name="oid"><saml:AttributeValue>o-1</saml:AttributeValue></saml:Attribute>
          </saml:AttributeStatement>
        </saml:Assertion></samlp:Response>
        """);

    /// <summary>The response with a signed assertion, or signed itself, or both.</summary>
    public byte[] Signed(bool assertion = true, bool response = false)
    {
        XmlDocument document = Document();
        if (assertion)
        {
            SamlPeer.Sign(SamlPeer.AssertionOf(document));
        }

        if (response)
        {
            SamlPeer.Sign(document.DocumentElement!);
        }

        return SamlPeer.Bytes(document);
    }

    private string Destined => Optional("Destination", Destination);

    private string Answers => Optional("InResponseTo", InResponseTo);

    private string Ends => Optional("SessionNotOnOrAfter", SessionEndsAt is { } ends ? At(ends) : null);

    private static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    private static string Optional(string name, string? value) => value is null ? "" : $" {name}=\"{value}\"";
}
