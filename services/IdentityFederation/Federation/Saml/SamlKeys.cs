using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>
/// The keys that files hold. Whether a certificate has expired is not asked: it is the key that is trusted, because it is in the settings
/// or in the provider's metadata, and it is trusted until it is taken out there.
/// </summary>
internal static class SamlKeys
{
    private const int RsaBitsMin = 2048;
    private const int CurveBitsMin = 256;

    /// <summary>What goes wrong with a file that is not there, or holds something else.</summary>
    public static bool IsUnreadable(Exception error) =>
        error is IOException or UnauthorizedAccessException or InvalidDataException or CryptographicException or ArgumentException;

    /// <exception cref="InvalidDataException">There is none, or one whose key is too weak.</exception>
    public static IReadOnlyList<X509Certificate2> Certificates(string file)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPemFile(file);
        return found.Count == 0 ? throw new InvalidDataException("It holds no certificate.") : [.. found.Select(Strong)];
    }

    /// <summary>A certificate whose key can be relied on.</summary>
    /// <exception cref="InvalidDataException">Its key is too weak, or of another kind.</exception>
    public static X509Certificate2 Strong(X509Certificate2 certificate)
    {
        using RSA? rsa = certificate.GetRSAPublicKey();
        using ECDsa? curve = certificate.GetECDsaPublicKey();
        return rsa?.KeySize >= RsaBitsMin || curve?.KeySize >= CurveBitsMin
            ? certificate
            : throw new InvalidDataException("The key of a certificate is neither RSA of 2,048 bits or more nor ECDSA on P-256 or larger.");
    }

    /// <summary>Our own key, with its certificate.</summary>
    public static X509Certificate2 Own(string file) => Strong(X509Certificate2.CreateFromPemFile(file));

    /// <exception cref="InvalidDataException">It is no RSA key.</exception>
    public static X509Certificate2 OwnRsa(string file)
    {
        X509Certificate2 own = Own(file);
        using RSA? rsa = own.GetRSAPrivateKey();
        return rsa is null ? throw new InvalidDataException("A key to decrypt with is an RSA key.") : own;
    }
}
