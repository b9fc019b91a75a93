using System.ComponentModel.DataAnnotations;

namespace AccessGov.ServiceDefaults;

/// <summary>
/// Whose tokens a service trusts: the section <c>Authentication</c>. Exactly one of the three places for keys is given; a service that issues tokens itself
/// (<see cref="ISigningKeySource"/>) may name neither an issuer nor keys, and trusts no other then.
/// </summary>
public sealed class AuthenticationSettings : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Authentication";

    /// <summary>The issuer (<c>iss</c>) that a token must name, exactly.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The audience (<c>aud</c>) that a token must name.</summary>
    [Required]
    public string Audience { get; set; } = "";

    /// <summary>The issuer's public keys themselves: a JWKS document, or one or more public keys in PEM.</summary>
    public string? Keys { get; set; }

    /// <summary>A file that holds them; read again when a token names an unknown key.</summary>
    public string? KeysFile { get; set; }

    /// <summary>An address that serves them (https; http in Development only); asked again when a token names an unknown key.</summary>
    public Uri? KeysUrl { get; set; }

    /// <summary>How often they are read again from a file or an address: so long at most a key counts that the issuer does not show any more.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan KeysReadEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A token that lives longer than this is refused; so a revocation need not be remembered for longer.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan LongestLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How many validated tokens are remembered at most; the oldest is forgotten first and validated again when it comes back.</summary>
    [Range(1, 1_000_000)]
    public int RememberedTokensMax { get; set; } = 10_000;

    /// <summary>
    /// Which assurance level an authentication context class (<c>acr</c>) stands for; one that is not listed is level 0. Unless others are given: REFEDS single factor (1) and
    /// multi-factor (2), and the phishing-resistant classes of OpenID Connect's EAP profile (3).
    /// </summary>
    public IReadOnlyList<AssuranceLevelSetting> AssuranceLevels { get; set; } = [];

    /// <summary>The level of an <c>acr</c>; 0 for one that is not known.</summary>
    public int LevelOf(string? acr) =>
        (AssuranceLevels.Count > 0 ? AssuranceLevels : AssuranceLevelSetting.Usual).FirstOrDefault(level => string.Equals(level.Acr, acr, StringComparison.Ordinal))?.Level ?? 0;

    /// <summary>The rules that need more than one setting.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string?[] places = [Keys, KeysFile, KeysUrl?.OriginalString];
        int given = places.Count(place => !string.IsNullOrEmpty(place));
        bool named = !string.IsNullOrEmpty(Issuer);
        if (!named && given > 0)
        {
            yield return new ValidationResult("Name the issuer whose keys these are.", [nameof(Issuer)]);
        }

        if (given > 1 || (named && given == 0))
        {
            yield return new ValidationResult(
                "Give the issuer's public keys in exactly one of Keys, KeysFile and KeysUrl.", [nameof(Keys), nameof(KeysFile), nameof(KeysUrl)]);
        }

        if (AssuranceLevels.Any(level => level.Acr.Length == 0 || level.Level is < 0 or > AssuranceLevelSetting.LevelMax))
        {
            yield return new ValidationResult($"Each of AssuranceLevels has an Acr and a Level from 0 to {AssuranceLevelSetting.LevelMax}.", [nameof(AssuranceLevels)]);
        }
    }
}

/// <summary>One authentication context class and its assurance level.</summary>
public sealed class AssuranceLevelSetting
{
    /// <summary>The highest level.</summary>
    public const int LevelMax = 3;

    /// <summary>The value of <c>acr</c>, exactly.</summary>
    public string Acr { get; set; } = "";

    /// <summary>0 to <see cref="LevelMax"/>.</summary>
    public int Level { get; set; }

    internal static IReadOnlyList<AssuranceLevelSetting> Usual { get; } =
    [
        new() { Acr = "https://refeds.org/profile/sfa", Level = 1 },
        new() { Acr = "https://refeds.org/profile/mfa", Level = 2 },
        new() { Acr = "phr", Level = 3 },
        new() { Acr = "phrh", Level = 3 },
    ];
}
