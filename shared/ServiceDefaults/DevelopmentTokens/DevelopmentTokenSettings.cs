using System.ComponentModel.DataAnnotations;

namespace AccessGov.ServiceDefaults;

/// <summary>The development token issuer: the section <c>DevelopmentTokens</c>. Issuer and audience are those of <see cref="AuthenticationSettings"/>.</summary>
public sealed class DevelopmentTokenSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "DevelopmentTokens";

    /// <summary>A file with the EC P-256 private key in PEM.</summary>
    [Required]
    public string SigningKeyFile { get; set; } = "";

    /// <summary>
    /// A JSON file with the clients: <c>[{"id": "pacs", "secretSha256": "9f86...", "scopes": ["decisions.evaluate"], "actsForUsers": false}]</c>. A client that acts
    /// for users (a viewer that people have signed in to) may ask for a token with another <c>subject</c> than itself. Secrets are generated at random
    /// (128 bits or more), so their plain SHA-256 in hexadecimal gives nothing away.
    /// </summary>
    [Required]
    public string ClientsFile { get; set; } = "";

    /// <summary>How long a token is valid.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);
}

/// <summary>A client of the development token issuer.</summary>
/// <param name="Id">Its name.</param>
/// <param name="SecretSha256">The SHA-256 of its secret, hexadecimal.</param>
/// <param name="Scopes">What it may ask for.</param>
/// <param name="ActsForUsers">Whether it may ask for tokens whose subject is a person.</param>
internal sealed record DevelopmentClient(string Id, string SecretSha256, string[] Scopes, bool ActsForUsers = false);
