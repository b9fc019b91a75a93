using System.Security.Cryptography;
using System.Text;
using System.Xml;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>
/// Reads an assertion whose signature holds: whether it is meant for us, now and in answer to this browser's request, and whom it is
/// about.
/// </summary>
internal static class SamlAssertion
{
    private const string Form = "saml:Issuer (ds:Signature )?saml:Subject saml:Conditions (saml:Advice )?"
        + "(saml:AttributeStatement )?saml:AuthnStatement (saml:AttributeStatement )?";

    private static readonly TimeSpan ShownWithin = TimeSpan.FromDays(1);

    public static SamlReading Read(XmlElement assertion, SamlExpectation expected, DateTimeOffset now)
    {
        if (!SamlXml.Is(assertion, SamlNames.Assertion, "Assertion") || !SamlXml.Has(assertion, Form)
            || SamlXml.Attribute(assertion, "Version") != "2.0"
            || SamlXml.Attribute(assertion, "ID") is not { Length: > 0 } id
            || SamlXml.Time(SamlXml.Attribute(assertion, "IssueInstant")) is not { } issued)
        {
            return Refuse(SamlRefusals.Malformed);
        }

        XmlElement subject = Child(assertion, "Subject")!;
        XmlElement statement = Child(assertion, "AuthnStatement")!;
        if (!IsIssuer(Child(assertion, "Issuer")!, expected.Options.EntityId))
        {
            return Refuse(SamlRefusals.IssuerWrong);
        }

        if (issued > now + expected.Options.ClockSkew)
        {
            return Refuse(SamlRefusals.NotYetValid);
        }

        (DateTimeOffset? goodUntil, Refusal? refusal) = Confirmation(subject, expected, now);
        refusal ??= Conditions(Child(assertion, "Conditions")!, expected, now) ?? StatementFault(statement, expected, now);
        if (refusal is not null)
        {
            return Refuse(refusal);
        }

        ILookup<string, string> claims = Claims(assertion);
        if (SubjectOf(Child(subject, "NameID"), claims, expected) is not { } name)
        {
            return Refuse(SamlRefusals.SubjectUnusable);
        }

        // By it, whatever the subject is, the provider ends what it began.
        if (SamlXml.Text(Child(subject, "NameID")) is not { Length: > 0 } nameId)
        {
            return Refuse(SamlRefusals.NameIdMissing);
        }

        // Microsoft's providers say in an attribute how somebody has signed in, and always the same class.
        string[] contexts =
        [
            .. SamlXml.Children(Child(statement, "AuthnContext")!)
                .Where(child => SamlXml.Is(child, SamlNames.Assertion, "AuthnContextClassRef")).Select(SamlXml.Text).OfType<string>(),
            .. claims[SamlNames.MicrosoftMethods],
        ];
        return new SamlReading.Believed(
            new AssertedIdentity(
                expected.Provider, expected.Options.EntityId, name, claims, contexts,
                AuthenticatedAt(statement, expected, now), ProviderSession(nameId, SamlXml.Attribute(statement, "SessionIndex")),
                new Statement(
                    NamesOf(nameId, SamlXml.Attribute(statement, "SessionIndex")), Statement.Between(expected.Request?.At, issued, now),
                    SamlXml.Time(SamlXml.Attribute(statement, "SessionNotOnOrAfter")))),
            id, goodUntil!.Value);
    }

    public static bool IsIssuer(XmlElement issuer, string entityId) =>
        SamlXml.Text(issuer) == entityId && SamlXml.Attribute(issuer, "Format") is null or SamlNames.EntityNameId;

    /// <summary>Whether what is said to be answered is what this browser has asked.</summary>
    public static Refusal? Answers(string? inResponseTo, SamlExpectation expected) => (expected.Request, inResponseTo) switch
    {
        (null, null) => expected.Options.AllowUnsolicited ? null : SamlRefusals.Unsolicited,
        ({ Id: var id }, _) when id == inResponseTo => null,
        _ => SamlRefusals.RequestUnknown,
    };

    /// <summary>
    /// The provider's name of its session with somebody. An index alone may be another person's, too (Core 2.0, 2.7.2); who it is, is not
    /// told by it.
    /// </summary>
    public static string ProviderSession(string nameId, string? index) => $"{ProviderSessionsOf(nameId)}{index}";

