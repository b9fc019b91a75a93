using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccessGov.Audit.Ingest.Syslog;

/// <summary>
/// Who may connect: whoever shows a certificate for clients that one of the authorities issued, and is on the list where there is one.
/// </summary>
internal static class SyslogSenders
{
    public const string SourcePrefix = "syslog:";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>What a handshake needs, with the files as they are now.</summary>
    public static SslServerAuthenticationOptions Handshake(SyslogOptions options)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(options.ClientAuthorityFile!);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.CertificateFile!);
        if (authorities.Count == 0 || chain.Count == 0)
        {
            throw new CryptographicException("There is no certificate in the files of Audit:Syslog.");
        }

        var certificate = X509Certificate2.CreateFromPemFile(options.CertificateFile!, options.KeyFile);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, shown, given, _) =>
                shown is X509Certificate2 sender && IsIssuedBy(authorities, sender, given) && IsPermitted(options, sender),
        };
    }

    /// <summary>The source of events that come with a certificate; null when it has no name to call it by.</summary>
    public static string? SourceOf(X509Certificate2 sender) =>
        sender.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 and <= 150 } name && !name.Any(char.IsControl)
            ? SourcePrefix + name
            : null;

    private static bool IsPermitted(SyslogOptions options, X509Certificate2 sender) => SourceOf(sender) is { } source
        && (options.PermittedSubjects.Count == 0 || options.PermittedSubjects.Contains(source[SourcePrefix.Length..]));

    private static bool IsIssuedBy(X509Certificate2Collection authorities, X509Certificate2 sender, X509Chain? given)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.ExtraStore.AddRange(given?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        // A hospital's own authority seldom answers who is revoked; whoever may not send any more leaves the list of subjects.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(sender);
    }
}
