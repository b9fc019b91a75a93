using System.ComponentModel.DataAnnotations;

namespace AccessGov.Recertification;

/// <summary>The settings of the section Recertification.</summary>
internal sealed class RecertificationOptions
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
}
