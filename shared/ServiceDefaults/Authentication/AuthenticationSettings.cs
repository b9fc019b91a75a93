using System.ComponentModel.DataAnnotations;

namespace AccessGov.ServiceDefaults;

/// <summary>Whose tokens a service trusts: the section <c>Authentication</c>. Exactly one of the three places for keys is given.</summary>
public sealed class AuthenticationSettings : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Authentication";

    /// <summary>The issuer (<c>iss</c>) that a token must name, exactly.</summary>
    [Required]
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

    /// <summary>A token that lives longer than this is refused; so a revocation need not be remembered for longer.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan LongestLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How many validated tokens are remembered at most; the oldest is forgotten first and validated again when it comes back.</summary>
    [Range(1, 1_000_000)]
    public int RememberedTokensMax { get; set; } = 10_000;

    /// <summary>The rules that need more than one setting.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string?[] places = [Keys, KeysFile, KeysUrl?.OriginalString];
        if (places.Count(place => !string.IsNullOrEmpty(place)) != 1)
        {
            yield return new ValidationResult(
                "Give the issuer's public keys in exactly one of Keys, KeysFile and KeysUrl.", [nameof(Keys), nameof(KeysFile), nameof(KeysUrl)]);
        }
    }
}
