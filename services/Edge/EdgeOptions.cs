using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AccessGov.ArchiveRequests;
using AccessGov.Client;

namespace AccessGov.Edge;

/// <summary>The settings of the section Edge.</summary>
internal sealed class EdgeOptions : IValidatableObject
{
    public const string Section = "Edge";

    /// <summary>The edge's name, as capabilities and BreakGlass have it.</summary>
    [Required]
    [RegularExpression("^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]
    public string Name { get; set; } = "";

    /// <summary>Where the journal is, and what was heard from AccessGov: a local disk, never put back to an earlier time.</summary>
    [Required]
    public string Directory { get; set; } = "";

    /// <summary>Where BreakGlass answers.</summary>
    [Required]
    public Uri? BreakGlassUrl { get; set; }

    /// <summary>
    /// Lets BreakGlass and the token endpoint be asked over http on another machine: where something else protects the wire, as a service
    /// mesh does. Keys, what was taken back, the time and this edge's secret go over it.
    /// </summary>
    public bool AllowHttp { get; set; }

    /// <summary>Whose capabilities are taken: BreakGlass:Offline:Issuer, as it stands there.</summary>
    [Required]
    public string Issuer { get; set; } = "";

    /// <summary>As whom BreakGlass is told and asked.</summary>
    [Required]
    public ClientCredentialsSettings Client { get; set; } = new();

    /// <summary>The archive behind the proxy.</summary>
    [Required]
    public ArchiveSettings Archive { get; set; } = new();

    /// <summary>Which proxy asks: nginx or Traefik.</summary>
    public ForwardingProxy Proxy { get; set; } = ForwardingProxy.Nginx;

    /// <summary>Networks (CIDR) of proxies whose word about the client's address is believed.</summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>Where set, the proxy must show it in the header AccessGov-Proxy-Secret.</summary>
    [MinLength(16)]
    public string? ProxySecret { get; set; }

    /// <summary>How far clocks may differ.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Skew { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long lines are kept that BreakGlass has.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan JournalKept { get; set; } = TimeSpan.FromDays(35);

    /// <summary>How often BreakGlass is told of what is new; it is asked half as often when nothing is.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The patients of drills: test patients, about whom nobody is a secret.</summary>
    public IList<string> PracticePatients { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Proxy == ForwardingProxy.Envoy)
        {
            yield return new ValidationResult("The edge answers nginx and Traefik.", [nameof(Proxy)]);
        }

        foreach ((string name, Uri? address) in new[] { (nameof(BreakGlassUrl), BreakGlassUrl), ("Client:TokenUrl", Client.TokenUrl) })
        {
            if (address is not null && !IsProtected(address))
            {
                yield return new ValidationResult("Give an https address, or one on this machine.", [name]);
            }
        }

        foreach (string network in TrustedProxies.Where(network => !IPNetwork.TryParse(network, out _)))
        {
            yield return new ValidationResult(
                $"\"{network}\" is not a network like 10.1.2.0/24 (the host part must be zero).", [nameof(TrustedProxies)]);
        }

        foreach ((string section, object settings) in new (string, object)[] { (nameof(Client), Client), (nameof(Archive), Archive) })
        {
            var found = new List<ValidationResult>();
            Validator.TryValidateObject(settings, new ValidationContext(settings), found, validateAllProperties: true);
            foreach (ValidationResult result in found)
            {
                yield return new ValidationResult(result.ErrorMessage, [.. result.MemberNames.Select(member => $"{section}:{member}")]);
            }
        }
    }

    private bool IsProtected(Uri address) => address.IsAbsoluteUri
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && (address.IsLoopback || AllowHttp)));
}

/// <summary>Where the archive is, and as whom it is asked whose a study is.</summary>
internal sealed class ArchiveSettings
{
    /// <summary>
    /// Where it answers, past the proxy: https, or http within a network that nobody else is in. What it says decides whose images open.
    /// </summary>
    [Required]
    public Uri? Url { get; set; }

    /// <summary>A user of the archive who may search; empty: it asks for none.</summary>
    public string? Username { get; set; }

    /// <summary>A file with that user's password; read for every question.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Root of DICOMweb: whose a study is, is asked there.</summary>
    [Required]
    public string DicomWebPath { get; set; } = "/dicom-web";

    /// <summary>Address of WADO-URI; empty: there is none.</summary>
    public string? WadoPath { get; set; } = "/wado";

    /// <summary>Root of Orthanc's own REST API; empty: there is none.</summary>
    public string? OrthancPath { get; set; } = "/";

    /// <summary>How long it may take to answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(5);

    public AuthenticationHeaderValue? Authorization() => string.IsNullOrEmpty(Username) ? null : new(
        "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(
            $"{Username}:{(PasswordFile is { } file ? File.ReadAllText(file).TrimEnd('\r', '\n') : "")}")));
}
