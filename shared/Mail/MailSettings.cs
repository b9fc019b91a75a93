using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MimeKit;

namespace AccessGov.Mail;

/// <summary>How the connection to the mail server is protected: there is no way without TLS.</summary>
public enum MailSecurity
{
    /// <summary>TLS before anything is said (STARTTLS, RFC 3207); a server that does not offer it gets nothing.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314).</summary>
    Tls,
}

/// <summary>The settings of the section <c>Mail</c>. Without a host nobody is written to.</summary>
public sealed class MailSettings : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Mail";

    /// <summary>The name of the server, as its certificate says it.</summary>
    public string Host { get; set; } = "";

    /// <summary>587 unless given, 465 for TLS from the first byte.</summary>
    [Range(1, 65_535)]
    public int? Port { get; set; }

    /// <summary>How the connection is protected; STARTTLS unless given.</summary>
    public MailSecurity Security { get; set; }

    /// <summary>The certificates (PEM) of the only authorities that are trusted; the system's unless given.</summary>
    public string? CaFile { get; set; }

    /// <summary>Who signs in at the server; nobody unless given.</summary>
    public string? UserName { get; set; }

    /// <summary>A file with the password of who signs in; read for every mail.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Who writes, for example <c>AccessGov &lt;accessgov@hospital.example&gt;</c>.</summary>
    public string From { get; set; } = "";

    /// <summary>Whom people ask, in one sentence at the end of each mail.</summary>
    public string Help { get; set; } = "Questions? Ask the help desk of your hospital.";

    /// <summary>Whether there is a server.</summary>
    public bool IsGiven => Host.Length > 0;

    /// <summary>Who writes.</summary>
    public MailboxAddress Sender => MailboxAddress.Parse(From);

    /// <summary>The rules that need more than one setting.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsGiven)
        {
            yield break;
        }

        if (!MailboxAddress.TryParse(From, out MailboxAddress? sender) || !sender.Address.Contains('@', StringComparison.Ordinal))
        {
            yield return new ValidationResult("From is an address, for example AccessGov <accessgov@hospital.example>.", [nameof(From)]);
        }

        if (string.IsNullOrEmpty(UserName) != string.IsNullOrEmpty(PasswordFile))
        {
            yield return new ValidationResult("UserName and PasswordFile are given together, or neither is.", [nameof(PasswordFile)]);
        }

        if (CaFile is not null && !IsReadable())
        {
            yield return new ValidationResult("The file cannot be read as certificates (PEM).", [nameof(CaFile)]);
        }
    }

    /// <summary>The password of who signs in.</summary>
    /// <exception cref="IOException">The file is not there or holds nothing.</exception>
    public string ReadPassword() => File.ReadAllText(PasswordFile!).TrimEnd('\r', '\n') is { Length: > 0 } password
        ? password : throw new IOException($"{PasswordFile} is empty.");

    /// <summary>The only authorities that are trusted.</summary>
    /// <exception cref="CryptographicException">The file holds no certificate.</exception>
    public X509Certificate2Collection ReadAuthorities()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(CaFile!);
        return authorities.Count > 0 ? authorities : throw new CryptographicException($"{CaFile} holds no certificate.");
    }

    private bool IsReadable()
    {
        try
        {
            return ReadAuthorities().Count > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return false;
        }
    }
}
