using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>What is known of an identity provider.</summary>
/// <param name="SignInUrl">Where people are sent to sign in.</param>
/// <param name="SignOutUrl">Where answers to its requests to sign out are sent; null when it says nowhere.</param>
/// <param name="Certificates">The keys that it signs with.</param>
/// <param name="ValidUntil">Until when this is to be believed.</param>
internal sealed record SamlProvider(
    Uri SignInUrl, Uri? SignOutUrl, IReadOnlyList<X509Certificate2> Certificates, DateTimeOffset ValidUntil);

/// <summary>Reads the metadata of one identity provider (SAML 2.0 Metadata). Metadata of many (EntitiesDescriptor) is not read.</summary>
internal static class SamlProviderMetadata
{
    public const int BytesMax = 1024 * 1024;

    // What is said of a provider that has nothing to be read any more counts for a while, and not for ever.
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    // A shorter one would be over before it is used, and one of centuries is none.
    private static readonly TimeSpan KeptMin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan KeptMax = TimeSpan.FromDays(365);

    /// <param name="bytes">The document.</param>
    /// <param name="options">The settings of the provider.</param>
    /// <param name="signers">Who must have signed it; nobody when empty.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="InvalidDataException">It is not the metadata of this provider, or cannot be relied on.</exception>
    public static SamlProvider Read(byte[] bytes, SamlOptions options, IReadOnlyList<X509Certificate2> signers, DateTimeOffset now)
    {
        if (SamlXml.Parse(bytes, BytesMax) is not { DocumentElement: { } entity } document || SamlStructure.IsWrapped(document)
            || !SamlXml.Is(entity, SamlNames.Metadata, "EntityDescriptor"))
        {
            throw new InvalidDataException("It is no metadata of one entity.");
        }

        if (signers.Count > 0)
        {
            SignedElement signed = XmlSignature.Verify(entity, signers);
            entity = signed.Content ?? throw new InvalidDataException(
                $"Its signature does not hold ({(signed.Refusal ?? SamlRefusals.Unsigned).Code}).");
        }

        XmlElement? provider = SamlXml.Children(entity).FirstOrDefault(child => SamlXml.Is(child, SamlNames.Metadata, "IDPSSODescriptor")
            && (SamlXml.Attribute(child, "protocolSupportEnumeration") ?? "").Split(' ')
                .Contains(SamlNames.Protocol, StringComparer.Ordinal));
        if (SamlXml.Attribute(entity, "entityID") != options.EntityId || provider is null)
        {
            throw new InvalidDataException("It is not of this identity provider.");
        }

        DateTimeOffset? until = EndOf([entity, provider], now);
        Uri? signIn = options.SignInUrl ?? Address(provider, "SingleSignOnService", "Location");
        X509Certificate2[] certificates = [.. Certificates(provider)];
        return until > now && signIn is not null && certificates.Length > 0
            ? new SamlProvider(
                signIn,
                options.SignOutUrl ?? Address(provider, "SingleLogoutService", "ResponseLocation")
                    ?? Address(provider, "SingleLogoutService", "Location"),
                certificates, until.Value)
            : throw new InvalidDataException(
                "It is too old, or says neither where people sign in by HTTP-Redirect nor with which key it signs.");
    }

    /// <summary>Until when it says that it is to be believed, or kept (2.3.2, 2.4.1); a day where it does not say.</summary>
    /// <returns>Null when what it says cannot be read.</returns>
    private static DateTimeOffset? EndOf(XmlElement[] elements, DateTimeOffset now)
    {
        DateTimeOffset?[] ends =
        [
            .. elements.Select(element => SamlXml.Attribute(element, "validUntil")).OfType<string>().Select(SamlXml.Time),
            .. elements.Select(element => SamlXml.Attribute(element, "cacheDuration")).OfType<string>()
                .Select(text => KeptUntil(text, now)),
        ];
        return ends.Length == 0 ? now + KeptFor : ends.Contains(null) ? null : ends.Min();
    }

    private static DateTimeOffset? KeptUntil(string duration, DateTimeOffset now)
    {
        try
        {
            TimeSpan kept = XmlConvert.ToTimeSpan(duration);
            return kept < KeptMin ? now + KeptMin : kept > KeptMax ? now + KeptMax : now + kept;
        }
        catch (Exception unreadable) when (unreadable is FormatException or OverflowException)
        {
            return null;
        }
    }

    private static Uri? Address(XmlElement provider, string service, string attribute) => SamlXml.Children(provider)
        .Where(child => SamlXml.Is(child, SamlNames.Metadata, service) && SamlXml.Attribute(child, "Binding") == SamlNames.RedirectBinding)
        .Select(child => Uri.TryCreate(SamlXml.Attribute(child, attribute), UriKind.Absolute, out Uri? address)
            && SamlOptions.IsSafe(address) ? address : null)
        .FirstOrDefault(address => address is not null);

    private static IEnumerable<X509Certificate2> Certificates(XmlElement provider) =>
        from descriptor in SamlXml.Children(provider)
        where SamlXml.Is(descriptor, SamlNames.Metadata, "KeyDescriptor") && SamlXml.Attribute(descriptor, "use") is null or "signing"
        from certificate in descriptor.GetElementsByTagName("X509Certificate", SamlNames.Signature).OfType<XmlElement>()
        select Certificate(SamlXml.Text(certificate) ?? "");

    private static X509Certificate2 Certificate(string base64)
    {
        try
        {
            return SamlKeys.Strong(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(base64)));
        }
        catch (Exception error) when (error is FormatException or CryptographicException)
        {
            throw new InvalidDataException("It holds a certificate that is none.", error);
        }
    }
}
