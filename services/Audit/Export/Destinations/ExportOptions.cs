using System.ComponentModel.DataAnnotations;

namespace AccessGov.Audit.Export.Destinations;

/// <summary>The settings of the section Audit:Export.</summary>
internal sealed class ExportOptions : IValidatableObject
{
    public const string Section = "Audit:Export";

    /// <summary>The hospital's or department's name, in exports.</summary>
    [StringLength(200)]
    public string? Site { get; set; }

    /// <summary>The URI of the numbers that the hospital gives its patients, for destinations that may know them.</summary>
    public Uri? PatientSystem { get; set; }

    /// <summary>
    /// The network names of services and systems, by what the trail calls them: without one, an access there claims no profile of FHIR.
    /// </summary>
    public Dictionary<string, string> Hosts { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Where the trail goes on its own, by name.</summary>
    public Dictionary<string, DestinationOptions> Destinations { get; set; } = new(StringComparer.Ordinal);

    /// <summary>How often it is looked for new events.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string name, DestinationOptions destination) in Destinations)
        {
            if (!Identifiers.IsOwn(name))
            {
                yield return new ValidationResult("A destination's name is 1 to 64 lower case letters, digits and inner hyphens.",
                    [$"Destinations:{name}"]);
            }

            var found = new List<ValidationResult>();
            Validator.TryValidateObject(destination, new ValidationContext(destination), found, validateAllProperties: true);
            foreach (ValidationResult result in found)
            {
                yield return new ValidationResult(result.ErrorMessage, [$"Destinations:{name}:{string.Join(", ", result.MemberNames)}"]);
            }
        }
    }
}

/// <summary>How a destination takes events.</summary>
internal enum DestinationKind
{
    /// <summary>Syslog over TLS (RFC 5425), always with a certificate of ours.</summary>
    SyslogTls,

    /// <summary>A FHIR server, over HTTPS.</summary>
    Fhir,
}

/// <summary>One destination.</summary>
internal sealed class DestinationOptions : IValidatableObject
{
    private const int SyslogPort = 6514;

    [Required]
    public DestinationKind? Kind { get; set; }

    /// <summary>A syslog collector's <c>host</c> or <c>host:port</c> (6514 unless given), or the base URL of a FHIR server.</summary>
    [Required]
    public string Address { get; set; } = "";

    /// <summary><c>dicom</c> (unless given) or <c>ocsf</c> for syslog; <c>fhir</c> for a FHIR server.</summary>
    public ExportFormat? Format { get; set; }

    /// <summary>The certificates (PEM) of the authorities that the receiver's certificate must come from. No other is trusted.</summary>
    [Required]
    public string CaFile { get; set; } = "";

    /// <summary>Our certificate (PEM, with those between it and its authority), and its key; both are read at each connection.</summary>
    public string? CertificateFile { get; set; }

    public string? KeyFile { get; set; }

    /// <summary>A file with the token that a FHIR server asks for; read for each connection.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Whether it may know who patients and people are; others get pseudonyms.</summary>
    public bool Identities { get; set; }

    /// <summary>
    /// Whether DICOM messages say why there was access, in the element that IHE adds (ITI-20); a receiver with DICOM's own schema refuses
    /// it.
    /// </summary>
    public bool PurposeOfUse { get; set; }

    /// <summary>
    /// Whether it begins with what comes next and not with the first event of the trail. Counts when it is met for the first time.
    /// </summary>
    public bool BeginAtHead { get; set; }

    /// <summary>
    /// For syslog, which never says what has arrived: how long a connection must have been good after something was sent until it counts
    /// as delivered. As much
    /// is sent again after each interruption.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HoldBack { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many events are sent together; 1 posts each FHIR AuditEvent on its own.</summary>
    [Range(1, 1_000)]
    public int BatchMax { get; set; } = 100;

    /// <summary>How long a receiver may take to connect or to answer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What is sent: the format of the kind unless given.</summary>
    public ExportFormat FormatOrDefault => Format ?? (Kind == DestinationKind.Fhir ? ExportFormat.Fhir : ExportFormat.Dicom);

    /// <summary>A syslog collector's host and port.</summary>
    public (string Host, int Port) Endpoint => Uri.TryCreate($"tls://{Address}", UriKind.Absolute, out Uri? uri)
        ? (uri.IdnHost, uri.IsDefaultPort || uri.Port < 0 ? SyslogPort : uri.Port)
        : ("", 0);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        bool syslog = Kind == DestinationKind.SyslogTls;
        if (syslog ? FormatOrDefault is not (ExportFormat.Dicom or ExportFormat.Ocsf) : FormatOrDefault != ExportFormat.Fhir)
        {
            yield return new ValidationResult("Syslog takes dicom or ocsf, a FHIR server takes fhir.", [nameof(Format)]);
        }

        if (PurposeOfUse && FormatOrDefault != ExportFormat.Dicom)
        {
            yield return new ValidationResult("PurposeOfUse is a setting of the format dicom: FHIR says it in any case.",
                [nameof(PurposeOfUse)]);
        }

        if (syslog ? !(Uri.TryCreate($"tls://{Address}", UriKind.Absolute, out Uri? uri)
            && uri is { PathAndQuery: "" or "/", UserInfo: "", Host.Length: > 0 })
            : !(Uri.TryCreate(Address, UriKind.Absolute, out Uri? url) && url.Scheme == Uri.UriSchemeHttps
                && url is { Query: "", Fragment: "" }))
        {
            yield return new ValidationResult("Syslog has host or host:port, a FHIR server an https URL.", [nameof(Address)]);
        }

        if ((CertificateFile is null) != (KeyFile is null) || (syslog && CertificateFile is null))
        {
            yield return new ValidationResult("A certificate and its key come together; syslog needs both.",
                [nameof(CertificateFile), nameof(KeyFile)]);
        }

        foreach ((string member, string? file) in new[] { (nameof(CaFile), CaFile), (nameof(CertificateFile), CertificateFile),
            (nameof(KeyFile), KeyFile), (nameof(TokenFile), TokenFile) })
        {
            if (!string.IsNullOrEmpty(file) && !File.Exists(file))
            {
                yield return new ValidationResult("There is no such file.", [member]);
            }
        }
    }
}
