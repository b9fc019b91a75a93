using System.Security.Cryptography.X509Certificates;
using System.Xml;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>What is asked of a response before it is believed.</summary>
/// <param name="Provider">The name of the provider, as the settings have it.</param>
/// <param name="Options">Its settings.</param>
/// <param name="Certificates">The keys that it signs with; nothing in a message adds to them.</param>
/// <param name="DecryptionKeys">Our keys that assertions are encrypted for.</param>
/// <param name="OwnEntityId">Whom assertions are to be meant for.</param>
/// <param name="ConsumerUrl">Where responses are to be sent to.</param>
/// <param name="Request">The request of this browser that the response is to answer; null when there is none.</param>
internal sealed record SamlExpectation(
    string Provider, SamlOptions Options, IReadOnlyList<X509Certificate2> Certificates, IReadOnlyList<X509Certificate2> DecryptionKeys,
    string OwnEntityId, string ConsumerUrl, SentRequest? Request);

/// <summary>A request that was sent.</summary>
/// <param name="Id">Its ID.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Fresh">Whether the person was to be asked who they are, however long they have been signed in there.</param>
internal sealed record SentRequest(string Id, DateTimeOffset At, bool Fresh);

/// <summary>What came of reading a response.</summary>
internal abstract record SamlReading
{
    private SamlReading() { }

    /// <param name="Identity">Who it is.</param>
    /// <param name="AssertionId">What must not come again.</param>
    /// <param name="GoodUntil">Until when it might.</param>
    public sealed record Believed(AssertedIdentity Identity, string AssertionId, DateTimeOffset GoodUntil) : SamlReading;

    public sealed record Refused(Refusal Reason) : SamlReading;
}

/// <summary>
/// Reads a response (SAML 2.0 Web Browser SSO Profile). First its form, then its signatures, then what was signed, read from the bytes
/// that were signed. Everything else about it is not looked at.
/// </summary>
internal static class SamlResponses
{
    private const string Form =
        "(saml:Issuer )?(ds:Signature )?(samlp:Extensions )?samlp:Status (saml:Assertion |saml:EncryptedAssertion )?";


    public static SamlReading Read(byte[] xml, SamlExpectation expected, DateTimeOffset now)
    {
        if (SamlXml.Parse(xml) is not { DocumentElement: { } response } document || !SamlXml.Is(response, SamlNames.Protocol, "Response"))
        {
            return Refuse(SamlRefusals.Malformed);
        }

        // First of all: in a document that is not as it should be, nothing is anybody's.
        if (SamlStructure.IsWrapped(document))
        {
            return Refuse(SamlRefusals.Wrapped);
        }

        if (!SamlXml.Has(response, Form) || SamlXml.Attribute(response, "Version") != "2.0"
            || string.IsNullOrEmpty(SamlXml.Attribute(response, "ID")))
        {
            return Refuse(SamlRefusals.Malformed);
        }

        SignedElement outer = XmlSignature.Verify(response, expected.Certificates);
        if ((outer.Refusal ?? StatusRefusal(outer.Content ?? response)) is { } refusal)
        {
            return Refuse(refusal);
        }

        (XmlElement? read, Refusal? unreadable) = AssertionOf(response, outer.Content, expected);
        return unreadable is not null ? Refuse(unreadable)
            : Addressed(outer.Content ?? response, isSigned: outer.Content is not null, expected) is { } elsewhere ? Refuse(elsewhere)
            : SamlAssertion.Read(read!, expected, now);
    }

    /// <summary>The assertion as it was signed, in whichever of the two ways.</summary>
    private static (XmlElement? Assertion, Refusal? Refusal) AssertionOf(
        XmlElement response, XmlElement? signedResponse, SamlExpectation expected)
    {
        XmlElement? assertion = SamlXml.Child(response, SamlNames.Assertion, "Assertion");
        XmlElement? within = signedResponse is null ? null : SamlXml.Child(signedResponse, SamlNames.Assertion, "Assertion");
        if (SamlXml.Child(signedResponse ?? response, SamlNames.Assertion, "EncryptedAssertion") is { } encrypted)
        {
            (assertion, Refusal? unreadable) = SamlEncryption.Decrypt(
                encrypted, expected.DecryptionKeys, cbc: expected.Options.AllowCbc && signedResponse is not null);
            if (unreadable is not null)
            {
                return (null, unreadable);
            }

            // Whoever signed the response signed what is encrypted in it.
            within = signedResponse is null ? null : assertion;
        }
        else if (assertion is not null && expected.Options.WantAssertionsEncrypted)
        {
            return (null, SamlRefusals.NotEncrypted);
        }

        if (assertion is null)
        {
            return (null, SamlRefusals.Malformed);
        }

        SignedElement inner = XmlSignature.Verify(assertion, expected.Certificates);
        return inner.Refusal is not null ? (null, inner.Refusal)
            : (inner.Content ?? within) is { } read ? (read, null)
            : (null, SamlRefusals.Unsigned);
    }

    private static Refusal? Addressed(XmlElement response, bool isSigned, SamlExpectation expected)
    {
        XmlElement? issuer = SamlXml.Child(response, SamlNames.Assertion, "Issuer");
        string? destination = SamlXml.Attribute(response, "Destination");
        return issuer is not null && !SamlAssertion.IsIssuer(issuer, expected.Options.EntityId) ? SamlRefusals.IssuerWrong
            : (destination is not null || isSigned) && destination != expected.ConsumerUrl ? SamlRefusals.DestinationWrong
            : SamlAssertion.Answers(SamlXml.Attribute(response, "InResponseTo"), expected);
    }

    private static Refusal? StatusRefusal(XmlElement response)
    {
        XmlElement status = SamlXml.Child(response, SamlNames.Protocol, "Status")!;
        if (SamlXml.Child(status, SamlNames.Protocol, "StatusCode") is not { } code || SamlXml.Attribute(code, "Value") is not { } value)
        {
            return SamlRefusals.Malformed;
        }

        XmlElement? second = SamlXml.Child(code, SamlNames.Protocol, "StatusCode");
        return value == SamlNames.Success
            ? null
            : (second is null ? null : SamlXml.Attribute(second, "Value")) switch
            {
                SamlNames.Status + "NoAuthnContext" => SamlRefusals.NoAuthnContext,
                SamlNames.Status + "RequestDenied" => SamlRefusals.RequestDenied,
                SamlNames.Status + "AuthnFailed" or SamlNames.Status + "NoPassive" => SamlRefusals.AuthnFailed,
                _ => SamlRefusals.Failed,
            };
    }

    private static SamlReading.Refused Refuse(Refusal refusal) => new(refusal);
}
