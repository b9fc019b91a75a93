using System.Xml;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>Somebody has signed out at the provider.</summary>
/// <param name="Id">The request's ID.</param>
/// <param name="NameId">Whom it is about.</param>
/// <param name="Sessions">The indexes of the sessions that are over; all of theirs when there are none.</param>
/// <param name="GoodUntil">Until when the request might come again.</param>
internal sealed record SamlLogoutRequest(string Id, string NameId, IReadOnlyList<string> Sessions, DateTimeOffset GoodUntil);

/// <summary>Reads the request of a provider to end sessions (SAML 2.0 Single Logout Profile).</summary>
internal static class SamlLogoutRequests
{
    private const string Form = "saml:Issuer (ds:Signature )?(samlp:Extensions )?saml:NameID (samlp:SessionIndex )*";

    // How long it may be under way.
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);

    /// <param name="xml">The document.</param>
    /// <param name="isSigned">Whether the signature of these bytes has been checked; else it has to be in them.</param>
    /// <param name="partner">Who is to have sent it.</param>
    /// <param name="now">The time.</param>
    public static (SamlLogoutRequest? Request, Refusal? Refusal) Read(byte[] xml, bool isSigned, SamlPartner partner, DateTimeOffset now)
    {
        if (SamlXml.Parse(xml) is not { DocumentElement: { } request } document
            || !SamlXml.Is(request, SamlNames.Protocol, "LogoutRequest"))
        {
            return (null, SamlRefusals.Malformed);
        }

        if (SamlStructure.IsWrapped(document))
        {
            return (null, SamlRefusals.Wrapped);
        }

        if (!SamlXml.Has(request, Form))
        {
            return (null, SamlRefusals.Malformed);
        }

        SignedElement signed = XmlSignature.Verify(request, partner.Known.Certificates);
        return signed.Refusal is { } refusal ? (null, refusal)
            : (signed.Content ?? (isSigned ? request : null)) is { } content ? ReadContent(content, partner, now)
            : (null, SamlRefusals.Unsigned);
    }

    private static (SamlLogoutRequest? Request, Refusal? Refusal) ReadContent(XmlElement request, SamlPartner partner, DateTimeOffset now)
    {
        TimeSpan skew = partner.Options.ClockSkew;
        string? until = SamlXml.Attribute(request, "NotOnOrAfter");
        string? nameId = SamlXml.Text(SamlXml.Child(request, SamlNames.Assertion, "NameID"));
        string?[] sessions = [.. SamlXml.Children(request).Where(child => child.LocalName == "SessionIndex").Select(SamlXml.Text)];
        if (SamlXml.Attribute(request, "ID") is not { Length: > 0 } id || SamlXml.Attribute(request, "Version") != "2.0"
            || string.IsNullOrEmpty(nameId)
            || SamlXml.Time(SamlXml.Attribute(request, "IssueInstant")) is not { } issued
            || (until is not null && SamlXml.Time(until) is null)
            || sessions.Contains(null))
        {
            return (null, SamlRefusals.Malformed);
        }

        Refusal? refusal =
            !SamlAssertion.IsIssuer(SamlXml.Child(request, SamlNames.Assertion, "Issuer")!, partner.Options.EntityId)
                ? SamlRefusals.IssuerWrong
            : SamlXml.Attribute(request, "Destination") != partner.Own.SignOut ? SamlRefusals.DestinationWrong
            : issued > now + skew ? SamlRefusals.NotYetValid
            : issued <= now - skew - Lasts || SamlXml.Time(until) <= now - skew ? SamlRefusals.Expired
            : null;
        return refusal is null
            ? (new SamlLogoutRequest(id, nameId, [.. sessions.OfType<string>()], issued + Lasts + skew), null)
            : (null, refusal);
    }
}
