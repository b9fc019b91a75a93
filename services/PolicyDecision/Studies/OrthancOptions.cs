using System.ComponentModel.DataAnnotations;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>Section PolicyDecision:Orthanc: the archive whose studies are followed. Without a Url nothing is followed.</summary>
internal sealed class OrthancOptions : IValidatableObject
{
    public const string Section = "PolicyDecision:Orthanc";

    /// <summary>The root of its REST API.</summary>
    public Uri? Url { get; set; }

    /// <summary>HTTP Basic, where the archive asks for it.</summary>
    public string? Username { get; set; }

    public string? Password { get; set; }

    /// <summary>The archive's name in policies and grants.</summary>
    [Required]
    public string Archive { get; set; } = "orthanc";

    /// <summary>Who gives the patients their numbers.</summary>
    public string? IssuerOfPatientId { get; set; }

    /// <summary>Department by modality (CT, MR, ...); of several modalities the first in alphabetical order counts.</summary>
    public Dictionary<string, string> Departments { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Department of everything else.</summary>
    public string? DefaultDepartment { get; set; }

    /// <summary>User id by the physician's name as the archive writes it (Moriarty^James). A name that is not here is nobody.</summary>
    public Dictionary<string, string> ReferringPhysicians { get; set; } = new(StringComparer.Ordinal);

    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the archive's list of studies is compared with the index: Orthanc does not tell deletions in its changes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan CompareEvery { get; set; } = TimeSpan.FromMinutes(15);

    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(20);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Url is not null && !(Url.IsAbsoluteUri && Url.Scheme is "http" or "https"))
        {
            yield return new ValidationResult("It must be an absolute http or https address.", [nameof(Url)]);
        }
    }
}
