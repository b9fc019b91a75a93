using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccessGov.Testing;

/// <summary>An authority that lives as long as a test.</summary>
[UnsupportedOSPlatform("windows")]
public static class TestAuthority
{
    /// <summary>Writes ca.pem to one folder and, if there is another, key.pem and certificate.pem for an address to that.</summary>
    public static void Write(string authorityFolder, string? serverFolder = null, string address = "127.0.0.1")
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using X509Certificate2 authority = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(2));
        File.WriteAllText(Path.Combine(authorityFolder, "ca.pem"), authority.ExportCertificatePem());
        if (serverFolder is null)
        {
            return;
        }

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest("CN=dc.hospital.test", serverKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("dc.hospital.test");
        names.AddIpAddress(IPAddress.Parse(address));
        names.AddIpAddress(IPAddress.Loopback);
        server.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = server.Create(authority, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(serverFolder, "certificate.pem"), certificate.ExportCertificatePem());
        string keyFile = Path.Combine(serverFolder, "key.pem");
        File.WriteAllText(keyFile, serverKey.ExportPkcs8PrivateKeyPem());
        // Samba refuses a key that others may read.
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
