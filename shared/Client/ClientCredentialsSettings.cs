using System.ComponentModel.DataAnnotations;

namespace AccessGov.Client;

/// <summary>As whom a program asks for access tokens, and where.</summary>
public sealed class ClientCredentialsSettings
{
    /// <summary>The token endpoint.</summary>
    [Required]
    public Uri? TokenUrl { get; set; }

    /// <summary>The client's id.</summary>
    [Required]
    public string ClientId { get; set; } = "";

    /// <summary>A file with the client's secret; read for every token.</summary>
    [Required]
    public string SecretFile { get; set; } = "";

    /// <summary>The secret.</summary>
    /// <exception cref="IOException">The file is not there or holds nothing.</exception>
    public string ReadSecret() => File.ReadAllText(SecretFile).TrimEnd('\r', '\n') is { Length: > 0 } secret
        ? secret : throw new IOException($"{SecretFile} is empty.");
}
