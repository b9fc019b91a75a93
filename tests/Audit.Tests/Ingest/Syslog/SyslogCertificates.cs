using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccessGov.Audit.Tests.Ingest.Syslog;

/// <summary>An authority of tests and what it issues, as files.</summary>
internal sealed class SyslogCertificates : IDisposable
{
    private static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientUse = new("1.3.6.1.5.5.7.3.2");
    private readonly X509Certificate2 authority;

    public SyslogCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Hospital CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem());
        Issue("localhost", ServerUse);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("accessgov-syslog-").FullName;

    public string AuthorityFile => Path.Combine(Folder, "ca.pem");

    public string FileOf(string name) => Path.Combine(Folder, $"{name}.pem");

    public string KeyOf(string name) => Path.Combine(Folder, $"{name}.key");

    /// <summary>A certificate for a sender; for a server where that is asked for.</summary>
    public X509Certificate2 Client(string name, bool forServers = false, DateTimeOffset? until = null)
    {
        Issue(name, forServers ? ServerUse : ClientUse, until);
        return X509Certificate2.CreateFromPemFile(FileOf(name), KeyOf(name));
    }

    /// <summary>The settings of a listener on a port.</summary>
    public Dictionary<string, string?> Settings(int port) => new(StringComparer.Ordinal)
    {
        ["Audit:Syslog:Address"] = "127.0.0.1", ["Audit:Syslog:Port"] = $"{port}", ["Audit:Syslog:CertificateFile"] = FileOf("localhost"),
        ["Audit:Syslog:KeyFile"] = KeyOf("localhost"), ["Audit:Syslog:ClientAuthorityFile"] = AuthorityFile,
    };

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void Issue(string name, Oid use, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([use], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = request.Create(
            authority, DateTimeOffset.UtcNow.AddHours(-2), until ?? DateTimeOffset.UtcNow.AddDays(30), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(FileOf(name), issued.ExportCertificatePem());
        File.WriteAllText(KeyOf(name), key.ExportPkcs8PrivateKeyPem());
    }
}
