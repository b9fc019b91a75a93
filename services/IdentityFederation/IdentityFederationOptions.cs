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

    /// <summary>The reverse proxies (CIDR) that are believed about whom they speak for (X-Forwarded-For); nobody is unless given.</summary>
    public IReadOnlyList<string> TrustedProxies { get; set; } = [];

    /// <summary>
    /// A file with 32 random bytes or more, under which the private parts of the signing keys are encrypted in the database.
    /// </summary>
    [Required]
    public string KeyEncryptionKeyFile { get; set; } = "";

    /// <summary>A JSON file with clients that are registered when they are not known yet; none unless given.</summary>
    public string? ClientsFile { get; set; }

    /// <summary>
    /// The scopes that everybody may have with programs that act for them; all others they have by groups. Unless given: opening images,
    /// where decisions say which; asking for access, also in an emergency; judging what one is asked; one's own sessions.
    /// </summary>
    public IReadOnlyList<string>? ScopesOfEverybody { get; set; }

    /// <summary>
    /// The kinds of clearances without which nobody gets by groups what not everybody may; none unless given: then who lacks which is
    /// reported and nothing else.
    /// </summary>
    public IReadOnlyList<string> RequiredClearances { get; set; } = [];

    /// <summary>How long a signing key signs. The next one is announced a day before.</summary>
    [Range(typeof(TimeSpan), "2.00:00:00", "3650.00:00:00")]
    public TimeSpan SigningKeysRotateAfter { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long a refresh token is good again after its first use, for a client that lost the answer: while no refresh token that was given
    /// for it is used. Zero for not at all.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:02:00")]
    public TimeSpan RefreshTokensGoodAgainFor { get; set; } = TimeSpan.FromSeconds(30);
}