    /// <summary>What the names of all sessions of somebody begin with.</summary>
    public static string ProviderSessionsOf(string nameId) =>
        $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(nameId)))[..32]}.";

    /// <summary>What a provider ends that names these sessions of somebody: all of theirs when there are none.</summary>
    public static IEnumerable<string> NamesOf(string nameId, IReadOnlyList<string> sessions) => sessions.Count == 0
        ? [ProviderSessionsOf(nameId)]
        : [.. sessions.Select(index => ProviderSession(nameId, index)), AnyOf(nameId)];

    // By which names a session would be ended: its own, and that of all; where its index was not told, also by that of any other one.
    private static string[] NamesOf(string nameId, string? index) =>
        [ProviderSessionsOf(nameId), index is null ? AnyOf(nameId) : ProviderSession(nameId, index)];

    private static string AnyOf(string nameId) => $"any {ProviderSessionsOf(nameId)}";

    // Whoever was asked on this very way was asked now, whatever the provider's clock says: otherwise somebody who has to show it again
    // would have shown it too long ago, again and again.
    private static DateTimeOffset AuthenticatedAt(XmlElement statement, SamlExpectation expected, DateTimeOffset now)
    {
        DateTimeOffset said = SamlXml.Time(SamlXml.Attribute(statement, "AuthnInstant"))!.Value;
        return said > now || (expected.Request is { } request
            && said >= request.At - (request.Fresh ? expected.Options.ClockSkew : TimeSpan.Zero)) ? now : said;
    }

    // One bearer confirmation. Others, and several, are for other profiles.
    private static (DateTimeOffset? GoodUntil, Refusal? Refusal) Confirmation(
        XmlElement subject, SamlExpectation expected, DateTimeOffset now)
    {
        if (!SamlXml.Has(subject, "(saml:NameID |saml:EncryptedID )?saml:SubjectConfirmation ")
            || Child(subject, "SubjectConfirmation") is not { } confirmation
            || SamlXml.Attribute(confirmation, "Method") != SamlNames.Bearer
            || Child(confirmation, "SubjectConfirmationData") is not { } data
            || SamlXml.Time(SamlXml.Attribute(data, "NotOnOrAfter")) is not { } until
            || !Times(data, out DateTimeOffset? from, out _))
        {
            return (null, SamlRefusals.Malformed);
        }

        return (until, SamlXml.Attribute(data, "Recipient") != expected.ConsumerUrl ? SamlRefusals.RecipientWrong
            : Answers(SamlXml.Attribute(data, "InResponseTo"), expected)
            ?? Timely(from, until, expected, now)
            ?? (until - now > ShownWithin ? SamlRefusals.LastsTooLong : null));
    }

    private static Refusal? Conditions(XmlElement conditions, SamlExpectation expected, DateTimeOffset now)
    {
        // A condition that is not understood is not met (Core 2.0, 2.5.1). Used once is every assertion here.
        if (!SamlXml.Has(conditions, "(saml:AudienceRestriction |saml:OneTimeUse |saml:ProxyRestriction )*")
            || !Times(conditions, out DateTimeOffset? from, out DateTimeOffset? until))
        {
            return SamlRefusals.Malformed;
        }

        XmlElement[] restrictions = [.. SamlXml.Children(conditions).Where(child => child.LocalName == "AudienceRestriction")];
        bool isMeant = restrictions.Length > 0 && restrictions.All(restriction => SamlXml.Children(restriction).Any(
            child => SamlXml.Is(child, SamlNames.Assertion, "Audience") && SamlXml.Text(child) == expected.OwnEntityId));
        return isMeant ? Timely(from, until, expected, now) : SamlRefusals.AudienceWrong;
    }

    private static Refusal? StatementFault(XmlElement statement, SamlExpectation expected, DateTimeOffset now)
    {
        string? ends = SamlXml.Attribute(statement, "SessionNotOnOrAfter");
        if (SamlXml.Time(SamlXml.Attribute(statement, "AuthnInstant")) is not { } authenticated
            || !SamlXml.Has(statement, "(saml:SubjectLocality )?saml:AuthnContext ")
            || (ends is not null && SamlXml.Time(ends) is null))
        {
            return SamlRefusals.Malformed;
        }

        return expected.Request is { Fresh: true } request && authenticated < request.At - expected.Options.ClockSkew
            ? SamlRefusals.AuthenticationOld
            : SamlXml.Time(ends) <= now ? SamlRefusals.Expired
            : Timely(authenticated, null, expected, now);
    }

    private static Refusal? Timely(DateTimeOffset? from, DateTimeOffset? until, SamlExpectation expected, DateTimeOffset now) =>
        from > now + expected.Options.ClockSkew ? SamlRefusals.NotYetValid
        : until <= now - expected.Options.ClockSkew ? SamlRefusals.Expired
        : null;

    private static bool Times(XmlElement element, out DateTimeOffset? from, out DateTimeOffset? until)
    {
        (string? begins, string? ends) = (SamlXml.Attribute(element, "NotBefore"), SamlXml.Attribute(element, "NotOnOrAfter"));
        (from, until) = (SamlXml.Time(begins), SamlXml.Time(ends));
        return (begins is null || from is not null) && (ends is null || until is not null);
    }

    private static ILookup<string, string> Claims(XmlElement assertion) => (
        from statement in SamlXml.Children(assertion)
        where statement.LocalName == "AttributeStatement"
        from attribute in SamlXml.Children(statement)
        where SamlXml.Is(attribute, SamlNames.Assertion, "Attribute")
        let name = SamlXml.Attribute(attribute, "Name")
        where name is not null
        from child in SamlXml.Children(attribute)
        where SamlXml.Is(child, SamlNames.Assertion, "AttributeValue")
        let value = SamlXml.Text(child)
        where value is not null
        select (name, value)).ToLookup(claim => claim.name, claim => claim.value, StringComparer.Ordinal);

    private static string? SubjectOf(XmlElement? nameId, ILookup<string, string> claims, SamlExpectation expected)
    {
        string? subject = expected.Options.SubjectAttribute is { } attribute
            ? claims[attribute].ToArray() is [var only] ? only : null
            : nameId is not null && IsAgreed(nameId, expected) ? SamlXml.Text(nameId) : null;
        return subject is not null && Identifiers.IsForeign(subject) ? subject : null;
    }

    // A name that is the provider's for somebody else, or changes with each sign-in, names nobody here.
    private static bool IsAgreed(XmlElement nameId, SamlExpectation expected) =>
        (SamlXml.Attribute(nameId, "Format") ?? SamlNames.UnspecifiedNameId) == expected.Options.NameIdFormat
        && (SamlXml.Attribute(nameId, "NameQualifier") ?? expected.Options.EntityId) == expected.Options.EntityId
        && (SamlXml.Attribute(nameId, "SPNameQualifier") ?? expected.OwnEntityId) == expected.OwnEntityId;

    private static XmlElement? Child(XmlElement parent, string name) => SamlXml.Child(parent, SamlNames.Assertion, name);

    private static SamlReading.Refused Refuse(Refusal refusal) => new(refusal);
}
