using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;

namespace AccessGov.BreakGlass.Alerts;

/// <summary>The settings of the section BreakGlass:Alerts: who is told, and by which channels.</summary>
internal sealed class AlertsOptions : IValidatableObject
{
    public const string Section = "BreakGlass:Alerts";

    /// <summary>
    /// The channels of each audience, in the order in which they are tried: security and compliance are told of every case, a level of the
    /// review when it is called. A level without channels of its own is compliance.
    /// </summary>
    public IDictionary<string, IReadOnlyList<string>> Audiences { get; set; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    public IDictionary<string, ChannelOptions> Channels { get; set; } = new Dictionary<string, ChannelOptions>(StringComparer.Ordinal);

    /// <summary>The console, whose page of the case every alert links to.</summary>
    public Uri? ConsoleUrl { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string audience, IReadOnlyList<string> names) in Audiences)
        {
            foreach (string unknown in names.Where(name => !Channels.ContainsKey(name)))
            {
                yield return new ValidationResult($"{audience} names the channel {unknown}, which is not there.", [nameof(Audiences)]);
            }
        }

        foreach ((string name, ChannelOptions channel) in Channels)
        {
            if (channel.Problem is { } problem)
            {
                yield return new ValidationResult($"{name}: {problem}", [nameof(Channels)]);
            }
        }
    }
}

internal enum ChannelKind { Mail, Webhook, Syslog }

/// <summary>One way to tell somebody.</summary>
internal sealed class ChannelOptions
{
    public ChannelKind Kind { get; set; }

    /// <summary>Mail: whom it is for; the server is that of the section Mail.</summary>
    public string? To { get; set; }

    /// <summary>Webhook: an https address (http for a receiver on the same machine).</summary>
    public Uri? Url { get; set; }

    /// <summary>
    /// Webhook: a file with 24 bytes or more in base64, which the receiver has too (standardwebhooks.com, with or without whsec_).
    /// </summary>
    public string? SecretFile { get; set; }

    /// <summary>Syslog: host and port of a collector (RFC 5425).</summary>
    public string? Collector { get; set; }

    /// <summary>Syslog: the only authorities that are trusted, and how we show who we are; PEM, read at each connection.</summary>
    public string? CaFile { get; set; }

    public string? CertificateFile { get; set; }

    public string? KeyFile { get; set; }

    /// <summary>After so long the next channel is tried: an alert is out within five seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(2);

    public string? Problem => this switch
    {
        { Kind: ChannelKind.Mail, To: null or "" } => "To is the address of whoever is told.",
        { Kind: ChannelKind.Webhook, Url: null } => "Url is where the webhook is.",
        { Kind: ChannelKind.Webhook, Url: { } url } when url.Scheme != Uri.UriSchemeHttps && !url.IsLoopback => "Url begins with https.",
        { Kind: ChannelKind.Webhook } when !HasSecret() => "SecretFile is a file with 24 bytes or more in base64.",
        { Kind: ChannelKind.Syslog } when Endpoint is null => "Collector is host:port.",
        { Kind: ChannelKind.Syslog } when !File.Exists(CaFile) || !File.Exists(CertificateFile) || !File.Exists(KeyFile) =>
            "CaFile, CertificateFile and KeyFile are files that can be read.",
        _ => null,
    };

    public (string Host, int Port)? Endpoint =>
        Collector?.LastIndexOf(':') is > 0 and { } colon && int.TryParse(Collector[(colon + 1)..], out int port) && port is > 0 and < 65536
            ? (Collector[..colon], port)
            : null;

    /// <exception cref="CryptographicException">The file holds no secret of that kind.</exception>
    public byte[] ReadSecret()
    {
        string text = File.ReadAllText(SecretFile!).Trim();
        byte[] secret = Convert.FromBase64String(text.StartsWith("whsec_", StringComparison.Ordinal) ? text["whsec_".Length..] : text);
        return secret.Length >= 24 ? secret : throw new CryptographicException($"{SecretFile} holds fewer than 24 bytes.");
    }

    private bool HasSecret()
    {
        try
        {
            return SecretFile is not null && ReadSecret().Length > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or CryptographicException)
        {
            return false;
        }
    }
}
