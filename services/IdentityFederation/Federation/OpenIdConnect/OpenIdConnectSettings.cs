using System.ComponentModel.DataAnnotations;

namespace AccessGov.IdentityFederation.Federation.OpenIdConnect;

internal enum ResponseMode
{
    /// <summary>The code comes in the address.</summary>
    Query,

    /// <summary>The code comes in a form, and stands in no address.</summary>
    FormPost,
}

/// <summary>How an identity provider is spoken to by OpenID Connect: always with a code, PKCE and a nonce.</summary>
internal sealed class OpenIdConnectSettings : IValidatableObject
{
    /// <summary>The issuer, exactly as the provider writes it; its metadata is below it.</summary>
    [Required]
    public Uri? Authority { get; set; }

    [Required]
    public string ClientId { get; set; } = "";

    /// <summary>A file with the client's secret; read at every sign-in.</summary>
    public string? ClientSecretFile { get; set; }

    /// <summary>
    /// A PEM file with the private key that the client signs with (private_key_jwt), and the certificate where the provider knows it by
    /// that.
    /// </summary>
    public string? ClientKeyFile { get; set; }

    /// <summary>
    /// The name under which the provider knows the key; that of the certificate, or the key's thumbprint (RFC 7638), unless given.
    /// </summary>
    public string? ClientKeyId { get; set; }

    /// <summary>Scopes that are asked for besides openid; profile and email unless given.</summary>
    public IReadOnlyList<string> Scopes { get; set; } = [];

    /// <summary>All scopes that are asked for. The default stands here, because lists in settings are added to what is there.</summary>
    public IEnumerable<string> ScopesAsked =>
        (Scopes.Count == 0 ? ["profile", "email"] : Scopes).Prepend("openid").Distinct(StringComparer.Ordinal);

    public ResponseMode ResponseMode { get; set; }

    /// <summary>Whether the user info endpoint is asked for claims that the ID token lacks.</summary>
    public bool ClaimsFromUserInfo { get; set; }

    /// <summary>How long the provider may take for an answer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Authority is not null && !IsAddress(Authority))
        {
            yield return new ValidationResult(
                "An https address without query and fragment; http only on the loopback address.", [nameof(Authority)]);
        }

        if (string.IsNullOrEmpty(ClientSecretFile) == string.IsNullOrEmpty(ClientKeyFile))
        {
            yield return new ValidationResult("Either a file with the client's secret, or one with its key.",
                [nameof(ClientSecretFile), nameof(ClientKeyFile)]);
            yield break;
        }

        if (Unreadable() is { } fault)
        {
            yield return new ValidationResult(fault,
                [string.IsNullOrEmpty(ClientKeyFile) ? nameof(ClientSecretFile) : nameof(ClientKeyFile)]);
        }

        if (Scopes.Any(scope => scope.Length == 0 || scope.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter))))
        {
            yield return new ValidationResult("One scope in each place, without blanks.", [nameof(Scopes)]);
        }
    }

    /// <exception cref="InvalidDataException">It is empty.</exception>
    public string ReadSecret() => File.ReadAllText(ClientSecretFile!).TrimEnd('\r', '\n') is { Length: > 0 } secret
        ? secret
        : throw new InvalidDataException("It is empty.");

    /// <summary>Whether something may be sent to an address: nobody on the way reads it, or there is no way.</summary>
    public static bool IsAddress(Uri address) => address is { IsAbsoluteUri: true, Query: "", Fragment: "", UserInfo: "" }
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    private string? Unreadable()
    {
        string file = string.IsNullOrEmpty(ClientKeyFile) ? ClientSecretFile! : ClientKeyFile;
        try
        {
            if (string.IsNullOrEmpty(ClientKeyFile))
            {
                ReadSecret();
            }
            else
            {
                using ClientKey key = ClientKey.Read(this);
            }

            return null;
        }
        catch (Exception e) when (OwnSecretUnreadableException.Is(e))
        {
            return $"{file} cannot be used: {e.Message}";
        }
    }
}
