using System.ComponentModel.DataAnnotations;
using System.Net;

namespace AccessGov.Audit.Ingest.Syslog;

/// <summary>The settings of the section Audit:Syslog; without a port nobody listens.</summary>
internal sealed class SyslogOptions : IValidatableObject
{
    public const string Section = "Audit:Syslog";

    /// <summary>The address to listen on.</summary>
    public string Address { get; set; } = "0.0.0.0";

    /// <summary>The port, by custom 6514; 0 or absent: off.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; }

    /// <summary>
    /// The listener's certificate and the certificates between it and the authority, PEM. Read anew for each connection, so that it may be
    /// renewed.
    /// </summary>
    public string? CertificateFile { get; set; }

    /// <summary>Its private key, PEM.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The authorities that issue the senders' certificates, PEM.</summary>
    public string? ClientAuthorityFile { get; set; }

    /// <summary>The common names of the senders that may send; empty: all to whom the authorities issued a certificate.</summary>
    public IList<string> PermittedSubjects { get; } = [];

    /// <summary>How many senders may be connected at once.</summary>
    [Range(1, 10_000)]
    public int ConnectionsMax { get; set; } = 256;

    /// <summary>How many of them from one address, so that none takes all places.</summary>
    [Range(1, 10_000)]
    public int ConnectionsPerAddressMax { get; set; } = 32;

    /// <summary>How long the TLS handshake may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may say nothing.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long each message may take from the first byte to the last.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public bool IsOn => Port > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string name, string? file) in IsOn
            ? [(nameof(CertificateFile), CertificateFile), (nameof(KeyFile), KeyFile), (nameof(ClientAuthorityFile), ClientAuthorityFile)]
            : Array.Empty<(string, string?)>())
        {
            if (string.IsNullOrWhiteSpace(file))
            {
                yield return new ValidationResult("is required where there is a port.", [name]);
            }
        }

        if (!IPAddress.TryParse(Address, out _))
        {
            yield return new ValidationResult("is an IP address.", [nameof(Address)]);
        }
    }
}
