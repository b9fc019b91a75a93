using System.ComponentModel.DataAnnotations;
using System.Net;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.ForwardAuth;

/// <summary>Section PolicyDecision:ForwardAuth.</summary>
internal sealed class ForwardAuthOptions : IValidatableObject
{
    public const string Section = "PolicyDecision:ForwardAuth";

    /// <summary>Which proxy asks, and so which headers say what was asked; those of the others, which a client may have sent, are not looked at.</summary>
    public ForwardingProxy Proxy { get; set; } = ForwardingProxy.Nginx;

    /// <summary>The name under which the proxy's questions are journaled.</summary>
    [Required]
    public string Client { get; set; } = "forward-auth";

    /// <summary>The archive behind the proxy, as policies and grants name it.</summary>
    [Required]
    public string Archive { get; set; } = "orthanc";

    /// <summary>Root of DICOMweb; empty: there is none.</summary>
    public string? DicomWebPath { get; set; } = "/dicom-web";

    /// <summary>Address of WADO-URI; empty: there is none.</summary>
    public string? WadoPath { get; set; } = "/wado";

    /// <summary>Root of Orthanc's own REST API; empty: there is none.</summary>
    public string? OrthancPath { get; set; } = "/";

    /// <summary>Networks (CIDR) of proxies whose word about the client's address is believed.</summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>Where set, the proxy must show it in the header AccessGov-Proxy-Secret.</summary>
    [MinLength(16)]
    public string? ProxySecret { get; set; }

    /// <summary>
    /// Obligation types that what stands behind the proxy carries out, told by the header AccessGov-Obligations. A proxy by itself carries out none: what is only
    /// permitted along with another one is denied.
    /// </summary>
    public string[] SupportedObligations { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (string type in SupportedObligations.Except(ObligationTypes.All, StringComparer.Ordinal))
        {
            yield return new ValidationResult($"There is no obligation type \"{type}\"; there are {string.Join(", ", ObligationTypes.All)}.", [nameof(SupportedObligations)]);
        }

        foreach (string network in TrustedProxies)
        {
            if (!IPNetwork.TryParse(network, out _))
            {
                yield return new ValidationResult($"\"{network}\" is not a network like 10.1.2.0/24 (the host part must be zero).", [nameof(TrustedProxies)]);
            }
        }
    }
}
