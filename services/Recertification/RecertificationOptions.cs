using System.ComponentModel.DataAnnotations;
using AccessGov.Client;
using AccessGov.Recertification.Campaigns;
using AccessGov.Recertification.Reviews;

namespace AccessGov.Recertification;

/// <summary>The settings of the section Recertification.</summary>
internal sealed class RecertificationOptions : IValidatableObject
{
    public const string Section = "Recertification";

    /// <summary>The database, as the service's own login role.</summary>
    [Required]
    public string ConnectionString { get; set; } = "";

    /// <summary>The service's own schema; its login role owns it.</summary>
    [Required]
    [RegularExpression("^[a-z_][a-z0-9_]{0,39}$")]
    public string Schema { get; set; } = "recertification";

    /// <summary>
    /// How strongly whoever commands campaigns must have signed in: an <c>acr</c> that <c>Authentication:AssuranceLevels</c> knows.
    /// </summary>
    [Required]
    public string StrongContext { get; set; } = "https://refeds.org/profile/mfa";

    /// <summary>Where PolicyDecision is asked for grants.</summary>
    [Required]
    public Uri? PolicyDecisionUrl { get; set; }

    /// <summary>Where IdentityFederation is asked for people.</summary>
    [Required]
    public Uri? IdentityFederationUrl { get; set; }

    /// <summary>As whom both are asked.</summary>
    [Required]
    public ClientCredentialsSettings Client { get; set; } = new();

    /// <summary>The ids of the PACS administrators, who judge where nobody else can, and second where two stages are asked for.</summary>
    public IReadOnlyList<string> Administrators { get; set; } = [];

    /// <summary>The head of each department, by its name as IdentityFederation knows it.</summary>
    public IDictionary<string, string> DepartmentHeads { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Who judges for somebody who is away.</summary>
    public IDictionary<string, string> Deputies { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The risk class of a role where it is not the one that its actions have.</summary>
    public IDictionary<string, RiskClass> RoleRisks { get; } = new Dictionary<string, RiskClass>(StringComparer.Ordinal);

    /// <summary>The risk class of actions, over the usual ones.</summary>
    public IDictionary<string, RiskClass> ActionRisks { get; } = new Dictionary<string, RiskClass>(StringComparer.Ordinal);

    /// <summary>How many days there are to decide in campaigns about somebody who moved or is back.</summary>
    [Range(1, 190)]
    public int EventDays { get; set; } = 14;

    /// <summary>The IANA zone of these campaigns.</summary>
    [Required]
    public string EventZone { get; set; } = "UTC";

    /// <summary>After how many days away somebody is asked about who is back.</summary>
    [Range(1, 3650)]
    public int LongLeaveDays { get; set; } = 30;

    /// <summary>Who judges, as the rule of reviewers asks for it.</summary>
    public ReviewerTable Reviewers => new(DepartmentHeads.AsReadOnly(), Administrators, Deputies.AsReadOnly());

    /// <summary>What the rule of risk asks for.</summary>
    public RiskTable Risks => new(RoleRisks.AsReadOnly(), ActionRisks.AsReadOnly());

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(EventZone, out TimeZoneInfo? zone) || !zone.HasIanaId)
        {
            yield return new ValidationResult("EventZone is the IANA name of a time zone, for example Europe/Vienna.", [nameof(EventZone)]);
        }
    }
}
