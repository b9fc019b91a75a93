using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace AccessGov.Mail;

/// <summary>Hands mail to the hospital's server (SMTP, RFC 5321). What is handed over may still not arrive. Thread-safe.</summary>
/// <param name="options">The server.</param>
public sealed class Mailer(IOptions<MailSettings> options)
{
    private const int PatienceMilliseconds = 20_000;

    /// <summary>Whether there is a server.</summary>
    public bool IsGiven => options.Value.IsGiven;

    /// <summary>Sends one mail.</summary>
    /// <param name="id">The same for the same mail sent twice, so that its reader has it once.</param>
    /// <param name="to">Whom it is for.</param>
    /// <param name="subject">What it is about.</param>
    /// <param name="text">What it says.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <returns>Whether the server took it; it never will when it did not.</returns>
    /// <exception cref="Exception">Whatever may pass: it is to be tried again.</exception>
    public async Task<bool> SendAsync(string id, string to, string subject, string text, CancellationToken cancellation)
    {
        MailSettings settings = options.Value;
        if (!MailboxAddress.TryParse(to, out MailboxAddress? recipient))
        {
            return false;
        }

        using var mail = new MimeMessage();
        mail.From.Add(settings.Sender);
        mail.To.Add(recipient);
        mail.MessageId = $"{id}@{settings.Sender.Domain}";
        mail.Subject = subject;
        mail.Body = new TextPart("plain") { Text = $"{text}\n\n{settings.Help}\n" };

        // Machines' mail is not answered by machines (RFC 3834).
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        using var client = new SmtpClient { Timeout = PatienceMilliseconds };
        if (settings.CaFile is not null)
        {
            X509Certificate2Collection authorities = settings.ReadAuthorities();
            client.ServerCertificateValidationCallback = (_, certificate, chain, errors) => ComesFrom(authorities, certificate, chain, errors);
        }

        bool startTls = settings.Security == MailSecurity.StartTls;
        await client.ConnectAsync(
            settings.Host, settings.Port ?? (startTls ? 587 : 465),
            startTls ? SecureSocketOptions.StartTls : SecureSocketOptions.SslOnConnect, cancellation);
        if (!string.IsNullOrEmpty(settings.UserName))
        {
            await client.AuthenticateAsync(settings.UserName, settings.ReadPassword(), cancellation);
        }

        try
        {
            await client.SendAsync(mail, cancellation);
        }
        catch (SmtpCommandException refused) when (refused.ErrorCode == SmtpErrorCode.RecipientNotAccepted && (int)refused.StatusCode >= 500)
        {
            return false;
        }

        await client.DisconnectAsync(quit: true, cancellation);
        return true;
    }

    private static bool ComesFrom(
        X509Certificate2Collection authorities, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        // The name must be right; who vouches for it is looked at here.
        if (certificate is not X509Certificate2 server || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (X509ChainElement between in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(between.Certificate);
        }

        return chain.Build(server);
    }
}
