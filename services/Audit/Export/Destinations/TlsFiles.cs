using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace AccessGov.Audit.Export.Destinations;

/// <summary>
/// How we show who we are and check who a receiver is. Certificates are read anew each time, so that renewed ones count at the next
/// connection.
/// </summary>
internal static class TlsFiles
{
    /// <param name="destination">The files' names.</param>
    /// <param name="host">The name that the receiver's certificate must have; null where whoever connects sets it.</param>
    public static SslClientAuthenticationOptions Of(DestinationOptions destination, string? host = null)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(destination.CaFile);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = policy,

            // Collectors that ask for a certificate and name no session context (rsyslog) break off what takes a session up again.
            AllowTlsResume = false,
            ClientCertificateContext = destination.CertificateFile is { } file ? Own(file, destination.KeyFile!) : null,
        };
    }

    private static SslStreamCertificateContext Own(string file, string keyFile)
    {
        var own = X509Certificate2.CreateFromPemFile(file, keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }
}
