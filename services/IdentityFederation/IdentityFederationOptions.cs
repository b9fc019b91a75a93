using System.ComponentModel.DataAnnotations;

namespace AccessGov.IdentityFederation;

/// <summary>The settings of the section IdentityFederation.</summary>
internal sealed class IdentityFederationOptions
{
    public const string Section = "IdentityFederation";

    /// <summary>The database, as the service's own login role.</summary>
    [Required]
    public string ConnectionString { get; set; } = "";

    /// <summary>The service's own schema; its login role owns it.</summary>
    [Required]
    [RegularExpression("^[a-z_][a-z0-9_]{0,39}$")]
    public string Schema { get; set; } = "identity_federation";

    /// <summary>Where callers reach the service; what it says about itself never comes from a Host header.</summary>
    [Required]
    public Uri? PublicUrl { get; set; }
}
