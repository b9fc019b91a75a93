using System.ComponentModel.DataAnnotations;

namespace AccessGov.PolicyDecision;

/// <summary>The settings of the section PolicyDecision.</summary>
internal sealed class PolicyDecisionOptions
{
    public const string Section = "PolicyDecision";

    /// <summary>An address to which a path is appended: without query, fragment and last slash.</summary>
    public static string RootOf(Uri address) => address.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>The database, as the service's own login role.</summary>
    [Required]
    public string ConnectionString { get; set; } = "";

    /// <summary>The service's own schema; its login role owns it.</summary>
    [Required]
    [RegularExpression("^[a-z_][a-z0-9_]{0,39}$")]
    public string Schema { get; set; } = "policy_decision";

    /// <summary>Where callers reach the service; what it says about itself never comes from a Host header.</summary>
    [Required]
    public Uri? PublicUrl { get; set; }

    /// <summary><see cref="PublicUrl"/> to which a path is appended: without query, fragment and last slash.</summary>
    public string PublicRoot => RootOf(PublicUrl!);

    /// <summary>Where people find the console, for the pages that answers name; null when there is none.</summary>
    public Uri? ConsoleUrl { get; set; }

    /// <summary>The page where people invoke emergency access (break-glass); null: no denial announces it.</summary>
    public Uri? BreakGlassUrl { get; set; }

    /// <summary>A P-256 key (PEM) that binds access requests to their denials; all replicas have the same. Null: no denial is requestable.</summary>
    public string? AccessRequestKeyFile { get; set; }

    /// <summary>
    /// At least 32 random bytes that the tokens of search pages are made with; all replicas have the same. Null: a key of the process's own, and pages go on where they began.
    /// </summary>
    public string? PageTokenKeyFile { get; set; }

    /// <summary>A CSV file with the columns network,country (see CountryTable), read again when it changes; null when no address is in a country.</summary>
    public string? CountryFile { get; set; }

    /// <summary>The policy set that decides. Others may be kept, but are not in force.</summary>
    [Required]
    public string PolicySet { get; set; } = "hospital";

    /// <summary>
    /// Whether one person may publish a further version of a policy set without a draft and a second person's approval. Unless it is said: in the environment
    /// Development only.
    /// </summary>
    public bool? DirectPublication { get; set; }

    /// <summary>
    /// Whether the policy set in force decides about administrative requests as well, and a scope alone administers nothing. Unless it is said: everywhere but in the environment
    /// Development. False lets a hospital back in that has nobody left who may administer.
    /// </summary>
    public bool? DecideAdministration { get; set; }

    /// <summary>What <see cref="DecideAdministration"/> comes to in an environment.</summary>
    public bool DecidesAdministration(IHostEnvironment environment) => DecideAdministration ?? !environment.IsDevelopment();

    /// <summary>The P-256 key (PEM) that signs what is put into force; null when nothing is signed.</summary>
    public string? PolicySigningKeyFile { get; set; }

    /// <summary>
    /// How long a command waits until the facts of all replicas hold what it wrote; after that it is answered without its position. Longer than
    /// <see cref="FactsLease"/>, so that a replica that is gone does not cost the position.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:02:00")]
    public TimeSpan PositionPatience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long decisions may rest on facts after they were known to be complete; a replica that lost its feed denies afterwards. A command may wait that long
    /// for a replica that is gone. Zero: no replica waits for another, and decisions go on from memory however old it is.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan FactsLease { get; set; } = TimeSpan.FromSeconds(2);
}
